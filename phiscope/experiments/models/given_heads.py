"""Which head a run on vectors has, and how good it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_vectors, blocks
from phiscope.datasets import PreparedDataset
from phiscope.errors import DataError
from phiscope.factories import FITTED
from phiscope.models.head_files import Affine, read_head
from phiscope.models.vectors import from_logits, require_agreement
from phiscope.training.head import fit

_VALUES = 2**22  # of vectors and logits that are held in float64 at once: 32 MB
_GIVE = "a head as classifier.weights: {path: head.npz}, or logits beside the vectors"


def head_of(
    splits: Mapping[str, PreparedDataset],
    weights: Mapping[str, Any] | None,
    asked: str | None,
    validation: float,
    limits: Mapping[str, int | None],
) -> tuple[Affine, dict[str, Any], str]:
    """The head, what is kept of where it is from, and a sentence that says so.

    From a file where `weights` names one; else from the logits of all vectors that have some, unless `asked` is `fit`;
    else fitted to the training vectors that have labels, a share `validation` held out. limits: vectors that are used
    of each split. Logits that are there must be those of the head, to 1e-3; raises ModelError otherwise, and DataError
    where a head cannot be fitted.
    """
    train, test = splits["train"], splits["test"]
    scored = {name: split for name, split in splits.items() if split.has_logits and len(split)}
    about: dict[str, Any]
    if weights:
        head = read_head(
            weights["path"],
            train.shape[0],
            len(train.classes),
            prefix=weights.get("prefix") or "",
            key=weights.get("key"),
            where="classifier.weights",
        )
        about = {"from": "file", "path": weights["path"]}
        sentence = f"The head is that of {weights['path']}"
    elif scored and asked != FITTED:
        head, left_open = from_logits(lambda: (part for split in scored.values() for part in _with_logits(split)))
        about = {"from": "logits", "left_open": left_open}
        sentence = "The head is the affine map that gives the logits"
        if left_open:
            sentence += (
                f" (the vectors leave {left_open:,} of {train.shape[0]:,} directions open, where its weight is taken "
                "to be 0 and distances to boundaries are too long if it is not; classifier.weights names the head)"
            )
    else:
        head, about, sentence = _fitted(train, validation, limits["train"])
    for name, split in scored.items():
        otherwise = f"dataset: the logits of {name} are not those that the head gives"
        require_agreement(head, partial(_with_logits, split), otherwise)
    labels = test.labels[: limits["test"]]
    if labelled := int((labels >= 0).sum()):
        right = _right(head, test, labels) / labelled
        about["test_accuracy"] = right
        sentence += f"; it gets {right:.1%} of {labelled:,} test vectors right"
    return head, about, f"{sentence}."


def _fitted(train: PreparedDataset, validation: float, limit: int | None) -> tuple[Affine, dict[str, Any], str]:
    labels = train.labels[:limit]
    labelled = labels >= 0
    if not labelled.any():
        lacking = (
            f"none of the {len(labels):,} training vectors has a label"
            if len(labels)
            else "there are no training vectors"
        )
        raise DataError(f"classifier.head: {lacking} to fit a head to; expected labelled ones, or {_GIVE}")
    vectors = as_vectors(train.images(slice(0, limit)))
    if not labelled.all():
        vectors, labels = vectors[labelled], labels[labelled]
    fitted = fit(vectors, labels, train.classes, validation=validation)
    about = {"from": "fit", "held_out": fitted.held_out, "accuracy": fitted.accuracy}
    some = "" if labelled.all() else f" on the {len(labels):,} of {len(labelled):,} training vectors that have a label"
    sentence = (
        f"The head is fitted{some}: multinomial logistic regression"
        + ("" if fitted.converged else " that did not converge")
        + f", right on {fitted.accuracy:.1%} of {fitted.held_out:,} held-out training vectors"
    )
    return fitted.head, about, sentence


def _parts(split: PreparedDataset, count: int) -> Iterable[slice]:
    """Ranges of the first so many vectors of a split."""
    return blocks(count, max(1, _VALUES // (split.shape[0] + len(split.classes))))


def _with_logits(split: PreparedDataset) -> Iterator[tuple[NDArray, NDArray[np.float64]]]:
    for part in _parts(split, len(split)):
        yield as_vectors(split.images(part)), split.logits(part)


def _right(head: Affine, split: PreparedDataset, labels: NDArray[np.int64]) -> int:
    """How many of the first vectors the head gives their labels."""
    answers = (
        (head.logits(as_vectors(split.images(part))).argmax(axis=1), part) for part in _parts(split, len(labels))
    )
    return sum(int((found == labels[part]).sum()) for found, part in answers)
