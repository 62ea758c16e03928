"""Labels and classes of vectors: labels may lack in either split, and a split may lack, where a head says the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets import classes
from phiscope.datasets.options import DataOptions
from phiscope.datasets.rows import Rows
from phiscope.errors import DataError

Outputs = Callable[[int], int]  # how many classes the head tells apart, of vectors of so many features

_IN_ORDER = "list them in the order of the head's outputs in dataset.options.classes"


def encoded_vectors(
    split: str,
    splits: Mapping[str, Rows],
    options: DataOptions,
    say: Callable[[str], None],
    outputs: Outputs | None = None,
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels (n,) of a split, -1 of vectors that have none, and the classes that they number.

    splits: those that there are, by `train` and `test`. Where all training vectors have labels, classes are as of
    images; otherwise there are as many as the logits or the head (`outputs`) have, and labels are numbers of these, or
    names in order. Raises DataError where nothing says how many there are, or where their numbers differ.
    """
    own = splits[split]
    labelled, missing = dict[str, Rows | None](), np.zeros(len(own), np.bool_)
    for name, rows in splits.items():
        labelled[name], without = classes.known(rows, options)
        missing = without if name == split else missing
    train, test = (labelled.get(name) for name in ("train", "test"))
    whole = "train" in splits and train is not None and len(train) == len(splits["train"])
    count = None if whole else _told(splits, outputs)
    mine = labelled[split]
    base = mine or train or test
    if base is None:
        labels, names = np.empty(0, np.int64), _unnamed(own, splits, options, count)
    else:
        numbers = options.classes is None and all(_are_numbers(rows) for rows in labelled.values() if rows is not None)
        fitting = _numbered(options, count) if numbers and count is not None else options
        labels, names = classes.of_labelled(base, train, test, fitting, say if base is mine else _silent)
    _require_as_many(names, count, own.where)
    if lacking := int(missing.sum()):
        some = f"{lacking:,} of {len(own):,} vectors" if mine is not None else f"all {lacking:,} vectors"
        say(f"{some} of the {split} split have no label: they are measured, and left out of what compares labels")
    every = np.full(len(own), classes.UNKNOWN)
    every[~missing] = labels if mine is not None else classes.UNKNOWN
    return every, names


def _silent(text: str) -> None:
    pass


def _told(splits: Mapping[str, Rows], outputs: Outputs | None) -> int | None:
    """How many classes logits have, or else the head."""
    for rows in splits.values():
        if rows.logits is not None and len(shape := rows.logits().shape) == 2:
            return shape[1]
    if outputs is None:
        return None
    some = next(iter(splits.values()))
    return outputs(some.images().shape[1])  # type: ignore[operator]  # vectors are no encoded images


def _are_numbers(rows: Rows) -> bool:
    """Whether labels are numbers and no more: neither names, nor numbers that the source has names for, nor one-hot."""
    return rows.classes is None and rows.labels.ndim == 1 and rows.labels.dtype.kind in "iufb"


def _numbered(options: DataOptions, count: int) -> DataOptions:
    first = options.first_label or 0
    return replace(options, classes=tuple(str(number) for number in range(first, first + count)))


def _unnamed(own: Rows, splits: Mapping[str, Rows], options: DataOptions, count: int | None) -> tuple[str, ...]:
    """Classes where no vector has a label."""
    named = next((rows.classes for rows in splits.values() if rows.classes is not None), None)
    if options.classes is not None:
        return tuple(map(str, options.classes))
    if named is not None:
        return named
    if count is None:
        lacking = splits.get("train", own).unlabelled
        why = str(lacking[1]) if lacking is not None else f"{own.where}: no vector has a label; expected some"
        raise DataError(
            f"{why}; where there are none, a head has to say which classes there are: classifier.weights: "
            "{path: head.npz}"
        )
    return _numbered(options, count).classes or ()  # type: ignore[return-value]  # of texts


def _require_as_many(names: tuple[str, ...], count: int | None, where: str) -> None:
    if count is not None and len(names) != count:
        few = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        raise DataError(
            f"{where}: labels tell of {len(names)} classes ({few}), the head of {count}; expected as many: {_IN_ORDER}"
        )
