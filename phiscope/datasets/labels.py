"""The labels of one split as a source gives them: names, whole numbers or rows with a single 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.options import DataOptions
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import UNLABELLED
from phiscope.datasets.texts import array_of, plain
from phiscope.errors import DataError

_LARGEST = 2**53  # of a label: beyond, not every whole number is a float of its own


@dataclass(frozen=True)
class Labels:
    """Labels (n,) of one split: numbers into `classes`, numbers of the source where there are none, or names."""

    values: NDArray
    classes: tuple[str, ...] | None
    where: str

    @property
    def are_names(self) -> bool:
        return self.values.dtype.kind == "U"

    @property
    def listed(self) -> tuple[str, ...]:
        """The classes that this split knows by name, in order."""
        return self.classes if self.classes is not None else tuple(map(str, np.unique(self.values)))

    @property
    def names(self) -> NDArray[np.str_]:
        """The class of every image, by name."""
        return self.values if self.are_names or self.classes is None else np.array(self.classes)[self.values]


def labels_of(rows: Rows, options: DataOptions) -> Labels:
    """Labels as one column of names or whole numbers, the first class at 0."""
    if rows.unlabelled is not None:
        raise rows.unlabelled[1]
    values, classes = np.asarray(rows.labels), rows.classes
    values = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if values.ndim == 2:
        values, classes = _from_one_hot(values, rows.where), classes or tuple(map(str, range(values.shape[1])))
    if values.ndim != 1:
        raise DataError(f"{rows.where}: labels have shape {values.shape}; expected one label an image")
    values = _of_objects(values, rows.where) if values.dtype.kind == "O" else values
    if values.dtype.kind in "SU":
        return _named(values, rows, options)
    values = _whole(values, rows.where) - (options.first_label or 0)
    if classes is not None or not are_values(options):
        require_range(values, None if classes is None else len(classes), rows.where, options.first_label or 0)
    return Labels(values, classes, rows.where)


def _of_objects(values: NDArray, where: str) -> NDArray:
    """Labels (n,) of Python as an array of numbers or of texts."""
    given = values.tolist()
    for row, value in enumerate(given):
        if isinstance(value, bool) or not isinstance(value, str | bytes | int):
            found = f"{value!r}, {type(value).__name__}"
            raise DataError(f"{where}: the label of image {row} is {found}; expected integers or names")
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise _out_of_range(value, row, where)
    if len({isinstance(value, int) for value in given}) > 1:
        raise DataError(f"{where}: some labels are names and some numbers; expected one or the other")
    if given and isinstance(given[0], int):
        return np.array(given)
    return array_of([plain(value) for value in given], where)


def _out_of_range(value: Any, row: int, where: str) -> DataError:
    return DataError(
        f"{where}: label {value} of image {row} is out of range; expected whole numbers that count classes"
    )


def _whole(values: NDArray, where: str) -> NDArray[np.int64]:
    """Labels (n,) of any type as whole numbers. Raises DataError where they are none, or too large to be any."""
    if values.dtype.kind not in "iubf":
        raise DataError(f"{where}: labels are {values.dtype}; expected integers or names")
    if values.dtype.kind == "f" and len(fractions := np.flatnonzero(~(values == np.rint(values)) | np.isinf(values))):
        row = int(fractions[0])
        kind = "with fractions" if np.isfinite(values[row]) else "with a value that is not finite"
        raise DataError(
            f"{where}: labels are {values.dtype} {kind}, {values[row]} of image {row}; expected integers or names"
        )
    far = np.flatnonzero((values > _LARGEST) | (values < -_LARGEST)) if values.dtype.kind != "b" else np.empty(0, int)
    if len(far):
        raise _out_of_range(values[far[0]], int(far[0]), where)
    return values.astype(np.int64)


def are_values(options: DataOptions) -> bool:
    """Whether `options.classes` lists label values, which may be any whole numbers, and not names."""
    return options.classes is not None and all(isinstance(value, int) for value in options.classes)


def _named(values: NDArray, rows: Rows, options: DataOptions) -> Labels:
    if options.first_label is not None:
        raise DataError(f"{rows.where}: labels are names; dataset.options.first_label is for numbers: leave it out")
    names = [plain(value) for value in values.tolist()]
    return Labels(array_of(names, rows.where), rows.classes, rows.where)


def _from_one_hot(values: NDArray, where: str) -> NDArray[np.int64]:
    ones = (values == 1).sum(axis=1) == 1
    rest = ((values == 0) | (values == 1)).all(axis=1)
    if not (ones & rest).all():
        row = int(np.flatnonzero(~(ones & rest))[0])
        raise DataError(
            f"{where}: labels have shape {values.shape} and row {row} is not a single 1 among zeros; expected one "
            "label an image, a number, a name or a row with a single 1"
        )
    return values.argmax(axis=1)


def require_range(values: NDArray, count: int | None, where: str, first: int = 0) -> None:
    outside = np.flatnonzero((values < 0) | (values >= (count if count is not None else np.iinfo(np.int64).max)))
    if len(outside):
        row = int(outside[0])
        last = (int(values.max()) if count is None else count - 1) + first
        hint = f"; -1 often stands for no label: {UNLABELLED}" if values[row] + first == -1 else ""
        raise DataError(
            f"{where}: label {values[row] + first} of image {row} is out of range; expected {first} to "
            f"{max(last, first)}{hint}"
        )
