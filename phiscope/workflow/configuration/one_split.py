"""Runs on vectors that have a training set alone, or a test set alone: what holds there, and what cannot be asked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from phiscope.datasets.loading import OpenedSource
from phiscope.datasets.readers import features
from phiscope.errors import ConfigError, PhiscopeError
from phiscope.factories import FITTED
from phiscope.workflow.record import RECORD

_HEAD = "weights: {path: head.npz}, or logits beside the vectors"


def of_one_split(given: Mapping[str, Any], run: str | None) -> dict[str, Any]:
    """Defaults that differ where there is one split alone, which is said as `dataset.only`.

    given: what files say. run: the name of the run; where its data are gone, what it was last started with counts.
    """
    only = given["dataset"].get("only") or _found(given["dataset"]) or _before(given, run)
    if only == "train":
        return {"dataset": {"only": only}, "views": {"original": {"spaces": []}}, "report": {"samples": []}}
    if only == "test":
        views: Mapping[str, Any] = given["views"] if isinstance(given.get("views"), Mapping) else {}
        names = ["original", *(name for name, view in views.items() if isinstance(view, Mapping))]
        return {"dataset": {"only": only}, "views": {name: {"spaces": []} for name in names}}
    return {}


def found_out(config: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with the split that was found, where files say `dataset.only: null`; defaults: with that."""
    found = (defaults.get("dataset") or {}).get("only")
    if found is None or not isinstance(config.get("dataset"), Mapping) or config["dataset"].get("only") is not None:
        return config
    return config | {"dataset": config["dataset"] | {"only": found}}


def check_one_split(config: Mapping[str, Any], given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Raise ConfigError for what is asked for and cannot be asked of one split, or without labels.

    config: the whole configuration, of what files say (given) over the defaults.
    """
    dataset, classifier = config["dataset"], config["classifier"]
    only = dataset["only"]
    if only is not None:
        if (dataset.get("options") or {}).get("test_share") is not None:
            raise ConfigError(
                f"config: dataset.only: {only}: dataset.options.test_share draws a test set from training vectors; "
                "leave one of them out"
            )
        if dataset["human_labels"]:
            raise ConfigError(
                "config: dataset.human_labels: people are compared with how far test vectors are from the hull of "
                f"training vectors, and the run has {_words(only)} vectors alone; leave it out"
            )
        hulls = config["hulls"] != defaults["hulls"]
        for where, why in _without_training(given, hulls) if only == "test" else _without_testing(given):
            raise ConfigError(f"config: {where}: {why}; give some, or leave it out")
    _check_head(dataset, classifier, only)


def _words(split: str) -> str:
    return {"train": "training", "test": "test"}[split]


def _without_training(given: Mapping[str, Any], hulls: bool) -> Iterator[tuple[str, str]]:
    """What asks for training vectors: the key, and what is missing; hulls: whether anything is said of these."""
    lacking = "there are no training vectors, whose hull it is about"
    if hulls:
        yield "hulls", lacking
    for name, view in (given.get("views") or {}).items():
        if (view or {}).get("hull_of"):
            yield f"views.{name}.hull_of", lacking
        if (view or {}).get("spaces"):
            yield f"views.{name}.spaces", lacking


def _without_testing(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if ((given.get("views") or {}).get("original") or {}).get("spaces"):
        yield "views.original.spaces", "there are no test vectors that could be projected onto the hull"
    if (given.get("report") or {}).get("samples"):
        yield "report.samples", "there are no test vectors that could get a page"


def _check_head(dataset: Mapping[str, Any], classifier: Mapping[str, Any], only: str | None) -> None:
    """Whether there is a head, or what it takes to have one."""
    asked = classifier["head"] == FITTED
    if classifier["weights"] or (held := _held(dataset)) is None:
        return
    if not asked and any("logits" in kinds for kinds in held.values()):
        return
    where = "classifier.head" if asked else "classifier"
    if only == "test":
        raise ConfigError(
            f"config: {where}: there are no training vectors to fit a head to; give some with labels, or {_HEAD}"
        )
    training = held.get("train")
    if training is not None and "labels" not in training:
        raise ConfigError(
            f"config: {where}: a head is fitted to labels, and the training vectors have none; give labels, or {_HEAD}"
        )


def _opened(dataset: Mapping[str, Any]) -> OpenedSource | None:
    """The source of the vectors; None where it is not there, to be fetched or cannot be read, which others say."""
    path, options = Path(os.path.expandvars(str(dataset.get("path")))).expanduser(), dataset.get("options") or {}
    if features.is_bundled(path) or not path.exists() or not isinstance(options, Mapping):
        return None
    try:
        return OpenedSource.of(path, features.NAME, options)
    except PhiscopeError:
        return None


def _held(dataset: Mapping[str, Any]) -> dict[str, set[str]] | None:
    """Split -> what there is of vectors, labels and logits, by names; None where nothing can be said."""
    source = _opened(dataset)
    if source is None:
        return None
    try:
        splits = (dataset["only"],) if dataset.get("only") else ("train", "test")
        called = {split: source.called(split) for split in splits}
        if set(called.values()) == {None}:
            called = {splits[0]: features.WHOLE}
        return {
            split: features.kinds(source.path, name, **source.own) for split, name in called.items() if name is not None
        }
    except PhiscopeError:
        return None


def _found(dataset: Mapping[str, Any]) -> str | None:
    """The split that there is, where there is one alone."""
    source = _opened(dataset)
    if source is None or source.options.test_share is not None:
        return None
    try:
        there = [split for split in ("train", "test") if source.called(split) is not None]
    except PhiscopeError:
        return None
    return there[0] if len(there) == 1 else None


def _before(given: Mapping[str, Any], run: str | None) -> str | None:
    """What the run was last started with, for one that was copied to where its data are not."""
    path = Path(os.path.expandvars(str(given["dataset"].get("path")))).expanduser()
    if path.exists():
        return None
    try:
        record = json.loads(Path("results", given.get("run") or run or "", RECORD).read_text(encoding="utf-8"))
        before = record["configuration"]["dataset"]
    except (OSError, ValueError, KeyError):
        return None
    return before.get("only") if before.get("path") == given["dataset"].get("path") else None
