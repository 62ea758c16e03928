"""Files that promise more than they hold, or hold more than they weigh, made without the memory that they claim."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

MIB = 2**20


def deflated_zeros(count: int, head: bytes = b"", wbits: int = -15) -> bytes:
    """`head` and so many zeros (whole MiB), deflated: blocks of a MiB, each the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    begin = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    again = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = again.compress(bytes(MIB)) + again.flush(zlib.Z_FULL_FLUSH)
    return begin + block * (count // MIB) + b"\x03\x00"


def gzip_zeros(count: int, head: bytes = b"") -> bytes:
    """A gzip file; its checksum at the end is wrong, which is known only when all of it has been unpacked."""
    return (
        b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
        + deflated_zeros(count, head)
        + struct.pack("<II", 0, (count + len(head)) % 2**32)
    )


def zip_file(members: Iterable[tuple[str, bytes, int, int]]) -> bytes:
    """An archive of (name, stored bytes, size that it is said to have, method): 0 is stored, 8 is deflated."""
    body, directory, count = io.BytesIO(), bytearray(), 0
    for name, stored, size, method in members:
        raw = name.encode("utf-8", "surrogateescape")
        place, check = body.tell(), zlib.crc32(stored) if method == 0 else 0
        extra = struct.pack("<HHQQ", 1, 16, size, len(stored))  # Zip64
        common = struct.pack(
            "<HHHHHIIIHH", 45, 0x800, method, 0, 0x21, check, 2**32 - 1, 2**32 - 1, len(raw), len(extra)
        )
        body.write(b"PK\3\4" + common + raw + extra + stored)
        directory += b"PK\1\2" + struct.pack("<H", 45) + common + struct.pack("<HHHII", 0, 0, 0, 0, place) + raw + extra
        count += 1
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), body.tell(), 0)
    return body.getvalue() + bytes(directory) + end


def npy_header(shape: tuple[int, ...], kind: str = "|u1") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def npy(array: np.ndarray, **options) -> bytes:
    kept = io.BytesIO()
    np.lib.format.write_array(kept, array, **options)
    return kept.getvalue()


def npz(path: Path, members: dict[str, bytes]) -> Path:
    """Members as they are, stored."""
    path.write_bytes(zip_file([(f"{key}.npy", content, len(content), 0) for key, content in members.items()]))
    return path


def png(width: int, height: int, data: bytes, depth: int = 8, colour: int = 0, more: bytes = b"") -> bytes:
    """data: deflated rows."""

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
        + more
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
