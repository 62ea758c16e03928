"""The look at a run's classifier before anything rests on it, from its configuration and its prepared images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phiscope.arrays import choose_device
from phiscope.datasets import PreparedDataset
from phiscope.experiments.models.look import how_many, look
from phiscope.experiments.models.record import Check
from phiscope.models import build, load_artifact, load_weights
from phiscope.models.classifier import Normalised
from phiscope.models.contents import stated_accuracy


def check_configured(
    classifier: Mapping[str, Any], test: PreparedDataset, train: PreparedDataset, device: str, asked: str | None
) -> Check:
    """As `config.classifier` describes it: with its weights, or before it is trained.

    device: as the configuration names it; asked: the layer that it names as the head. Raises ModelError where the
    network cannot be used.
    """
    described = {key: classifier.get(key) for key in ("factory", "arguments", "normalise", "output", "columns")}
    network = build(**described, where="classifier.factory")
    weights, stated = classifier.get("weights"), None
    if weights:
        place = {"prefix": weights.get("prefix", ""), "key": weights.get("key")}
        load_weights(network.network, weights["path"], **place, where="classifier.weights")
        stated = stated_accuracy(weights["path"])
    return _checked(
        network, test, train, device, asked, is_loaded=bool(weights), is_trained=bool(weights), stated=stated
    )


def check_trained(
    classifier: str, test: PreparedDataset, train: PreparedDataset, device: str, asked: str | None
) -> Check:
    """The same of a classifier that this run has trained: classifier is its file."""
    network, _ = load_artifact(classifier)
    assert isinstance(network, Normalised)  # what is trained as a classifier
    return _checked(network, test, train, device, asked, is_loaded=False, is_trained=True)


def _checked(
    network: Normalised, test: PreparedDataset, train: PreparedDataset, device: str, asked: str | None, **about: Any
) -> Check:
    first = slice(0, how_many(len(test.classes)))
    return look(
        network.eval(),
        test.images(first),
        test.labels[first],
        test.classes,
        asked=asked,
        counts=(len(test), len(train)),
        device=choose_device(device),
        **about,
    )
