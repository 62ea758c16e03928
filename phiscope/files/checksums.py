"""A checksum of a whole file in its own stamp: CRC-32 of all its bytes, with zeros where the checksum itself stands.

It finds what a disk, a copy or an editor has changed, in numbers, headers and texts of every format alike. PNG has
checksums of its own. It is no protection from people, who can compute it too.
"""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from typing import BinaryIO

from phiscope.files.stamps import CHECKSUM, KEY, UNKNOWN

TAIL = 2**16  # bytes at the end of a file that hold its stamp, where its format says no more of the place
_AT_ONCE = 2**22  # bytes
_CHANGED = "its bytes are not those that were written: their checksum is another"
_PNG = b"\x89PNG\r\n\x1a\n"
# Behind the key: quotes, lengths or a space; in JSON the quotes of the stamp are escaped.
_PLACE = re.compile(
    re.escape(KEY.encode()) + rb'[^{]{1,12}\{\\?"' + CHECKSUM.encode() + rb'\\?": \\?"(.{8})\\?"', re.DOTALL
)


def seal(path: Path, suffix: str) -> None:
    """Write the checksum of a file into its stamp, if it has one. suffix: of the name that it will have."""
    with path.open("r+b") as file:
        if (place := _place(file, suffix)) is not None:
            checksum = _checksum(file, place)
            file.seek(place)
            file.write(checksum)


def require_unchanged(path: Path) -> None:
    """Raise ValueError where a byte of a file is another than was written. A file without a checksum is let pass.

    All of it is read.
    """
    with path.open("rb") as file:
        if path.suffix == ".png":
            _require_png(file)
            return
        if (place := _place(file, path.suffix)) is None:
            return
        file.seek(place)
        if file.read(len(UNKNOWN)) != _checksum(file, place):
            raise ValueError(_CHANGED)


def _place(file: BinaryIO, suffix: str) -> int | None:
    """Where the digits of the checksum stand; None where there are none."""
    if (window := _WINDOWS.get(suffix)) is None:
        return None
    begin, length = window(file)
    file.seek(begin)
    found = list(_PLACE.finditer(file.read(length)))
    return begin + found[-1].start(1) if found else None


def _in_header(file: BinaryIO) -> tuple[int, int]:
    """Of safetensors: its length stands before it."""
    file.seek(0)
    return 8, min(int.from_bytes(file.read(8), "little"), _size(file))


def _in_footer(file: BinaryIO) -> tuple[int, int]:
    """Of Parquet: its length stands behind it, and then four letters."""
    size = _size(file)
    file.seek(max(0, size - 8))
    length = min(int.from_bytes(file.read(4), "little") + 8, size)
    return size - length, length


def _at_the_end(file: BinaryIO) -> tuple[int, int]:
    size = _size(file)
    return max(0, size - TAIL), TAIL


_WINDOWS = {".safetensors": _in_header, ".parquet": _in_footer}
_WINDOWS |= dict.fromkeys((".json", ".svg", ".html", ".rst"), _at_the_end)


def _checksum(file: BinaryIO, place: int) -> bytes:
    """Of a file whose checksum stands at `place`, as its digits."""
    checksum = _through(file, 0, place, 0)
    checksum = zlib.crc32(UNKNOWN.encode(), checksum)
    checksum = _through(file, place + len(UNKNOWN), _size(file), checksum)
    return f"{checksum:08x}".encode()


def _through(file: BinaryIO, begin: int, end: int, checksum: int) -> int:
    file.seek(begin)
    buffer = memoryview(bytearray(min(_AT_ONCE, max(end - begin, 0))))
    while begin < end and (read := file.readinto(buffer[: end - begin])):  # type: ignore[attr-defined]
        checksum = zlib.crc32(buffer[:read], checksum)
        begin += read
    return checksum


def _require_png(file: BinaryIO) -> None:
    """Each part of a PNG is its length, its name, its content and a CRC-32 of the last two; IEND is the last."""
    content = file.read()
    name, place = b"", len(_PNG)
    while name != b"IEND":
        length, name = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        behind = place + 8 + length
        if zlib.crc32(content[place + 4 : behind]) != int.from_bytes(content[behind : behind + 4]):
            raise ValueError(_CHANGED)
        place = behind + 4
        if place > len(content):
            raise ValueError("it ends too soon")
    if not content.startswith(_PNG) or place != len(content):
        raise ValueError(_CHANGED)


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
