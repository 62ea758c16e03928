"""Whether the functions that a configuration names are there and take its arguments. Nothing is imported or run."""

from __future__ import annotations

import ast
import difflib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from phiscope.datasets.options import DataOptions
from phiscope.datasets.readers import READERS
from phiscope.errors import ConfigError
from phiscope.factories import file_of, folders
from phiscope.workflow.configuration.place import NamedPlace, expanded
from phiscope.workflow.configuration.sentences import nearest

_SHARED = tuple(field.name for field in fields(DataOptions))


def require_functions(config: Mapping[str, Any]) -> None:
    """Raise ConfigError for the first factory or reader that is not there, or argument that its function has not."""
    for named, arguments in _factories(config):
        _require_factory(named, arguments)


def _factories(config: Mapping[str, Any]) -> Iterator[tuple[NamedPlace, Mapping[str, Any]]]:
    """Functions of the user's, or ours, with the arguments that the configuration gives them."""
    network, reader = "a function that returns a torch network", "a function that reads images"
    networks = {"classifier": config["classifier"]}
    if denoising := config["denoising"]:
        networks["denoising.network"] = denoising["network"]
        others = {name: other for name, other in denoising["others"].items() if other}
        networks |= {f"denoising.others.{name}.network": other["network"] for name, other in others.items()}
    for where, given in networks.items():
        yield NamedPlace(f"{where}.factory", given["factory"], network), given.get("arguments") or {}
    sets = {"dataset": config["dataset"]} | {f"datasets.{name}": each for name, each in config["datasets"].items()}
    for where, about in sets.items():
        options = {key: value for key, value in (about.get("options") or {}).items() if key not in _SHARED}
        name = about.get("reader") or ("digits" if about["path"] == "digits" else "")
        if ":" in name:
            yield NamedPlace(f"{where}.reader", name, reader), options
        elif name in READERS:
            yield NamedPlace(f"{where}.reader", f"{READERS[name].__name__}:read", reader), options
        if transform := (about.get("options") or {}).get("transform"):
            yield NamedPlace(f"{where}.options.transform", transform, "a function of an image"), {}


def _require_factory(named: NamedPlace, arguments: Mapping[str, Any]) -> None:
    """Find the source of `package.module:function` or `file.py:function`, and the name in it, without running it."""
    place, _, function = named.text.rpartition(":")
    if place.endswith(".py"):
        expanded(named)
        source = file_of(named.text)
        if source is None:
            looked = ", ".join(dict.fromkeys(map(str, folders())))
            raise ConfigError(f"config: {named.where}: there is no file {place} in {looked}; expected {named.what}")
    else:
        source = _source_of(named, place)
    tree = _parsed(source) if source else None
    if tree is None:
        return
    names = _names_in(tree)
    if names is not None and function not in names:
        found = difflib.get_close_matches(function, names, n=1)
        hint = f"; did you mean {found[0]!r}?" if found else ""
        raise ConfigError(f"config: {named.where}: {source or place} has no {function!r}; expected {named.what}{hint}")
    takes = _arguments_of(tree, function)  # of a reader first the path and the split
    if takes is not None and (unknown := next((key for key in arguments if key not in takes), None)) is not None:
        if named.where.endswith(".reader"):
            where, known = named.where.removesuffix("reader") + "options", [*takes[2:], *_SHARED]
        else:
            where, known = named.where.removesuffix("factory") + "arguments", takes
        raise ConfigError(f"config: {where}.{unknown}: {named.text} takes no such argument; {nearest(unknown, known)}")


def _source_of(named: NamedPlace, module: str) -> Path | None:
    """The file of a module, whose packages are not imported for it; None where it has none to read."""
    first, *others = module.split(".")
    if not all((first, *others)):
        raise ConfigError(f"config: {named.where}: there is no module {module!r}; expected {named.what}")
    try:
        spec = importlib.util.find_spec(first)
    except (ImportError, ValueError):
        spec = None
    origin = Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
    roots = [Path(each) for each in (spec.submodule_search_locations or [])] if spec else []
    if spec is None:
        beside = [each for folder in folders() for each in (folder / f"{first}.py", folder / first) if each.exists()]
        if not beside:
            raise ConfigError(
                f"config: {named.where}: there is no module {first!r}, installed or beside the configuration; expected "
                f"{named.what}, `package.module:function` or `file.py:function`"
            )
        origin = beside[0] if beside[0].suffix else beside[0] / "__init__.py"
        roots = [beside[0]] if not beside[0].suffix else []
    for part in others:
        found = [
            each for root in roots for each in (root / f"{part}.py", root / part / "__init__.py") if each.is_file()
        ]
        if not found:
            # Extension modules and namespace packages have no source to read; importing tells.
            if any(each for root in roots for each in root.glob(f"{part}*")) or not roots:
                return None
            raise ConfigError(f"config: {named.where}: there is no module {module!r}; expected {named.what}")
        origin, roots = found[0], [found[0].parent] if found[0].name == "__init__.py" else []
    return origin if origin is not None and origin.is_file() else None


def _parsed(source: Path) -> ast.Module | None:
    """The syntax of a module; None where only running it tells what is wrong."""
    try:
        return ast.parse(source.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError, RecursionError):
        return None


def _names_in(tree: ast.Module) -> set[str] | None:
    """Names that a module binds at its top level; None where only running it tells."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(each.name == "*" for each in node.names):
            return None
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == "__getattr__":
            return None
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(each.asname or each.name).partition(".")[0] for each in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _arguments_of(tree: ast.Module, function: str) -> list[str] | None:
    """Names of the arguments that a function or a class takes; None where it takes any, or the source does not tell."""
    defined = [each for each in tree.body if getattr(each, "name", None) == function]
    if len(defined) != 1:  # imported, assigned, or one of several
        return None
    found: ast.AST | None = defined[0]
    own = 0
    if isinstance(found, ast.ClassDef):
        if found.decorator_list:  # such as a dataclass
            return None
        made = [each for each in found.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
        found, own = (made[0] if made else None), 1
    if not isinstance(found, ast.FunctionDef) or found.decorator_list or found.args.kwarg:
        return None
    return [each.arg for each in (*found.args.args[own:], *found.args.kwonlyargs)]
