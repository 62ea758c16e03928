"""Find the function that builds a network: in an installed package, or in a file beside the configuration.

`package.module:function` is imported as everywhere, and from the folders of the configuration files where nothing
installed has the name; `file.py:function` is a file, relative to these folders. `:Class` and `:Class.method` do as
well. Nothing here imports torch.
"""

from __future__ import annotations

import ast
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

_LARGE = 2**29  # bytes of a file of weights that are read whenever a run is planned
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
    """A fingerprint of the code that a factory lies in, so that what rests on it knows when it changed.

    Of a file, or a module beside the configuration: its syntax and that of what it imports from there, without
    comments. Of an installed module: that of its own file. None for phiscope's own, which has fingerprints of another
    kind, and where there is no source to read. Nothing is imported.
    """
    name = factory.rpartition(":")[0]
    if name.partition(".")[0] == "phiscope":
        return None
    own = file_of(factory) or _beside(name)
    if own is None:
        own = _installed(name)
        files = [] if own is None else [own]
    else:
        files = sorted(_with_imported(own))
    if not files:
        return None
    digest = hashlib.sha256()
    for file in files:
        digest.update(_syntax(file))
    return digest.hexdigest()[:16]


def content_of_file(path: Path) -> str:
    """A fingerprint of a file: of its bytes, or of size and time of the last change where it is large; of all in a
    folder."""
    if path.is_dir():
        digest = hashlib.sha256()
        for file in sorted(each for each in path.rglob("*") if each.is_file()):
            digest.update(f"{file.relative_to(path)} {content_of_file(file)}\n".encode())
        return digest.hexdigest()[:16]
    about = path.stat()
    if about.st_size > _LARGE:
        return f"{about.st_size}-{about.st_mtime_ns}"
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:16]


def _syntax(file: Path) -> bytes:
    """The syntax tree of a file, which knows no comments; its bytes where it has none."""
    content = file.read_bytes()
    try:
        return ast.dump(ast.parse(content)).encode()
    except (SyntaxError, ValueError):
        return content


def _with_imported(file: Path) -> set[Path]:
    """A file and what it imports, directly or not, that lies in the folders of the configuration or beside it."""
    reached: set[Path] = set()
    waiting = [file]
    while waiting:
        current = waiting.pop()
        if current in reached:
            continue
        reached.add(current)
        for name in _imports_of(current):
            if name.partition(".")[0] == "phiscope":  # has fingerprints of another kind
                continue
            if found := _below(current.parent, name) or _beside(name):
                waiting.append(found)
    return reached


def _imports_of(file: Path) -> set[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names |= {module, *(f"{module}.{alias.name}".strip(".") for alias in node.names)}
    return names - {""}


def _beside(module: str) -> Path | None:
    """The file of a module in the folders of the configuration files."""
    return next((found for folder in folders() if (found := _below(folder, module))), None)


def _below(folder: Path, module: str) -> Path | None:
    place = folder.joinpath(*module.split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def _installed(module: str) -> Path | None:
    """The file of an installed module, found without importing its packages."""
    first, *others = module.split(".")
    try:
        spec = importlib.util.find_spec(first)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if not others:
        return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    roots = [Path(each) for each in spec.submodule_search_locations or []]
    return next((found for root in roots if (found := _below(root, ".".join(others)))), None)


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
