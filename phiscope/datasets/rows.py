"""What a reader gives: one split as the source has it, nothing decoded and nothing renumbered yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Encoded = bytes | Path | None  # an image file's content or place; None where the source has a row but no image

Images = NDArray | Sequence[Encoded]


@dataclass(frozen=True)
class Rows:
    """Labels now, images when they are asked for: the labels of both splits decide which classes there are.

    where: the file or folder, for messages. labels: (n,) whole numbers or names, or (n, classes) of which one is 1.
    images: a function that gives an array (n, channels, height, width), or n image files. first: the first image
    alone, (channels, height, width) or a file, so that another split can be compared with it. classes: the names that
    the source gives the numbers from 0. names: what each image is called in messages.
    """

    where: str
    labels: NDArray
    images: Callable[[], Images]
    first: Callable[[], NDArray | Encoded]
    classes: tuple[str, ...] | None = None
    names: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def name(self, row: int) -> str:
        return self.names[row] if self.names is not None else f"{self.where}, image {row}"

    def take(self, members: NDArray[np.int64]) -> Rows:
        """The rows at these positions, in this order."""

        def images() -> Images:
            every = self.images()
            return every[members] if isinstance(every, np.ndarray) else [every[row] for row in members]

        names = [self.name(int(row)) for row in members]
        return replace(self, labels=self.labels[members], images=images, names=names)
