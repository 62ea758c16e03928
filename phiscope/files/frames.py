"""How the stamp of a file is put into it and read from it, in each of the formats that a run writes."""

from __future__ import annotations

import json
import os
import re
import struct
import zlib
from pathlib import Path

from phiscope.files.checksums import TAIL
from phiscope.files.stamps import KEY, Stamp


def stamp_of(path: str | Path) -> Stamp | None:
    """The stamp that a file carries, if it does; raises ValueError or OSError where the file is damaged.

    What is looked at is the frame of a file (header, footer, lengths): what was cut short shows it there, whatever
    the time of its last change says. Files of other kinds have no stamp, and are damaged if they are empty. All
    bytes of a file are looked at by `phiscope.files.require_unchanged`.
    """
    path = Path(path)
    frame = _FRAMES.get(path.suffix, _read_other)
    text = frame(path)
    return None if text is None else Stamp.read(text)


def with_stamp(content: bytes, suffix: str, stamp: Stamp) -> bytes:
    """A figure, a page or a caption with a stamp where readers of it see nothing."""
    # The parts of a PNG have checksums of their own. Two dashes would end a comment.
    text = f"{KEY} {stamp.text(checked=suffix != '.png')}".replace("--", "-\\u002d").encode()
    if suffix != ".png":
        before, end, after = content.rpartition(_ENDS.get(suffix, b"\0"))
        return before + _COMMENTS[suffix] % text + end + after if end else content + _COMMENTS[suffix] % text
    chunk = b"tEXt" + text.replace(b" ", b"\0", 1)
    length, checksum = len(chunk) - 4, zlib.crc32(chunk)
    return content[:-_PNG_END] + struct.pack(">I", length) + chunk + struct.pack(">I", checksum) + content[-_PNG_END:]


def _read_safetensors(path: Path) -> str | None:
    with path.open("rb") as file:
        begin = file.read(8)
        size = os.fstat(file.fileno()).st_size
        if len(begin) < 8 or (length := struct.unpack("<Q", begin)[0]) > size - 8:
            raise ValueError("it ends within its header")
        header = json.loads(file.read(length))
    try:
        about = header.pop("__metadata__", {})
        ends = [int(entry["data_offsets"][1]) for entry in header.values()]
        text = about.get(KEY)
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise ValueError("its header says nothing of its arrays") from error
    if 8 + length + max(ends, default=0) != size:
        raise ValueError(f"it has {size:,} bytes; its header says {8 + length + max(ends, default=0):,}")
    return text


def _read_parquet(path: Path) -> str | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        text = (pq.read_metadata(path).metadata or {}).get(KEY.encode())
    except pa.ArrowInvalid as error:
        raise ValueError("it has no footer of Parquet: it was cut short, or is no table") from error
    return None if text is None else text.decode()


def _read_json(path: Path) -> str | None:
    value = json.loads(path.read_text(encoding="utf-8"))
    return value.get(KEY) if isinstance(value, dict) else None


def _read_shown(path: Path) -> str | None:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        tail = file.read()
    if not tail:
        raise ValueError("it is empty")
    if not tail.rstrip().endswith(_ENDS.get(path.suffix, b"")):
        raise ValueError("it ends too soon")
    begins = [match.end() for match in _BEFORE_STAMP.finditer(tail)]
    if not begins:
        return None
    text = tail[begins[-1] :].decode("latin-1")
    # The text ends where its JSON does: the checksum of a PNG's part comes next, and may hold any byte.
    return text[: json.JSONDecoder().raw_decode(text)[1]].encode("latin-1").decode()


def _read_other(path: Path) -> None:
    if path.is_file() and path.stat().st_size == 0:
        raise ValueError("it is empty")


_COMMENTS = {".svg": b"<!-- %s -->\n", ".html": b"<!-- %s -->\n", ".rst": b"\n.. %s\n"}
_ENDS = {".svg": b"</svg>", ".html": b"</html>", ".png": b"IEND\xaeB`\x82"}
_PNG_END = 12  # bytes of the last chunk
_BEFORE_STAMP = re.compile(re.escape(KEY.encode()) + rb"[ \0](?=\{)")
_FRAMES = {".safetensors": _read_safetensors, ".parquet": _read_parquet, ".json": _read_json}
_FRAMES |= dict.fromkeys((*_COMMENTS, ".png"), _read_shown)
