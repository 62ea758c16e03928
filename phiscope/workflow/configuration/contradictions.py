"""Settings that cannot hold together, each of which is right alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from phiscope.errors import ConfigError
from phiscope.workflow.configuration.fits import check_encoding, check_implicit

_SHARES = ("salt-and-pepper", "blocks")  # noises whose level is a share of the pixels


def check_together(config: Mapping[str, Any]) -> None:
    """Raise ConfigError for the first two settings that exclude each other; config: checked against the schema."""
    for where, said in _wrong(config):
        raise ConfigError(f"config: {where}: {said}")
    for name, view in config["views"].items():
        if view is not None and view["kind"] == "implicit":
            check_encoding(f"views.{name}", view["encoding"], view)
    check_implicit(config["implicit"])


def _wrong(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if config["margins"]["classes"] != "all" and config["dataset"]["is_papers"]:
        said = "the comparison with the text's table of margins (dataset.is_papers) needs all classes; expected all"
        yield "margins.classes", said
    sets = {"dataset": config["dataset"]} | {f"datasets.{name}": each for name, each in config["datasets"].items()}
    for where, dataset in sets.items():
        yield from _fetching(where, dataset)
        yield from _options(f"{where}.options", dataset.get("options") or {})
    if isinstance(normalise := config["classifier"]["normalise"], Mapping):
        mean, deviation = normalise["mean"], normalise["deviation"]
        if len(mean) != len(deviation):
            said = f"has {len(mean)} means and {len(deviation)} deviations; expected one of each for every channel"
            yield "classifier.normalise", said
    for name, view in config["views"].items():
        if view is not None:
            yield from _view(f"views.{name}", view)
    yield from _noises(config["denoising"])


def _fetching(where: str, dataset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is fetched is known by its checksum: an address may give something else tomorrow."""
    url, checksum = dataset.get("url"), dataset.get("checksum")
    if url is None:
        return
    said = "missing; expected sha256:<64 hexadecimal digits> of what dataset.url gives, as addresses change"
    if isinstance(url, Mapping):
        if checksum is not None and not isinstance(checksum, Mapping):
            yield f"{where}.checksum", "is one for all; expected a mapping of file names to checksums, as url is one"
            return
        for file in url:
            if file not in (checksum or {}):
                yield f"{where}.checksum.{file}", said
    elif checksum is None:
        yield f"{where}.checksum", said
    elif not isinstance(checksum, str):
        yield f"{where}.checksum", "is a mapping of file names; expected one checksum, as url is one address"


def _options(where: str, options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    limits = options.get("range")
    if isinstance(limits, list) and not limits[0] < limits[1]:
        yield f"{where}.range", f"got {limits}, expected [black, white], the first below the second"
    if limits == 0:
        yield f"{where}.range", "got 0, expected the value of white, such as 255, or [black, white]"
    splits = options.get("splits") or {}
    if splits.get("train") is not None and splits.get("train") == splits.get("test"):
        yield f"{where}.splits", "names one split twice; expected two, as no image is in both"
    if "test" in splits and options.get("test_share") is not None:
        yield f"{where}.test_share", "makes a test split, and splits.test names one; expected one of the two"
    size, crop = options.get("size"), options.get("crop")
    if size and crop and min(_pair(crop)) > max(_pair(size)):
        yield f"{where}.crop", f"got {crop}, expected at most the size, {size}"


def _view(where: str, view: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if view["kind"] == "noise" and view["noise"] in _SHARES and view["level"] > 1:
        yield f"{where}.level", f"got {view['level']}, expected at most 1: of {view['noise']} it is a share of pixels"
    epsilon, step = view.get("epsilon"), view.get("step")
    if epsilon is not None and step is not None and step > 2 * epsilon:
        yield f"{where}.step", f"got {step}, expected at most 2 epsilon, {2 * epsilon:g}, the width of the ball"
    if view.get("through") and view.get("kind") == "denoise":
        return
    if view["kind"] == "denoise" and view["method"] == "network":
        for key in ("level", "strength", "noise"):
            if view.get(key) is not None:
                yield f"{where}.{key}", "is for classical methods; expected none for the network"


def _noises(denoising: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    trainings = {"denoising.training": denoising["training"]} | {
        f"denoising.others.{name}.training": other.get("training") or {}
        for name, other in denoising["others"].items()
        if other
    }
    for where, training in trainings.items():
        for place, noise in enumerate(training.get("noise", ())):
            yield from _levels(f"{where}.noise.{place}", noise["noise"], noise["level"])
    for place, noise in enumerate(denoising["bench"]["noises"]):
        yield from _levels(f"denoising.bench.noises.{place}", noise["noise"], noise["level"])


def _levels(where: str, noise: str, level: float | Sequence[float]) -> Iterator[tuple[str, str]]:
    low, high = _pair(level)
    if low > high:
        yield f"{where}.level", f"got {level}, expected [low, high], the first at most the second"
    if noise in _SHARES and high > 1:
        yield f"{where}.level", f"got {level}, expected at most 1: of {noise} it is a share of pixels"


def _pair(value: Any) -> tuple[Any, Any]:
    return (value[0], value[1]) if isinstance(value, list | tuple) else (value, value)
