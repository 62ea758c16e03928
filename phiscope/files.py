"""Files that a run leaves: whole or not there, readable as the umask says, and with a stamp of what made them.

A file is written under another name in its folder and then renamed, so that whoever finds it finds all of it. While a
job runs, what it writes carries a stamp in its own metadata: a fingerprint of the job's parameters and code, and the
contents of the networks that it used. So a file that another setting made is known, whoever left it there and when.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEY = "phiscope.made_by"  # of the stamp, in the metadata of Parquet and safetensors, and in the objects of JSON


@dataclass(frozen=True)
class Stamp:
    """fingerprint: of the parameters and the code of what made a file; networks: path -> content of those it used."""

    fingerprint: str
    networks: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return json.dumps({"fingerprint": self.fingerprint, "networks": dict(self.networks)}, sort_keys=True)

    @classmethod
    def read(cls, text: str | bytes) -> Stamp:
        return cls(**json.loads(text))


_stamps: list[Stamp] = []  # the last is that of the job, or of the part of one, that runs now


@contextlib.contextmanager
def stamping(stamp: Stamp | None) -> Iterator[None]:
    """Files that are written in the body carry this stamp; none for None."""
    if stamp is None:
        yield
        return
    _stamps.append(stamp)
    try:
        yield
    finally:
        _stamps.pop()


def stamped(metadata: Mapping[str, str] | None = None) -> dict[str, str]:
    """The metadata of a file with the stamp of the job that writes it, if there is one."""
    return dict(metadata or {}) | ({KEY: _stamps[-1].text} if _stamps else {})


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A name to write a file under, in the folder of `path`, which it becomes when the body ends well.

    Where it does not, the file that was there stays. Its mode is the umask's, whatever the writer's.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_arrays(arrays: Mapping[str, NDArray], path: str | Path, metadata: Mapping[str, str] | None = None) -> None:
    """Arrays by name as safetensors."""
    from safetensors.numpy import save_file

    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    with replacing(path) as temporary:
        save_file(whole, temporary, metadata=stamped(metadata) or None)


def write_text(text: str, path: str | Path) -> None:
    """A text in UTF-8, as it is."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(value: Mapping[str, Any], path: str | Path) -> None:
    """An object as JSON; `read_json` reads it."""
    write_text(json.dumps(dict(value) | stamped(), indent=1, ensure_ascii=False) + "\n", path)


def write_shown(content: bytes, path: str | Path) -> None:
    """A figure (.svg, .png), a page (.html) or a caption (.rst), with its stamp where readers of it see nothing."""
    with replacing(path) as temporary:
        temporary.write_bytes(_with_stamp(content, Path(path).suffix) if _stamps else content)


def read_json(path: str | Path) -> dict[str, Any]:
    """What `write_json` wrote, without its stamp."""
    value: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    value.pop(KEY, None)
    return value


def stamp_of(path: str | Path) -> Stamp | None:
    """The stamp that a file carries, if it does; raises ValueError or OSError where the file is damaged.

    What is looked at is the frame of a file (header, footer, lengths): what was cut short shows it there, whatever
    the time of its last change says. Files of other kinds have no stamp, and are damaged if they are empty.
    """
    path = Path(path)
    frame = _FRAMES.get(path.suffix, _read_other)
    text = frame(path)
    try:
        return None if text is None else Stamp.read(text)
    except TypeError as error:
        raise ValueError(f"its stamp is not one of this version: {error}") from error


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


def _with_stamp(content: bytes, suffix: str) -> bytes:
    text = f"{KEY} {_stamps[-1].text}".replace("--", "-\\u002d").encode()  # two dashes would end a comment
    if suffix != ".png":
        before, end, after = content.rpartition(_ENDS.get(suffix, b"\0"))
        return before + _COMMENTS[suffix] % text + end + after if end else content + _COMMENTS[suffix] % text
    chunk = b"tEXt" + text.replace(b" ", b"\0", 1)
    length, checksum = len(chunk) - 4, zlib.crc32(chunk)
    return content[:-_PNG_END] + struct.pack(">I", length) + chunk + struct.pack(">I", checksum) + content[-_PNG_END:]


def _read_shown(path: Path) -> str | None:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        tail = file.read()
    if not tail:
        raise ValueError("it is empty")
    if not tail.rstrip().endswith(_ENDS.get(path.suffix, b"")):
        raise ValueError("it ends too soon")
    found = _STAMP.findall(tail)
    return found[-1].decode() if found else None


def _read_other(path: Path) -> None:
    if path.is_file() and path.stat().st_size == 0:
        raise ValueError("it is empty")


_COMMENTS = {".svg": b"<!-- %s -->\n", ".html": b"<!-- %s -->\n", ".rst": b"\n.. %s\n"}
_ENDS = {".svg": b"</svg>", ".html": b"</html>", ".png": b"IEND\xaeB`\x82"}
_PNG_END = 12  # bytes of the last chunk
_TAIL = 2**16  # bytes at the end of a file that hold its stamp
_STAMP = re.compile(re.escape(KEY.encode()) + rb"[ \0](\{.*\})")
_FRAMES = {".safetensors": _read_safetensors, ".parquet": _read_parquet, ".json": _read_json}
_FRAMES |= dict.fromkeys((*_COMMENTS, ".png"), _read_shown)


def _umask() -> int:
    """That of the process, which can only be asked for by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
