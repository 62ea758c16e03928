"""What a module says of itself in literals at its top, read from its text without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def literals_of(module: str, names: Iterable[str]) -> dict[str, Any]:
    """Name -> value of the constants among `names` that the module assigns at its top."""
    wanted = set(names)
    return {
        target.id: ast.literal_eval(node.value)
        for node in tree_of(module).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in wanted
    }


@cache
def tree_of(module: str) -> ast.Module:
    """The syntax tree of a module by its dotted name."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {module}")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"), filename=spec.origin)
