"""Which library files a script rests on, and a fingerprint of them that ignores comments and docstrings.

Rules carry the fingerprint of their script as a parameter. Snakemake reruns a rule whose parameters changed,
so an edited line reruns exactly what rests on it, and a better comment reruns nothing.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PACKAGE = "phiscope"


def fingerprint(script: str | Path, root: str | Path, *extra: str) -> str:
    """Hash of the syntax trees of `script`, of every library module it imports, directly or not, and of `extra`.

    root: the folder that holds the package. extra: dotted names of modules chosen at run time, by a registry.
    """
    root = Path(root)
    modules = {name for module in extra for name in _closure(_file_of(module, root), root)}
    files = sorted(modules | _closure(Path(script), root))
    digest = hashlib.sha256()
    for file in files:
        digest.update(_tree(file).encode())
    return digest.hexdigest()[:16]


@cache
def _closure(file: Path, root: Path) -> frozenset[Path]:
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(_imported_files(current, root))
    return frozenset(found)


@cache
def _imported_files(file: Path, root: Path) -> frozenset[Path]:
    return frozenset(path for module, name in _imports(_parsed(file)) for path in _providers(module, name, root))


def _imports(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """(module, name) of the package's own imports, deferred ones too; name is None for `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if _own(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and _own(node.module or ""):
            yield from ((node.module, alias.name) for alias in node.names)


def _own(module: str) -> bool:
    return module.split(".")[0] == _PACKAGE


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
    origin = next((m for m, n in _imports(_parsed(file)) if n == name), None) if file.stem == "__init__" else None
    if origin is not None and origin != module:
        yield from _providers(origin, name, root)
    else:
        yield file


def _file_of(module: str, root: Path) -> Path | None:
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), filename=str(file))


@cache
def _tree(file: Path) -> str:
    tree = ast.parse(file.read_text(), filename=str(file))  # not the cached one: docstrings are cut out of it
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:]
    return ast.dump(tree)
