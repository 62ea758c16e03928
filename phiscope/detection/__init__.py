"""Detectors: how suspicious a sample looks from feature space. Larger always means more suspicious.

    from phiscope import detection
    scores = detection.score("knn", detection.Queries(...), detection.Training(...))

Each detector is a function of plain arrays in one of the modules here; `DETECTORS` says what it is given.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from numpy.typing import NDArray

from phiscope.detection import boundary, conformal, gaussian, hulls, neighbours, softmax, subspace
from phiscope.errors import ConfigError, DataError

_T = TypeVar("_T")


@dataclass(frozen=True)
class Queries:
    """Samples to judge: features (m, f), logits (m, n), margin (m,) to the closest boundary (12), distance (m,) to
    the hull (25); both distances in feature space. own, other (m,): distances to the hull of the predicted class, and
    to the nearest of another; None where no hulls of classes were asked for."""

    features: NDArray
    logits: NDArray
    margin: NDArray
    distance: NDArray
    own: NDArray | None = None
    other: NDArray | None = None


@dataclass(frozen=True)
class Null:
    """Distances (k,) of training samples to the hull of the others, and the class (k,) that each stands for."""

    distance: NDArray
    group: NDArray


@dataclass(frozen=True)
class Training:
    """What the classifier learnt from: features (t, f), labels (t,), logits (t, n), and its head (f, n), (n,).

    margin (t,) to the closest boundary. of_all, of_class: null distributions of distances to the hull of all other
    samples, by predicted class, and of all others of the class, by label; None where none was left out.
    """

    features: NDArray
    labels: NDArray
    logits: NDArray
    weight: NDArray
    bias: NDArray
    margin: NDArray | None = None
    of_all: Null | None = None
    of_class: Null | None = None


def _given(value: _T | None) -> _T:
    if value is None:
        raise DataError("detector: asks for what was not given; `possible` says which detectors do not")
    return value


def _labelled(training: Training) -> tuple[NDArray, NDArray]:
    """Features and labels of those that have one; the arrays themselves where all do."""
    known = training.labels >= 0
    whole = bool(known.all())
    return (training.features, training.labels) if whole else (training.features[known], training.labels[known])


def _strange(distance: NDArray, logits: NDArray, null: Null) -> NDArray:
    """Minus the p-value of distances (m,) among those of the predicted class."""
    return -conformal.p_values(distance, logits.argmax(axis=1), null.distance, null.group)


DETECTORS: dict[str, Callable[[Queries, Training], NDArray]] = {
    "margin": lambda q, t: boundary.margin(q.margin),
    "margin-hull": lambda q, t: boundary.margin_hull(q.margin, q.distance),
    "msp": lambda q, t: softmax.msp(q.logits),
    "energy": lambda q, t: softmax.energy(q.logits),
    "knn": lambda q, t: neighbours.knn(q.features, t.features),
    "mahalanobis": lambda q, t: gaussian.mahalanobis(q.features, *_labelled(t)),
    "vim": lambda q, t: subspace.vim(q.features, q.logits, t.features, t.logits, t.weight, t.bias),
    "fdbd": lambda q, t: boundary.fdbd(q.features, q.logits, t.features, t.weight),
    "hull": lambda q, t: hulls.hull(q.distance),
    "class-hull": lambda q, t: hulls.class_hull(_given(q.own)),
    "hull-ratio": lambda q, t: hulls.hull_ratio(_given(q.own), _given(q.other)),
    "hull-p": lambda q, t: _strange(q.distance, q.logits, _given(t.of_all)),
    "class-hull-p": lambda q, t: _strange(_given(q.own), q.logits, _given(t.of_class)),
    "near-both": lambda q, t: hulls.near_both(q.margin, q.distance, _given(t.margin), _given(t.of_all).distance),
    "union": lambda q, t: hulls.union(q.features, t.features, _given(t.margin)),
}


# Those that ask nothing of training samples; those that ask for the labels of these; and what others ask for beyond
# the arrays that are always there: fields of the queries, and of the training.
WITHOUT_TRAINING = ("margin", "msp", "energy")
OF_CLASSES = ("mahalanobis", "class-hull", "hull-ratio", "class-hull-p")
ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "class-hull": (("own",), ()),
    "hull-ratio": (("own", "other"), ()),
    "hull-p": ((), ("of_all",)),
    "class-hull-p": (("own",), ("of_class",)),
    "near-both": ((), ("margin", "of_all")),
    "union": ((), ("margin",)),
}


def possible(queries: Queries, training: Training) -> list[str]:
    """The detectors that these arrays are enough for: without training samples, or labels of these, some are not."""
    names = list(DETECTORS if len(training.features) else WITHOUT_TRAINING)
    return [
        name
        for name in names
        if (name not in OF_CLASSES or (training.labels >= 0).any())
        and all(
            getattr(given, field) is not None
            for given, fields in zip((queries, training), ASKED.get(name, ((), ())))
            for field in fields
        )
    ]


def score(name: str, queries: Queries, training: Training) -> NDArray:
    """(m,) scores of that detector, larger for what looks less like a genuine sample; ConfigError for other names."""
    if name not in DETECTORS:
        nearest = difflib.get_close_matches(name, DETECTORS, n=1, cutoff=0.0)[0]
        raise ConfigError(
            f"detector {name!r} does not exist; expected one of {', '.join(DETECTORS)} (did you mean {nearest!r}?)"
        )
    return DETECTORS[name](queries, training)
