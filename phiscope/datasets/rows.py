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
