"""The look at a run's classifier before anything rests on it, from its configuration and its prepared images."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import PreparedDataset
from phiscope.experiments.models.look import how_many, look
from phiscope.experiments.models.record import Check
from phiscope.factories import NO_NORMALISATION, OF_THE_FACTORY
from phiscope.models import build, load_artifact, load_weights, split
from phiscope.models.classifier import Normalised
from phiscope.models.contents import stated_accuracy
from phiscope.models.sized import sized
from phiscope.models.trial import ENOUGH

if TYPE_CHECKING:
    from phiscope.workflow.plan import Plan

_TIMED, _LEAST = 16, 2  # images whose passes an estimate times: of a quick network, and of one that takes more
_QUICK = 0.01  # seconds an image
_SECONDS = 5.0  # of the clock, for reading images to look at
_VALUES = 2**27  # of them: half a gigabyte in float32


def configured(classifier: Mapping[str, Any], train: PreparedDataset) -> Normalised:
    """The network that `config.classifier` describes, in evaluation mode: with its weights, or before it is trained.

    train: what a network that is trained here is fitted to, see `phiscope.models.sized`. Raises ModelError where it
    cannot be built or filled.
    """
    described: dict[str, Any] = {
        key: classifier.get(key) for key in ("factory", "arguments", "normalise", "output", "columns")
    }
    weights = classifier.get("weights")
    if not weights:
        described = sized(described, train)
    elif described["normalise"] == NO_NORMALISATION:
        described["normalise"] = None
    network = build(**described, where="classifier.factory")
    if weights and weights != OF_THE_FACTORY:
        place = {"prefix": weights.get("prefix", ""), "key": weights.get("key")}
        load_weights(network.network, weights["path"], **place, where="classifier.weights")
    return network.eval()


def check_configured(
    network: Normalised,
    classifier: Mapping[str, Any],
    test: PreparedDataset,
    train: PreparedDataset,
    device: str,
    asked: str | None,
) -> Check:
    """A look at the `configured` network.

    device: as the configuration names it; asked: the layer that it names as the head. Raises ModelError where the
    network cannot be used.
    """
    weights = classifier.get("weights")
    stated = stated_accuracy(weights["path"]) if isinstance(weights, Mapping) else None
    return _checked(
        network, test, train, device, asked, is_loaded=bool(weights), is_trained=bool(weights), stated=stated
    )


def check_trained(
    classifier: str, test: PreparedDataset, train: PreparedDataset, device: str, asked: str | None
) -> Check:
    """The same of a classifier that this run has trained: classifier is its file."""
    network = load_artifact(classifier)[0].eval()
    assert isinstance(network, Normalised)  # what is trained as a classifier
    return _checked(network, test, train, device, asked, is_loaded=False, is_trained=True)


def _checked(
    network: Normalised, test: PreparedDataset, train: PreparedDataset, device: str, asked: str | None, **about: Any
) -> Check:
    first = slice(0, _readable(test))
    return look(
        network,
        test.images(first),
        test.labels[first],
        test.classes,
        asked=asked,
        counts=(len(test), len(train)),
        device=choose_device(device),
        **about,
    )


def _readable(test: PreparedDataset) -> int:
    """How many of the first images can be read in seconds and held in memory."""
    begun = time.perf_counter()
    read = len(test.images(slice(0, ENOUGH)))
    affordable = int(_SECONDS * read / max(time.perf_counter() - begun, 1e-9))
    return min(how_many(len(test.classes)), max(ENOUGH, min(affordable, _VALUES // math.prod(test.shape))))


def estimated(
    plan: Plan, network: Normalised, test: PreparedDataset, train: PreparedDataset, check: Check, *, startup: float
) -> str:
    """What a run is to cost, as it says itself when it begins: a table; without other data sets, which are not counted.

    check: what was seen of the network; startup: seconds that a job takes before it works.
    """
    from phiscope.experiments.run_cost import as_text, measure, parts_of  # deferred: it compiles, and jobs do without
    from phiscope.geometry.inversion.memory import free_memory
    from phiscope.workflow.plan import Counts

    others = dict.fromkeys(plan.views.datasets, 0)
    splits = {"test": len(test), "train": len(train)}
    counts = Counts(splits, others, tuple(test.samples.tolist()), test.shape, len(test.classes))
    device, work = choose_device(plan.config["device"]), plan.with_counts(counts).work
    first = slice(0, _TIMED if check.passes.seconds < _QUICK else _LEAST)
    images = torch.from_numpy(unit_range(test.images(first))).to(device)
    feature_map = split(network.to(device), images, head=check.head.layer)
    rates = measure(feature_map, images, free_memory(device), startup=startup)
    return as_text(parts_of(work, rates, None, (0, 0)), [*_not_estimated(plan), *work["not_estimated"]])


def _not_estimated(plan: Plan) -> list[str]:
    budget = plan.config["inversions"].get("budget")
    hours = budget if isinstance(budget, str) or budget is None else f"{budget:g} h"
    inverted = "inversions" + ("" if hours is None else f" (budget {hours})")
    return [
        *(["training of the classifier"] if plan.geometry.is_trained else []),
        *([inverted] if plan.inversion.any else []),
        *(["views of other data sets"] if plan.views.datasets else []),
    ]
