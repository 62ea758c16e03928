"""Which library files a script rests on, and a fingerprint of them that ignores comments and docstrings.

Rules carry the fingerprint of their script as a parameter. Snakemake reruns a rule whose parameters changed,
so an edited line reruns exactly what rests on it, and a better comment reruns nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from phiscope.workflow.source import SourceFile, source_of

_SURROUNDING = "phiscope.workflow.job"  # logs, locks, looks at inputs: no number of a script rests on it


LIBRARY = Path(__file__).parents[2]  # the folder that holds the package


def files_of(script: str | Path, *extra: str, root: Path = LIBRARY) -> list[Path]:
    """`script`, every library module that it imports, directly or not, and `extra` with what these import.

    root: the folder that holds the package. extra: dotted names of modules chosen at run time, by a registry.
    """
    modules = [_file_of(module, root) for module in extra]
    missing = [module for module, file in zip(extra, modules) if file is None]
    if missing:
        raise ValueError(f"there is no module {missing[0]} below {root}")
    return sorted({name for file in (Path(script), *modules) if file for name in _closure(file, root)})


@cache
def fingerprint(script: str | Path, *extra: str, root: Path = LIBRARY) -> str:
    """Hash of the syntax trees of `files_of` these: the script's, then the library's in the order of their paths.

    So it is the same for a script beside the package, as in a checkout, and inside it, as in a wheel.
    """
    files = sorted(files_of(script, *extra, root=root), key=lambda file: (file != Path(script), file))
    digest = hashlib.sha256()
    for file in files:
        digest.update(source_of(file).digest.encode())
    return digest.hexdigest()[:16]


@cache
def _closure(file: Path, root: Path) -> frozenset[Path]:
    reached: set[Path] = set()
    waiting = [file]
    while waiting:
        current = waiting.pop()
        if current not in reached and current != _file_of(_SURROUNDING, root):
            reached.add(current)
            waiting.extend(_imported_files(current, root))
    return frozenset(reached)


@cache
def _imported_files(file: Path, root: Path) -> frozenset[Path]:
    source = source_of(file)
    return frozenset(path for module, name in source.imports for path in _providers_to(source, module, name, root))


def _providers_to(source: SourceFile, module: str, name: str | None, root: Path) -> Iterator[Path]:
    """The files that an import rests on: of a package imported as a name, those of the names that are taken from it."""
    imported = _file_of(f"{module}.{name}", root) if name else None
    used = source.used[str(name)] if imported and imported.stem == "__init__" else None
    if used is None:
        yield from _providers(module, name, root)
    else:
        for each in used:
            yield from _providers(f"{module}.{name}", each, root)


def _providers(module: str, name: str | None, root: Path) -> Iterator[Path]:
    """The files that an import rests on.

    A package that only passes names on stands for the one module that a name comes from: importing
    `phiscope.models.build` does not rest on everything that lies in `phiscope.models`.
    """
    submodule = _file_of(f"{module}.{name}", root)
    if submodule is not None:
        yield submodule
        return
    file = _file_of(module, root)
    if file is None:
        return
    imports = source_of(file).imports if file.stem == "__init__" else []
    origin = next((each for each, handed_on in imports if handed_on == name), None)
    if origin is not None and origin != module:
        yield from _providers(origin, name, root)
    else:
        yield file


@cache
def _file_of(module: str, root: Path) -> Path | None:
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None
