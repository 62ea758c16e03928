"""What encoded images are asked for, whatever holds them; and many of them on several threads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from numpy.typing import NDArray

Encoded = bytes | Path | None  # an image file's content or place; None where the source has a row but no image
Arrays = dict[str, NDArray]
Load = Callable[[str], Any]  # an array of an index by name: one that is read when a range of it is asked for
Result = TypeVar("Result")

_BLOCK = 64  # contents and results that are held at once, beside those that a caller keeps


class EncodedImages(ABC):
    """n images, each the content of an image file."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def name(self, row: int) -> str:
        """What the image is called in messages: where it lies."""

    @abstractmethod
    def file(self, row: int) -> str | None:
        """What the source calls it, relative to the data set; None where it has no name."""

    @abstractmethod
    def read(self, rows: Sequence[int] | NDArray) -> Iterator[tuple[int, Encoded]]:
        """(k, content of the image rows[k]) of each, in the order in which the source is read fastest.

        Raises DataError where a file is not what it was when `stamped` was called.
        """

    @abstractmethod
    def take(self, members: NDArray) -> EncodedImages:
        """The images at these positions, in this order."""

    @property
    @abstractmethod
    def changed(self) -> str | None:
        """What is said of a file that is another than when `stamped` was called, if one is."""

    @abstractmethod
    def stamped(self) -> EncodedImages:
        """The same images with the size and time of change of every file as it is now."""

    @abstractmethod
    def packed(self, below: Path) -> tuple[Arrays, dict[str, Any]]:
        """Arrays and other values that `unpacked` makes the same of. Places are told from the path `below` on."""

    def first(self) -> Encoded:
        return next(self.read([0]))[1]


def in_blocks(
    images: EncodedImages, rows: Sequence[int] | NDArray, function: Callable[[Encoded, int], Result]
) -> Iterator[tuple[int, Result]]:
    """(k, function(content, rows[k])) of each, on several threads, with few contents in memory at once.

    Pillow lets go of the interpreter while it decodes. They come in no particular order.
    """
    contents = images.read(rows)
    if len(rows) == 1:
        yield from ((k, function(content, int(rows[k]))) for k, content in contents)
        return
    with ThreadPoolExecutor() as pool:
        while block := list(islice(contents, _BLOCK)):
            results = pool.map(lambda each: function(each[1], int(rows[each[0]])), block)
            yield from zip((k for k, _ in block), results)
