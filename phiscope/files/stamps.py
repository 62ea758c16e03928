"""What a file says made it: a stamp, which whatever is written in a job carries."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

KEY = "phiscope.made_by"  # of the stamp, in the metadata of Parquet and safetensors, and in the objects of JSON
CHECKSUM = "crc32"  # of the whole file, first in the text of its stamp
UNKNOWN = "0" * 8  # what stands for it until the file is written, and while it is computed
_CHECKSUM = re.compile("[0-9a-f]{8}")


@dataclass(frozen=True)
class Stamp:
    """fingerprint: of the parameters and the code of what made a file; networks: path -> content of those it used."""

    fingerprint: str
    networks: Mapping[str, str | None] = field(default_factory=dict)

    def text(self, *, checked: bool = True) -> str:
        """checked: with a place for the file's checksum (`phiscope.files.checksums`)."""
        about = {"fingerprint": self.fingerprint, "networks": dict(self.networks)}
        return json.dumps(({CHECKSUM: UNKNOWN} if checked else {}) | about, sort_keys=True)

    @classmethod
    def read(cls, text: str | bytes) -> Stamp:
        """Raises ValueError where the text is none of a stamp."""
        try:
            about = dict(json.loads(text))
            if not _CHECKSUM.fullmatch(about.pop(CHECKSUM, UNKNOWN)):
                raise ValueError("the checksum in its stamp is none")
            return cls(**about)
        except TypeError as error:
            raise ValueError(f"its stamp is not one of this version: {error}") from error


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


def stamp_now() -> Stamp | None:
    """That of the job that runs now, if there is one."""
    return _stamps[-1] if _stamps else None


def stamped(metadata: Mapping[str, str] | None = None) -> dict[str, str]:
    """The metadata of a file with the stamp of the job that writes it, if there is one."""
    return dict(metadata or {}) | ({KEY: stamp.text()} if (stamp := stamp_now()) else {})
