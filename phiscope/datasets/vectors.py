"""Prepare a split of vectors: features that a network has computed elsewhere, kept as images of one pixel."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import require_finite
from phiscope.datasets.classes import UNKNOWN
from phiscope.datasets.loading import OpenedSplit
from phiscope.datasets.options import DataOptions
from phiscope.datasets.order import stratified_order
from phiscope.datasets.prepared import packed_columns, write_prepared
from phiscope.datasets.statistics import MOST, PixelStatistics
from phiscope.errors import DataError

VECTORS = "vectors"  # what a prepared split says that it holds, where it holds no images
_OF_PIXELS = {"size", "crop", "interpolation", "channels", "range", "orientation", "background", "skip_damaged"}
_OF_PIXELS |= {"transform"}


def write_vectors(
    opened: OpenedSplit, to: str | Path, *, seed: int, origin: str = "", length: int | None = None
) -> None:
    """Write the vectors of a split whole, in stratified order, as float32 (n, f, 1, 1), and their logits (n, classes).

    length: features that another split has, of which this one is judged; its labels are then forgotten. Raises
    DataError where an option is of pixels, lengths of splits differ, or a number is not finite.
    """
    _require_no_pixels(opened.options)
    rows = opened.rows
    vectors = _finite(rows.images(), rows.where)  # type: ignore[operator]  # vectors are no encoded images
    _require_length(opened, vectors.shape[1], length)
    order = stratified_order(opened.labels, seed)
    further = packed_columns(rows.columns(), order)
    labels = opened.labels[order] if length is None else np.full(len(order), UNKNOWN)
    arrays = {"images": vectors[order], "labels": labels, "samples": order} | further
    if length is None and rows.logits is not None:
        arrays["logits"] = _logits(rows.logits(), len(order), len(opened.classes), rows.where)[order]
    statistics = PixelStatistics.of(arrays["images"][:MOST])
    classes = opened.classes if length is None else ()
    write_prepared(arrays, classes, to, origin, statistics, holds=VECTORS)


def write_no_vectors(opened: OpenedSplit, to: str | Path, *, origin: str = "") -> None:
    """Write a split that is not there: no vector of the length, and with the classes, of the other split, `opened`."""
    _require_no_pixels(opened.options)
    features = opened.rows.images().shape[1]  # type: ignore[operator]  # vectors are no encoded images
    none = np.empty(0, np.int64)
    arrays = {"images": np.empty((0, features, 1, 1), np.float32), "labels": none, "samples": none}
    write_prepared(arrays, opened.classes, to, origin, None, holds=VECTORS)


def _finite(values: NDArray, where: str) -> NDArray[np.float32]:
    if values.dtype.kind not in "fiu":
        raise DataError(f"{where}: is {values.dtype}; expected numbers")
    with np.errstate(over="ignore"):
        vectors = np.asarray(values, dtype=np.float32)
    require_finite(vectors, where)
    return vectors


def _require_no_pixels(options: DataOptions) -> None:
    plain = DataOptions()
    for name in (field.name for field in fields(DataOptions)):
        if name in _OF_PIXELS and getattr(options, name) != getattr(plain, name):
            raise DataError(f"dataset.options.{name}: is about pixels, and the reader features has none; leave it out")


def _require_length(opened: OpenedSplit, found: int, length: int | None) -> None:
    if length is not None and found != length:
        raise DataError(f"{opened.rows.where}: vectors have {found} features; expected {length}, as the test split has")
    if opened.other is None:
        return
    other = opened.other.images().shape[1]  # type: ignore[operator]
    if other != found:
        mine, theirs = opened.splits
        raise DataError(f"{opened.rows.where}: vectors of {mine} have {found} features and those of {theirs} {other}; "
                        "expected as many in both")  # fmt: skip


def _logits(values: NDArray, samples: int, classes: int, where: str) -> NDArray[np.float64]:
    if values.shape != (samples, classes):
        raise DataError(f"{where}: logits have shape {values.shape}; expected {(samples, classes)}: samples, classes")
    if values.dtype.kind not in "fiu":
        raise DataError(f"{where}: logits are {values.dtype}; expected numbers")
    logits = np.asarray(values, dtype=np.float64)
    require_finite(logits, f"{where}: logits")
    return logits
