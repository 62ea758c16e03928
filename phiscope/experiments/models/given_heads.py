"""Which head a run on vectors has, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_vectors
from phiscope.datasets import PreparedDataset
from phiscope.factories import FITTED
from phiscope.models.vectors import Affine, from_logits, read_head, require_agreement
from phiscope.training.head import fit


def head_of(
    splits: Mapping[str, PreparedDataset],
    weights: Mapping[str, Any] | None,
    asked: str | None,
    validation: float,
    limits: Mapping[str, int | None],
) -> tuple[Affine, dict[str, Any], str]:
    """The head, what is kept of where it is from, and a sentence that says so.

    From a file where `weights` names one; else from the logits of all vectors, where the training vectors have some and
    `asked` is not `fit`; else fitted to their labels, a share `validation` held out. limits: vectors that are used of
    each split. Logits that are there must be those of the head, to 1e-3; raises ModelError otherwise, and DataError
    where a head cannot be fitted.
    """
    train, test = splits["train"], splits["test"]
    used = slice(0, limits["train"])
    vectors, logits = as_vectors(train.images(used)), train.logits
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
    elif logits is not None and asked != FITTED:
        known = [each for each in splits.values() if each.logits is not None]
        head, left_open = from_logits(
            np.concatenate([as_vectors(each.images()) for each in known]),
            np.concatenate([each.logits for each in known if each.logits is not None]),
        )
        about = {"from": "logits", "left_open": left_open}
        sentence = "The head is the affine map that gives the logits"
        if left_open:
            sentence += (
                f" (the vectors leave {left_open:,} of {train.shape[0]:,} directions open, where its weight is taken "
                "to be 0 and distances to boundaries are too long if it is not; classifier.weights names the head)"
            )
    else:
        fitted = fit(vectors, train.labels[used], train.classes, validation=validation)
        head, about = fitted.head, {"from": "fit", "held_out": fitted.held_out, "accuracy": fitted.accuracy}
        sentence = (
            "The head is fitted: multinomial logistic regression"
            + ("" if fitted.converged else " that did not converge")
            + f", right on {fitted.accuracy:.1%} of {fitted.held_out:,} held-out training vectors"
        )
    for split, prepared in splits.items():
        if prepared.logits is not None:
            _require_logits(head, prepared, prepared.logits, split)
    labels = test.labels[: limits["test"]]
    labelled = labels >= 0
    if labelled.any():
        answers = head.logits(as_vectors(test.images(slice(0, limits["test"])))).argmax(axis=1)
        right = float((answers[labelled] == labels[labelled]).mean())
        about["test_accuracy"] = right
        sentence += f"; it gets {right:.1%} of {int(labelled.sum()):,} test vectors right"
    return head, about, f"{sentence}."


def _require_logits(head: Affine, prepared: PreparedDataset, logits: NDArray[np.float64], split: str) -> None:
    otherwise = f"dataset: the logits of {split} are not those that the head gives"
    require_agreement(head, as_vectors(prepared.images()), logits, otherwise)
