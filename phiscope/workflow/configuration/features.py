"""Runs on vectors alone, `dataset: {reader: features}`: what holds there unless given, and what cannot be asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from phiscope.datasets.readers.features import NAME
from phiscope.errors import ConfigError
from phiscope.factories import FITTED, HEAD_ALONE, NO_NORMALISATION, OF_THE_FACTORY
from phiscope.workflow.configuration.checks import enabled
from phiscope.workflow.configuration.layers import overlaid
from phiscope.workflow.configuration.one_split import check_one_split, of_one_split

_WITHOUT = "a run on features alone has no images"


def of_features(config: Mapping[str, Any]) -> bool:
    """Whether a configuration is of vectors, not of images."""
    return (config.get("dataset") or {}).get("reader") == NAME


def over_defaults(defaults: Mapping[str, Any], given: Mapping[str, Any], run: str | None = None) -> dict[str, Any]:
    """The schema's defaults with those that differ for vectors laid over them, where files ask for these.

    run: its name, where files do not say it.
    """
    if not of_features(given):
        return dict(defaults)
    others = dict.fromkeys(name for name in defaults["views"] if name != "original")
    differing = {
        "classifier": {"factory": HEAD_ALONE, "normalise": NO_NORMALISATION},
        "views": {"original": {"spaces": ["feature"]}} | others,
        "inversions": {"samples": 0, "closest": {"samples": 0}},
    }
    return overlaid(overlaid(defaults, differing), of_one_split(given, run))


def check_features(config: Mapping[str, Any], given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Raise ConfigError for what vectors cannot have.

    config: checked against the schema; given: what files say, over the defaults.
    """
    if not of_features(config):
        if (only := config["dataset"]["only"]) is not None:
            raise ConfigError(
                f"config: dataset.only: got {only}; it is for vectors, dataset.reader: {NAME}; leave it out"
            )
        other = next((name for name, each in config["datasets"].items() if each.get("reader") == NAME), None)
        if other is not None:
            raise ConfigError(f"config: datasets.{other}.reader: got {NAME}; expected images, as dataset has")
        return
    for where, expected in _asked(config):
        raise ConfigError(f"config: {where}: {_WITHOUT}; expected {expected}")
    check_one_split(config, given, defaults)


def _asked(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What needs images: the key, and what may stand there."""
    for part in ("latent", "denoising", "implicit"):
        if config[part]["enabled"]:
            yield f"{part}.enabled", "false"
    for name, view in enabled(config)["views"].items():
        if view["kind"] != "original":
            yield f"views.{name}", "views of the kind original alone"
        if "pixel" in view.get("spaces", []):
            yield f"views.{name}.spaces", "[feature]"
    for name, dataset in config["datasets"].items():
        if dataset.get("reader") != NAME:
            yield f"datasets.{name}.reader", f"{NAME}, vectors of the same network"
    inversions, classifier = config["inversions"], config["classifier"]
    if inversions["samples"] != 0:
        yield "inversions.samples", "0"
    if inversions["closest"]["samples"] != 0:
        yield "inversions.closest.samples", "0"
    if inversions["paths"]:
        yield "inversions.paths", "0"
    if config["attacks"]["samples"]:
        yield "attacks.samples", "0"
    if inversions["edits"]:
        yield "inversions.edits", "none"
    if classifier["factory"] != HEAD_ALONE:
        yield "classifier.factory", "none: the head is fitted, or that of a file (classifier.weights)"
    if classifier["arguments"] or classifier["normalise"] != NO_NORMALISATION:
        yield f"classifier.{'arguments' if classifier['arguments'] else 'normalise'}", "none"
    if classifier["output"] is not None or classifier["columns"] is not None:
        yield f"classifier.{'columns' if classifier['columns'] else 'output'}", "none"
    if classifier["head"] not in (None, FITTED):
        yield "classifier.head", f"{FITTED}, or a file as classifier.weights: {{path: head.npz}}"
    if classifier["weights"] == OF_THE_FACTORY:
        yield "classifier.weights", "the file of a head, such as {path: head.npz}"
    elif classifier["head"] == FITTED and classifier["weights"]:
        yield "classifier.weights", f"none where classifier.head is {FITTED}"
    if config["dataset"]["is_papers"]:
        yield "dataset.is_papers", "false"
