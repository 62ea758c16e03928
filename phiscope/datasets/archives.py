"""Archives before they are unpacked: how much comes out, and whether their members are what they seem.

Nothing is ever unpacked to disk. A member that leads out of the archive, or stands in it twice, is still refused: an
archive that people published has none, and which of two members is meant cannot be known.
"""

from __future__ import annotations

import bz2
import gzip
import os
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

from phiscope.datasets.limits import MOST_MEMBERS, MOST_RATIO, MOST_UNPACKED
from phiscope.errors import DataError


def most_unpacked(packed: int) -> int:
    """Bytes that an archive of so many bytes may unpack to."""
    return max(MOST_UNPACKED, MOST_RATIO * packed)


def too_much(size: int | None, packed: int) -> str:
    """What is said of an archive that unpacks to more; size None: more than was looked at."""
    size_of_it = f"{size:,}" if size is not None else f"more than {most_unpacked(packed):,}"
    return (
        f"unpacks to {size_of_it} bytes from {packed:,}; expected at most {MOST_RATIO} times its size, beyond "
        f"{MOST_UNPACKED:,} bytes: no archive of data is packed like that, get it once more from where it is known"
    )


def require_plain(archive: zipfile.ZipFile, packed: int) -> None:
    """Raise DataError, in words that follow the path of the archive, where its members are not to be read.

    packed: bytes of the file. What the members are said to unpack to is judged; more is not read of any.
    """
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise DataError(f"has {len(members):,} members, more than the {MOST_MEMBERS:,} that are read")
    require_inside([member.filename for member in members])
    require_once([member.filename for member in members])
    if (size := sum(member.file_size for member in members)) > most_unpacked(packed):
        raise DataError(too_much(size, packed))


def require_inside(names: Iterable[str]) -> None:
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":"):
            raise DataError(f"holds {name!r}, which leads out of the archive; get it once more from where it is known")


def require_once(names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"holds {twice[0]!r} twice; expected it once: save it once more")


class Unpacked:
    """What a compressed file holds, read as a file, up to `most_unpacked`; DataError for more, or where it is damaged.

    gzip and bzip2; anything else is read as it is.
    """

    def __init__(self, path: Path, most: int | None = None) -> None:
        self._path, self._packed = path, os.path.getsize(path)
        self._most = most_unpacked(self._packed) if most is None else most
        with open(path, "rb") as file:
            head = file.read(3)
        opener = gzip.open if head[:2] == b"\x1f\x8b" else bz2.open if head == b"BZh" else open
        self._stream = cast("IO[bytes]", opener(path, "rb"))

    def read(self, size: int = -1) -> bytes:
        end = self._stream.tell() + size if size >= 0 else self._most + 1
        self._require(end if size >= 0 else 0)
        content = self._stream.read(size if size >= 0 else self._most + 1 - self._stream.tell())
        self._require(self._stream.tell())
        return content

    def seek(self, place: int, whence: int = 0) -> int:
        if whence == 0:
            self._require(place)
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Unpacked:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require(self, end: int) -> None:
        if end > self._most:
            raise DataError(f"{self._path}: {too_much(None, self._packed)}")
