"""Whether files are still what they were: their sizes and times of change, kept beside what was made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import DataError

_COMPARED = 20_000  # files of a split, evenly among them


class ChangedFileError(DataError):
    """A file is not what it was when it was listed."""


@dataclass(frozen=True)
class FileStamps:
    """Sizes in bytes and times of the last change in ns, one a file: what tells a file from one that was changed."""

    sizes: NDArray[np.int64]
    times: NDArray[np.int64]

    @classmethod
    def of(cls, files: Iterable[Path]) -> FileStamps:
        stamps = np.array([_stamp(file) for file in files], dtype=np.int64).reshape(-1, 2)
        return cls(stamps[:, 0], stamps[:, 1])

    def take(self, members: NDArray) -> FileStamps:
        return FileStamps(self.sizes[members], self.times[members])

    def changed(self, files: Sequence[Path]) -> str | None:
        """What is said of the first of some files that is there and is another than it was; at most `_COMPARED` are."""
        for k in np.unique(np.linspace(0, len(files) - 1, min(len(files), _COMPARED)).round().astype(int)).tolist():
            try:
                self.require(k, files[k])
            except ChangedFileError as error:
                if files[k].exists():  # one that is gone may be where the run was copied from
                    return str(error)
        return None

    def require(self, k: int, file: Path) -> None:
        if _stamp(file) != (self.sizes[k], self.times[k]):
            raise ChangedFileError(f"{file}: has changed since the split was prepared")


def _stamp(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except (OSError, ValueError) as error:
        raise ChangedFileError(f"{file}: cannot be read any more ({getattr(error, 'strerror', error)})") from error
    return about.st_size, about.st_mtime_ns
