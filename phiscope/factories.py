"""Find the function that builds a network: in an installed package, or in a file beside the configuration.

`package.module:function` is imported as everywhere, and from the folders of the configuration files where nothing
installed has the name; `file.py:function` is a file, relative to these folders. `:Class` and `:Class.method` do as
well. Nothing here imports torch.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any

OF_THE_FACTORY = "factory"  # in a configuration: weights that the network has when it is built
HEAD_ALONE = "phiscope.models.vectors:head"  # the network of a run on vectors
FITTED = "fit"  # in a configuration: a head that is fitted here
NO_NORMALISATION = "none"  # in a configuration: the network takes pixels in [0, 1] as they are
FOLDERS = "PHISCOPE_FACTORIES"  # folders of the configuration files, for the processes of a run


def look_beside(configurations: Iterable[str | Path]) -> None:
    """Let this process and those it starts find factories beside these configuration files."""
    if own := [str(Path(each).resolve().parent) for each in configurations]:
        before = [each for each in os.environ.get(FOLDERS, "").split(os.pathsep) if each]
        os.environ[FOLDERS] = os.pathsep.join(dict.fromkeys([*own, *before]))


def function_of(factory: str) -> Callable[..., Any]:
    """The function that `factory` names, or a class, or a method of one; ImportError or AttributeError as of Python."""
    name, _, function = factory.rpartition(":")
    if not name or not function:
        raise ImportError("it has no colon between module and function")
    named: Any = _module(name)
    return reduce(getattr, function.split("."), named)


def file_of(factory: str) -> Path | None:
    """The file that `file.py:function` names, the first there is; None for a module, or where there is no such file."""
    name = os.path.expandvars(factory.rpartition(":")[0])
    if not name.endswith(".py"):
        return None
    return next((path for folder in folders() if (path := folder / Path(name).expanduser()).is_file()), None)


def content_of(factory: str) -> str | None:
    """A fingerprint of the file that a factory lies in, so that what rests on it knows when it changed."""
    path = file_of(factory)
    return None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def folders() -> list[Path]:
    """Where factories are looked for beside what is installed: beside the configuration files, where this runs."""
    return [Path(each) for each in os.environ.get(FOLDERS, "").split(os.pathsep) if each] + [Path.cwd()]


def _module(name: str) -> ModuleType:
    if name.endswith(".py"):
        return _from_file(name)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        _search(folders())
        return importlib.import_module(name)


def _from_file(name: str) -> ModuleType:
    path = file_of(f"{name}:")
    if path is None:
        looked = ", ".join(map(str, dict.fromkeys(folders())))
        raise ImportError(f"there is no file {name} in {looked}")
    known = f"_factory_{path.stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    if known not in sys.modules:
        _search([path.resolve().parent])  # what lies beside it can be imported by it
        spec = importlib.util.spec_from_file_location(known, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[known] = module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[known]
            raise
    return sys.modules[known]


def _search(folders: Iterable[Path]) -> None:
    """Import from these folders too, after all that is installed."""
    sys.path.extend(str(folder) for folder in folders if str(folder) not in sys.path)
    importlib.invalidate_caches()
