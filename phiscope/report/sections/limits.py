"""What a reader might expect of a run and does not find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.words.one_split import left_out

if TYPE_CHECKING:
    from phiscope.datasets import PreparedDataset

TITLE = "What was left out"
NUMBERS = ()
NEEDS = ("classifier_description", "training_images")
OPTIONAL = ("denoising_summary",)

_NO_IMAGES = (
    "The run is on features alone: what needs images was left out, such as pixel space, attacks, denoising, images of "
    "points in feature space, and pictures of samples."
)


def data(run: Run) -> list[str]:
    """A sentence each."""
    if "head_alone" in run["classifier_description"]:
        return [
            *left_out(run.single_split),
            _NO_IMAGES,
            *_unlabelled(run["training_images"], run.context["config"]),
            *_of_samples(run.context["config"], pixels=False),
        ]
    config, summary = run.context["config"], run["denoising_summary"]
    trained = "training" in run["classifier_description"]
    return [*_of_samples(config), *_of_denoising(config, summary), *_of_the_network(config, trained)]


def _unlabelled(train: PreparedDataset, config: Mapping[str, Any]) -> Iterator[str]:
    """What training vectors without labels are left out of."""
    labels = train.labels[: config["dataset"].get("limit", {}).get("train")]
    if lacking := int((labels < 0).sum()):
        some = (
            "No training vector has a label"
            if lacking == len(labels)
            else f"{lacking:,} training vectors have no label"
        )
        yield (
            f"{some}: hulls, distances and balls need none, but what compares labels of training vectors (support, the "
            "detector by class means, a fitted head) leaves them out; labels bring it."
        )


def _of_samples(config: Mapping[str, Any], *, pixels: bool = True) -> Iterator[str]:
    pixel = config["hulls"]["pixel"]["samples"]
    if pixel is not None and pixels:
        yield f"Pixel space: the first {pixel:,} test samples of the stratified order were projected, not all."
    if any(config["dataset"].get("limit", {}).values()):
        yield f"The data set was limited: {config['dataset']['limit']}."
    if not config["dataset"].get("human_labels"):
        yield "No human labels were configured, so nothing is said about people."


def _of_denoising(config: Mapping[str, Any], summary: pd.DataFrame | None) -> Iterator[str]:
    plain = [name for name, view in config["views"].items() if view["kind"] == "denoise" and not view.get("hull_of")]
    if plain:
        yield f"Judged against the hull of training images as they are, not denoised: {', '.join(plain)}."
    named = [] if summary is None else config["denoising"]["bench"]["methods"]
    if summary is not None and "bm3d" in named and "bm3d" not in set(summary["method"]):
        yield "BM3D, though configured, was not compared: its package was not installed."


def _of_the_network(config: Mapping[str, Any], trained: bool) -> Iterator[str]:
    if not trained:
        yield "The classifier was loaded, not trained here, so there is no training curve."
    if config["inversions"]["samples"] == 0:
        yield "Images of points in feature space (the inverse problem of sections 4 and 5) were not sought."
