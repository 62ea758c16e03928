"""The network of a run on vectors, which is its head alone, and the head that logits tell."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from phiscope.errors import ModelError
from phiscope.factories import HEAD_ALONE
from phiscope.models.head_files import Affine

_RANK = 1e-6  # of the largest singular value: below, directions count as those in which float32 vectors do not differ
_AGREE = 1e-3  # of the largest logit, by which those given may differ from those of the head

# Vectors (m, f) with their logits (m, n), a block after another, anew at every call: what is held is a block.
Blocks = Callable[[], Iterable[tuple[NDArray, NDArray[np.float64]]]]


def head(features: int, classes: int) -> nn.Sequential:
    """(b, features, 1, 1) -> logits (b, classes): a linear layer, whose input is the vector itself; in float32, as
    the vectors are kept."""
    layers = (("flatten", nn.Flatten()), ("linear", nn.Linear(features, classes)))
    return nn.Sequential(OrderedDict(layers))


def from_logits(parts: Blocks) -> tuple[Affine, int]:
    """The head that gives these logits of these vectors, by least squares; directions left open.

    In directions in which the vectors do not differ, such as a feature that is 0 for all, nothing tells the weight: it
    is 0 there. Raises ModelError where no affine map gives the logits.

    W minimises |X W - Z|, X and Z less their means. X = Q R, block by block, leaves |R W - Qᵀ Z|: as well conditioned
    as X itself, with f + n columns.
    """
    sums = [(len(vectors), vectors.shape[1], _beside(vectors, logits).sum(axis=0)) for vectors, logits in parts()]
    features = sums[0][1]
    mean: NDArray[np.float64] = sum(total for *_, total in sums) / sum(count for count, *_ in sums)
    triangle: Any = np.empty((0, len(mean)))
    for vectors, logits in parts():
        triangle = np.linalg.qr(np.vstack([triangle, _beside(vectors, logits) - mean]), mode="r")
    left, right = triangle[:, :features], triangle[:, features:]
    weight, _, rank, _ = np.linalg.lstsq(left, right, rcond=_RANK)
    found = Affine(weight, mean[features:] - mean[:features] @ weight)
    require_agreement(found, parts, "no affine map of the features gives the logits")
    return found, features - int(rank)


def _beside(vectors: NDArray, logits: NDArray) -> NDArray[np.float64]:
    return np.hstack([vectors, logits], dtype=np.float64)


def require_agreement(head: Affine, parts: Blocks, otherwise: str) -> None:
    """Raise ModelError where a head does not give these logits, to 1e-3 of the largest; otherwise: what that means."""
    scale = max([1e-30, *(float(np.abs(logits).max()) for _, logits in parts())])
    begin, worst, place = 0, 0.0, (0, 0)
    for vectors, logits in parts():
        differences = np.abs(head.logits(vectors) - logits)
        row, column = np.unravel_index(int(differences.argmax()), differences.shape)
        if differences[row, column] > worst:
            worst, place = float(differences[row, column]), (begin + int(row), int(column))
        begin += len(vectors)
    if worst > _AGREE * scale:
        raise ModelError(
            f"{otherwise}: they differ by {worst:.3g} at vector {place[0]}, class {place[1]}; expected at most "
            f"{_AGREE:g} of the largest logit, {scale:.3g}"
        )


def description(affine: Affine, **about: Any) -> dict[str, Any]:
    """How a network of `head` is built, as `save_artifact` keeps it; about: where its head is from."""
    features, classes = affine.weight.shape
    arguments = {"features": features, "classes": classes}
    known = {"lower_bound": affine.lower_bound}
    return {"factory": HEAD_ALONE, "arguments": arguments, "normalise": None, "head_alone": dict(about) | known}
