"""What a reader gives: one split as the source has it, nothing decoded and nothing renumbered yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded import Encoded, EncodedImages
from phiscope.errors import DataError

Columns = Mapping[str, Any]  # name -> one value an image: an array of Arrow, or a list


def _none() -> Columns:
    return {}


@dataclass(frozen=True)
class Rows:
    """Labels now, images when they are asked for: the labels of both splits decide which classes there are.

    where: the file or folder, for messages. labels: (n,) whole numbers or names, or (n, classes) of which one is 1.
    images: n encoded images, or a function that gives an array (n, channels, height, width). classes: the names that
    the source gives the numbers from 0. columns: gives what else the source says of each image. numbers: what images
    of an array are called in messages, where not by their positions. are_vectors: the images are vectors (n, f, 1, 1),
    no pixels; logits: gives theirs (n, classes), None where the source has none.
    """

    where: str
    labels: NDArray
    images: EncodedImages | Callable[[], NDArray]
    classes: tuple[str, ...] | None = None
    columns: Callable[[], Columns] = _none
    numbers: NDArray[np.int64] | None = None
    unlabelled: tuple[NDArray[np.bool_], DataError] | None = None
    are_vectors: bool = False
    logits: Callable[[], NDArray] | None = None

    def __post_init__(self) -> None:
        if np.ndim(self.labels) == 0:
            raise DataError(f"{self.where}: the labels are a single value; expected one label an image")

    @classmethod
    def of_vectors(
        cls,
        where: str,
        vectors: Callable[[], NDArray],
        labels: NDArray | None,
        unlabelled: tuple[NDArray[np.bool_], DataError] | None = None,
        *,
        missing: str = "",
        logits: Callable[[], NDArray] | None = None,
        classes: tuple[str, ...] | None = None,
        columns: Callable[[], Columns] = _none,
    ) -> Rows:
        """Vectors (n, f), as images of one pixel; labels None: no vector has one; missing: what was expected then."""
        shape = vectors().shape
        if len(shape) != 2 or 0 in shape:
            raise DataError(f"{where}: has shape {shape}; expected (samples, features), none of them 0")
        if labels is None:
            labels, unlabelled = np.full(shape[0], -1), (np.ones(shape[0], np.bool_), DataError(missing))
        if labels.ndim == 0 or len(labels) != shape[0]:
            held = len(labels) if labels.ndim else 0
            raise DataError(f"{where}: holds {shape[0]} vectors but {held} labels; expected as many")
        pixels = lambda: vectors()[:, :, None, None]  # noqa: E731
        return cls(where, labels, pixels, classes, columns, unlabelled=unlabelled, are_vectors=True, logits=logits)

    def __len__(self) -> int:
        return len(self.labels)

    def name(self, row: int) -> str:
        """What an image is called in messages."""
        if isinstance(self.images, EncodedImages):
            return self.images.name(row)
        return f"{self.where}, image {row if self.numbers is None else self.numbers[row]}"

    def first(self) -> NDArray | Encoded:
        """The first image alone, so that another split can be compared with it."""
        return self.images.first() if isinstance(self.images, EncodedImages) else self.images()[0]

    def take(self, members: NDArray[np.int64]) -> Rows:
        """The rows at these positions, in this order."""
        every = self.images
        rows = replace(self, labels=self.labels[members], columns=self._columns(members))
        if self.unlabelled is not None:
            rows = replace(rows, unlabelled=(self.unlabelled[0][members], self.unlabelled[1]))
        if isinstance(every, EncodedImages):
            return replace(rows, images=every.take(members))
        if (logits := self.logits) is not None:
            rows = replace(rows, logits=lambda: logits()[members])
        numbers = members if self.numbers is None else self.numbers[members]
        return replace(rows, images=lambda: every()[members], numbers=numbers)

    def _columns(self, members: NDArray[np.int64]) -> Callable[[], Columns]:
        return lambda: {name: taken(values, members) for name, values in self.columns().items()}


def taken(values: Any, members: NDArray[np.int64]) -> Any:
    """The values of a column at these positions."""
    return [values[row] for row in members.tolist()] if isinstance(values, Sequence) else values.take(members)
