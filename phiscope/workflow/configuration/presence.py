"""Whether what a configuration names is there: files, folders, variables, factories. Nothing is imported or opened."""

from __future__ import annotations

import ast
import difflib
import importlib.util
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from phiscope.datasets.readers.features import is_bundled
from phiscope.errors import ConfigError
from phiscope.factories import file_of, folders
from phiscope.workflow.configuration.checks import enabled
from phiscope.workflow.configuration.features import of_features
from phiscope.workflow.record import RECORD

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


_NETWORKS = {
    "classifier": "models/classifier.safetensors",
    "denoising.network": "models/denoiser.safetensors",
    "latent.gan": "models/generator.safetensors",
}


class _Named(NamedTuple):
    """A place that a configuration names: where it says so, what it says, what it is.

    made: what a run makes of it, below its folder; once that is there, and the run was started with the same words,
    the place may be gone, such as for a run that was copied to where the data are not.
    """

    where: str
    text: str
    what: str
    made: str = ""


def require_present(config: Mapping[str, Any]) -> None:
    """Raise ConfigError for the first file, folder, variable or factory that is not there, before any job starts.

    config: resolved. What is to be fetched (`url`) may be absent, and what a reader of the user's own takes is its own.
    """
    used, results = enabled(config), Path("results") / config["run"]
    before = _recorded(results)
    for named in paths_of(used):
        known = named.made and (results / named.made).exists() and _at(before, named.where) == named.text
        if not known:
            _require_path(named)
    for named in _factories(used):
        _require_factory(named)


def _recorded(results: Path) -> Any:
    """The configuration that the run was last started with; nothing where it says none."""
    try:
        return json.loads((results / RECORD).read_text(encoding="utf-8"))["configuration"]
    except (OSError, ValueError, KeyError):
        return {}


def _at(config: Any, where: str) -> Any:
    """What stands at a place such as `dataset.path`; None for nothing."""
    for key in where.split("."):
        config = config.get(key) if isinstance(config, Mapping) else None
    return config


def _require_path(named: _Named) -> None:
    expanded = _expanded(named)
    if not Path(expanded).exists():
        place = Path(expanded) if Path(expanded).is_absolute() else Path.cwd() / expanded
        raise ConfigError(f"config: {named.where}: there is no {place}; expected {named.what}")


def _expanded(named: _Named) -> str:
    expanded = os.path.expanduser(os.path.expandvars(named.text))
    if left := _VARIABLE.search(expanded):
        variable = left[1] or left[2]
        raise ConfigError(
            f"config: {named.where}: got {named.text!r}, but the environment has no variable {variable}; set it "
            f"(export {variable}=...), or write the path itself"
        )
    return expanded


def paths_of(config: Mapping[str, Any]) -> Iterator[_Named]:
    """Files and folders that have to be there."""
    sets = {"dataset": config["dataset"]} | {f"datasets.{name}": each for name, each in config["datasets"].items()}
    for where, about in sets.items():
        own = ":" in (about.get("reader") or "")
        bundled = about["path"] == "digits" or (of_features({"dataset": about}) and is_bundled(Path(about["path"])))
        if not (bundled or about.get("url") or own):
            made = "data/test.safetensors" if where == "dataset" else f"data/{where.replace('.', '/')}.safetensors"
            yield _Named(f"{where}.path", about["path"], "a file or folder with data", made)
    if labels := config["dataset"]["human_labels"]:
        yield _Named("dataset.human_labels", labels, "a .npy file")
    networks = {"classifier": config["classifier"]}
    if config["denoising"]:
        yield from _of_denoising(config["denoising"])
        networks["denoising.network"] = config["denoising"]["network"]
    if config["latent"]:
        networks["latent.gan"] = config["latent"]["gan"]
        settings = {name: each for name, each in config["latent"]["settings"].items() if each}
        networks |= {f"latent.settings.{name}": each for name, each in settings.items()}
    for where, network in networks.items():
        if isinstance(network.get("weights"), Mapping):
            made = _NETWORKS.get(where, "")
            yield _Named(f"{where}.weights.path", network["weights"]["path"], "a file of weights", made)
    filled_in = {f"views.{name}": view for name, view in config["views"].items()}
    filled_in |= {f"inversions.edits.{place}": edit for place, edit in enumerate(config["inversions"]["edits"])}
    for where, about in filled_in.items():
        if about.get("mask"):
            yield _Named(f"{where}.mask", about["mask"], "an image file")
    for place, images in enumerate(config["implicit"]["images"] if config["implicit"] else []):
        if images.get("path"):
            yield _Named(f"implicit.images.{place}.path", images["path"], "a folder of images")


def _of_denoising(denoising: Mapping[str, Any]) -> Iterator[_Named]:
    images = "a folder of images"
    if denoising["images"]:
        yield _Named("denoising.images", denoising["images"], images)
    if denoising["folder"]:
        yield _Named("denoising.folder.path", denoising["folder"]["path"], images)
    for name, folder in denoising["bench"]["sets"].items():
        if folder:
            yield _Named(f"denoising.bench.sets.{name}", folder, images)


def _factories(config: Mapping[str, Any]) -> Iterator[_Named]:
    """Functions of the user's, or ours."""
    network, reader = "a function that returns a torch network", "a function that reads images"
    yield _Named("classifier.factory", config["classifier"]["factory"], network)
    if config["denoising"]:
        yield _Named("denoising.network.factory", config["denoising"]["network"]["factory"], network)
        for name, other in config["denoising"]["others"].items():
            if other:
                yield _Named(f"denoising.others.{name}.network.factory", other["network"]["factory"], network)
    sets = {"dataset": config["dataset"]} | {f"datasets.{name}": each for name, each in config["datasets"].items()}
    for where, about in sets.items():
        if ":" in (about.get("reader") or ""):
            yield _Named(f"{where}.reader", about["reader"], reader)
        if transform := (about.get("options") or {}).get("transform"):
            yield _Named(f"{where}.options.transform", transform, "a function of an image")


def _require_factory(named: _Named) -> None:
    """Find the source of `package.module:function` or `file.py:function`, and the name in it, without running it."""
    place, _, function = named.text.rpartition(":")
    if place.endswith(".py"):
        _expanded(named)
        source = file_of(named.text)
        if source is None:
            looked = ", ".join(dict.fromkeys(map(str, folders())))
            raise ConfigError(f"config: {named.where}: there is no file {place} in {looked}; expected {named.what}")
    else:
        source = _source_of(named, place)
    names = _names_in(source) if source else None
    if names is not None and function.partition(".")[0] not in names:
        raise ConfigError(
            f"config: {named.where}: {source or place} has no {function!r}; expected {named.what}"
            + _nearest(function, names)
        )


def _nearest(name: str, names: set[str]) -> str:
    found = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _source_of(named: _Named, module: str) -> Path | None:
    """The file of a module, whose packages are not imported for it; None where it has none to read."""
    first, *others = module.split(".")
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


def _names_in(source: Path) -> set[str] | None:
    """Names that a module binds at its top level; None where only running it tells."""
    try:
        tree = ast.parse(source.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return None  # importing says what is wrong
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
