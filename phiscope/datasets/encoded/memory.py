"""Images whose contents a reader of the user's own gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded.images import Arrays, Encoded, EncodedImages, Load
from phiscope.datasets.encoded.packing import whole


@dataclass(frozen=True)
class ContentsInMemory(EncodedImages):
    """Contents as a reader of the user's own gives them; an index of them holds them themselves.

    numbers: (n,) what each is called in messages.
    """

    where: str
    contents: Callable[[int], Encoded]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def name(self, row: int) -> str:
        return f"{self.where}, image {self.numbers[row]}"

    def file(self, row: int) -> None:
        return None

    def read(self, rows: Sequence[int] | NDArray) -> Iterator[tuple[int, Encoded]]:
        return ((k, self.contents(int(row))) for k, row in enumerate(rows))

    def take(self, members: NDArray) -> ContentsInMemory:
        def contents(row: int) -> Encoded:
            return self.contents(int(members[row]))

        return ContentsInMemory(self.where, contents, self.numbers[members])

    @property
    def changed(self) -> str | None:
        """Nothing: there are no files behind them."""
        return None

    def stamped(self) -> ContentsInMemory:
        return self

    def packed(self, below: Path) -> tuple[Arrays, dict[str, Any]]:
        contents = [self._bytes(row) for row in range(len(self))]
        ends = np.cumsum([len(content) for content in contents], dtype=np.int64)
        joined = np.frombuffer(b"".join(contents), dtype=np.uint8)
        return {"contents": joined, "content_ends": ends, "numbers": self.numbers}, {
            "kind": "contents",
            "where": self.where,
        }

    def _bytes(self, row: int) -> bytes:
        content = self.contents(row)
        return content.read_bytes() if isinstance(content, Path) else content or b""

    @classmethod
    def unpacked(cls, load: Load, about: Mapping[str, Any], below: Path) -> ContentsInMemory:
        joined, ends = load("contents"), whole(load, "content_ends")

        def contents(row: int) -> Encoded:
            begin, end = int(ends[row - 1]) if row else 0, int(ends[row])
            return joined[begin:end].tobytes() if begin < end else b""

        return cls(about["where"], contents, whole(load, "numbers"))
