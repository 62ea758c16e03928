"""Whether what a configuration names is there: files, folders, variables, factories. Nothing is imported or opened."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from phiscope.datasets.readers.features import is_bundled
from phiscope.errors import ConfigError
from phiscope.workflow.configuration.checks import enabled
from phiscope.workflow.configuration.features import of_features
from phiscope.workflow.configuration.functions import require_functions
from phiscope.workflow.configuration.place import NamedPlace, expanded
from phiscope.workflow.record import RECORD

_INPUT = "an image file"  # what becomes the input of a rule as it is
_NETWORKS = {
    "classifier": "models/classifier.safetensors",
    "denoising.network": "models/denoiser.safetensors",
    "latent.gan": "models/generator.safetensors",
}


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
    require_functions(used)
    _require_solver(used["margins"]["solver"])
    _require_second(used["second_opinion"]["solver"], used["margins"]["solver"])


def _recorded(results: Path) -> Any:
    """The configuration that the run was last started with; nothing where it says none."""
    try:
        return json.loads((results / RECORD).read_text(encoding="utf-8"))["configuration"]
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _at(config: Any, where: str) -> Any:
    """What stands at a place such as `dataset.path`; None for nothing."""
    for key in where.split("."):
        config = config.get(key) if isinstance(config, Mapping) else None
    return config


def _require_path(named: NamedPlace) -> None:
    """The place is there, and a file or folder as its key wants: what reads a pipe or a device may never end."""
    text = expanded(named)
    if named.what == _INPUT and set("{}") & set(text):
        raise ConfigError(
            f"config: {named.where}: got {named.text!r}, expected a path without braces, which Snakemake takes for "
            "wildcards; rename it"
        )
    place = Path(text) if Path(text).is_absolute() else Path.cwd() / text
    try:
        mode = place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(f"config: {named.where}: there is no {_shown(place)}; expected {named.what}") from None
    except OSError as error:
        said = f"{_shown(place)} cannot be looked at ({error.strerror})"
        raise ConfigError(f"config: {named.where}: {said}; expected {named.what}") from None
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise ConfigError(f"config: {named.where}: {place} is a pipe or a device; expected {named.what}")
    if stat.S_ISDIR(mode) and "folder" not in named.what and not (place / "config.json").is_file():
        raise ConfigError(f"config: {named.where}: {place} is a folder; expected {named.what}")
    if stat.S_ISREG(mode) and "file" not in named.what:
        raise ConfigError(f"config: {named.where}: {place} is a file; expected {named.what}")


def _shown(place: Path) -> str:
    """A path of a length that a sentence can hold."""
    text = str(place)
    return text if len(text) <= 300 else f"{text[:100]} ... {text[-40:]}"


def _require_solver(solver: str) -> None:
    from phiscope.geometry.margin import require_solver  # deferred: slow to import, and asked for by few

    try:
        if solver != "newton":
            require_solver(solver)
    except ConfigError as error:
        raise ConfigError(f"config: {error}") from None


def _require_second(solver: str | None, margins_by: str) -> None:
    if solver is None:  # one of two that every installation has
        return
    from phiscope.geometry.second_opinion import back_end  # deferred: slow to import, and asked for by few

    try:
        back_end(solver, margins_by)
    except ConfigError as error:
        raise ConfigError(f"config: {error}") from None


def paths_of(config: Mapping[str, Any]) -> Iterator[NamedPlace]:
    """Files and folders that have to be there."""
    sets = {"dataset": config["dataset"]} | {f"datasets.{name}": each for name, each in config["datasets"].items()}
    for where, about in sets.items():
        own = ":" in (about.get("reader") or "")
        bundled = about["path"] == "digits" or (of_features({"dataset": about}) and is_bundled(Path(about["path"])))
        if not (bundled or about.get("url") or own):
            made = "data/test.safetensors" if where == "dataset" else f"data/{where.replace('.', '/')}.safetensors"
            yield NamedPlace(f"{where}.path", about["path"], "a file or folder with data", made)
    if labels := config["dataset"]["human_labels"]:
        yield NamedPlace("dataset.human_labels", labels, "a .npy file")
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
            yield NamedPlace(f"{where}.weights.path", network["weights"]["path"], "a file of weights", made)
    filled_in = {f"views.{name}": view for name, view in config["views"].items()}
    filled_in |= {f"inversions.edits.{place}": edit for place, edit in enumerate(config["inversions"]["edits"])}
    for where, about in filled_in.items():
        if about.get("mask"):
            yield NamedPlace(f"{where}.mask", about["mask"], _INPUT)
    for place, images in enumerate(config["implicit"]["images"] if config["implicit"] else []):
        if images.get("path"):
            yield NamedPlace(f"implicit.images.{place}.path", images["path"], "a folder of images")


def _of_denoising(denoising: Mapping[str, Any]) -> Iterator[NamedPlace]:
    images = "a folder of images"
    if denoising["images"]:
        yield NamedPlace("denoising.images", denoising["images"], images)
    if denoising["folder"]:
        yield NamedPlace("denoising.folder.path", denoising["folder"]["path"], images)
    for name, folder in denoising["bench"]["sets"].items():
        if folder:
            yield NamedPlace(f"denoising.bench.sets.{name}", folder, images)
