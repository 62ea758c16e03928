"""What tells the content of one file or folder from another's, whatever their times say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from phiscope.files import KEY


def contents(paths: Iterable[Path]) -> dict[str, str | None]:
    """Path -> `content` of each."""
    return {str(path): content(path) for path in paths}


def content(path: Path) -> str | None:
    """Tells one content of a file, or of all files below a folder, from another; None where there is none."""
    if path.is_dir():
        digest = hashlib.sha256()
        for file in sorted(file for file in path.rglob("*") if file.is_file()):
            digest.update(f"{file.relative_to(path)}:{content(file)}".encode())
        return digest.hexdigest()
    if not path.is_file():
        return None
    about = path.stat()
    return _hash(str(path), (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns))


def _hash(path: str, about: tuple[int, ...]) -> str:
    """Of the content of a file; about: what tells within one job that it is the same as before.

    Between jobs times tell nothing: Snakemake sets those of all outputs when a job ends.
    """
    if about not in _hashes:
        with open(path, "rb") as file:
            known = _without_stamp(file) if about[2] < _SMALL else b""
            known = known or _header(file) + hashlib.file_digest(file, "sha256").digest()
            _hashes[about] = hashlib.sha256(known).hexdigest()
    return _hashes[about]


def _without_stamp(file: BinaryIO) -> bytes:
    """An object of JSON without its stamp, so that one that is made again by other code is the same; or nothing."""
    content = file.read()
    file.seek(0)
    if not content.startswith(b"{") or KEY.encode() not in content:
        return b""
    try:
        about = json.loads(content)
        return json.dumps({key: value for key, value in about.items() if key != KEY}).encode()
    except ValueError:
        return b""


def _header(file: BinaryIO) -> bytes:
    """The head of a safetensors file without its stamp, in one order: the library writes entries in another each time.

    So what is made again by other code is the same where its arrays are. The file is left where its header ends, or
    at its beginning where it is none of that format, by whatever name.
    """
    try:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length) if length < 2**27 else b"")
        if about := header.get("__metadata__"):
            about.pop(KEY, None)
        return json.dumps({key: value for key, value in header.items() if value}, sort_keys=True).encode()
    except (ValueError, AttributeError):
        file.seek(0)
        return b""


_SMALL = 2**20  # bytes; objects that carry stamps are smaller

_hashes: dict[tuple[int, ...], str] = {}
