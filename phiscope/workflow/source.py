"""What one file of the library says, as fingerprints want it: what it imports, and a digest that ignores comments.

To parse a few hundred files takes most of the time in which a workflow starts. What they say is therefore kept, by
their contents, in the user's cache; without one, such as where it cannot be written, it is found out again.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from phiscope.files import write_text

PACKAGE = "phiscope"
_FORMAT = f"1 {sys.version}"  # of what is kept; another Python may make other trees
_MOST = 5000  # files that are kept: some versions of the library


class SourceFile(NamedTuple):
    """digest: of the syntax tree without docstrings. imports: (module, name) of the package's own imports, deferred
    ones too; name is None for `import module`. used: of each name that is imported, what is taken from it as an
    attribute: ["draw"] for `figures.draw(...)`; None where it is used in another way."""

    digest: str
    imports: list[tuple[str, str | None]]
    used: dict[str, list[str] | None]


@cache
def source_of(file: Path) -> SourceFile:
    """What a file says now; it is read once in a process."""
    text = file.read_bytes()
    key = hashlib.sha256(_FORMAT.encode() + text).hexdigest()
    kept = _kept()
    if key in kept:
        digest, imports, used = kept.pop(key)
        found = SourceFile(digest, [(module, name) for module, name in imports], used)
    else:
        found = _parsed(text, str(file))
        _changed.append(key)
    kept[key] = list(found)  # those that were asked for last stand last
    return found


def _parsed(text: bytes, name: str) -> SourceFile:
    tree = ast.parse(text, filename=name)
    imports = list(dict.fromkeys(_imports(tree)))
    used = {each: _used_of(tree, each) for _, each in imports if each}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:]
    return SourceFile(hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imports, used)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """What a package hands on through `phiscope.deferred` is imported from where its table says. What is imported for
    type hints alone, under `if TYPE_CHECKING:`, does not count: it does not run."""
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


def _used_of(tree: ast.AST, name: str) -> list[str] | None:
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_name(node.value, name)]
    uses = sum(_is_name(node, name) for node in ast.walk(tree))
    return sorted({node.attr for node in taken}) if uses == len(taken) else None


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _own(module: str) -> bool:
    return module.split(".")[0] == PACKAGE


# What was found out before, by content.

_changed: list[str] = []  # keys that are new


def _place() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "phiscope", "sources.json")


@cache
def _kept() -> dict[str, Any]:
    atexit.register(_keep)
    try:
        kept = json.loads(_place().read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError):  # none, none that can be read, no home
        return {}
    return kept if isinstance(kept, dict) else {}


def _keep() -> None:
    if _changed:
        with contextlib.suppress(OSError, RuntimeError):
            write_text(json.dumps(dict(list(_kept().items())[-_MOST:])), _place())
