"""Detectors: how suspicious a sample looks from feature space. Larger always means more suspicious.

    from phiscope import detection
    scores = detection.score("knn", detection.Queries(...), detection.Training(...))

Each detector is a function of plain arrays in one of the modules here; `DETECTORS` says what it is given.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from numpy.typing import NDArray

from phiscope.detection import boundary, gaussian, neighbours, softmax, subspace
from phiscope.errors import ConfigError


@dataclass(frozen=True)
class Queries:
    """Samples to judge: features (m, f), logits (m, n), margin (m,) to the closest boundary (12), distance (m,) to
    the hull (25); both distances in feature space."""

    features: NDArray
    logits: NDArray
    margin: NDArray
    distance: NDArray


@dataclass(frozen=True)
class Training:
    """What the classifier learnt from: features (t, f), labels (t,), logits (t, n), and its head (f, n), (n,)."""

    features: NDArray
    labels: NDArray
    logits: NDArray
    weight: NDArray
    bias: NDArray


DETECTORS: dict[str, Callable[[Queries, Training], NDArray]] = {
    "margin": lambda q, t: boundary.margin(q.margin),
    "margin-hull": lambda q, t: boundary.margin_hull(q.margin, q.distance),
    "msp": lambda q, t: softmax.msp(q.logits),
    "energy": lambda q, t: softmax.energy(q.logits),
    "knn": lambda q, t: neighbours.knn(q.features, t.features),
    "mahalanobis": lambda q, t: gaussian.mahalanobis(q.features, t.features[t.labels >= 0], t.labels[t.labels >= 0]),
    "vim": lambda q, t: subspace.vim(q.features, q.logits, t.features, t.logits, t.weight, t.bias),
    "fdbd": lambda q, t: boundary.fdbd(q.features, q.logits, t.features, t.weight),
}


# Those that ask nothing of training samples; and that which asks for the labels of these.
WITHOUT_TRAINING = ("margin", "msp", "energy")
OF_CLASSES = ("mahalanobis",)


def possible(queries: Queries, training: Training) -> list[str]:
    """The detectors that these arrays are enough for: without training samples, or labels of these, some are not."""
    names = list(DETECTORS if len(training.features) else WITHOUT_TRAINING)
    return [name for name in names if name not in OF_CLASSES or (training.labels >= 0).any()]


def score(name: str, queries: Queries, training: Training) -> NDArray:
    """(m,) scores of that detector, larger for what looks less like a genuine sample; ConfigError for other names."""
    if name not in DETECTORS:
        nearest = difflib.get_close_matches(name, DETECTORS, n=1, cutoff=0.0)[0]
        raise ConfigError(
            f"detector {name!r} does not exist; expected one of {', '.join(DETECTORS)} (did you mean {nearest!r}?)"
        )
    return DETECTORS[name](queries, training)
