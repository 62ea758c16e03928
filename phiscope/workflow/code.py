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
        digest.update(_tree(file).encode())
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
    tree = _parsed(file)
    return frozenset(path for module, name in _imports(tree) for path in _providers_to(tree, module, name, root))


def _providers_to(tree: ast.AST, module: str, name: str | None, root: Path) -> Iterator[Path]:
    """The files that an import rests on: of a package imported as a name, those of the names that are taken from it."""
    imported = _file_of(f"{module}.{name}", root) if name else None
    used = _used_of(tree, str(name)) if imported and imported.stem == "__init__" else None
    if used is None:
        yield from _providers(module, name, root)
    else:
        for each in used:
            yield from _providers(f"{module}.{name}", each, root)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """(module, name) of the package's own imports, deferred ones too; name is None for `import module`.

    What a package hands on through `phiscope.deferred` is imported from where its table says. What is imported for
    type hints alone, under `if TYPE_CHECKING:`, does not count: it does not run.
    """
    for node in _running(tree):
        if isinstance(node, ast.Call) and _is_name(node.func, "deferred"):
            yield from ((module, name) for module, names in ast.literal_eval(node.args[1]).items() for name in names)
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if _own(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module and _own(node.module):
            yield from ((node.module, alias.name) for alias in node.names)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node below a tree that is not under `if TYPE_CHECKING:`; what is under its `else:` runs."""
    yield tree
    hints = isinstance(tree, ast.If) and _is_name(tree.test, "TYPE_CHECKING")
    for child in tree.orelse if isinstance(tree, ast.If) and hints else ast.iter_child_nodes(tree):
        yield from _running(child)


def _used_of(tree: ast.AST, package: str) -> set[str] | None:
    """Names that code takes from a package which it imported as a name: {"draw"} for `figures.draw(...)`.

    None where it uses the package in another way.
    """
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_name(node.value, package)}
    uses = sum(_is_name(node, package) for node in ast.walk(tree))
    taken = sum(isinstance(node, ast.Attribute) and _is_name(node.value, package) for node in ast.walk(tree))
    return names if uses == taken else None


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


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
