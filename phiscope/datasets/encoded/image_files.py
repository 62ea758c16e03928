"""Images that are files of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from phiscope.datasets.encoded.images import Arrays, EncodedImages, Load
from phiscope.datasets.encoded.packing import packed_texts, relative, unpacked_texts, whole
from phiscope.datasets.stamps import FileStamps


@dataclass(frozen=True)
class ImageFiles(EncodedImages):
    """names: of files below the root, or whole paths."""

    root: Path
    names: Sequence[str]
    stamps: FileStamps | None = None

    def __len__(self) -> int:
        return len(self.names)

    def name(self, row: int) -> str:
        return str(self.root / self.names[row])

    def file(self, row: int) -> str:
        return self.names[row]

    def read(self, rows: Sequence[int] | NDArray) -> Iterator[tuple[int, Path]]:
        for k, row in enumerate(rows):
            file = self.root / self.names[row]
            if self.stamps is not None:
                self.stamps.require(int(row), file)
            yield k, file

    def take(self, members: NDArray) -> ImageFiles:
        stamps = None if self.stamps is None else self.stamps.take(members)
        return replace(self, names=[self.names[row] for row in members.tolist()], stamps=stamps)

    @property
    def changed(self) -> str | None:
        """See `FileStamps.changed`; nothing without stamps."""
        return None if self.stamps is None else self.stamps.changed([self.root / name for name in self.names])

    def stamped(self) -> ImageFiles:
        return replace(self, stamps=FileStamps.of(self.root / name for name in self.names))

    def packed(self, below: Path) -> tuple[Arrays, dict[str, Any]]:
        assert self.stamps is not None
        arrays = {"file_sizes": self.stamps.sizes, "file_times": self.stamps.times, **packed_texts("names", self.names)}
        return arrays, {"kind": "files", "root": relative(self.root, below)}

    @classmethod
    def unpacked(cls, load: Load, about: Mapping[str, Any], below: Path) -> ImageFiles:
        stamps = FileStamps(whole(load, "file_sizes"), whole(load, "file_times"))
        return cls(below / about["root"], unpacked_texts("names", load), stamps)
