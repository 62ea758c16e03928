"""Fits that took long, kept in a folder while a job runs, so that one that was interrupted goes on where it stood."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from phiscope.files import stamping, write_arrays
from phiscope.files.stamps import stamp_now

Row = dict[str, Any]
_ROWS = "rows"


class KeptFits:
    """Rows and images by a key of all that decides them: images, setting, options, seed, and the code of the job."""

    def __init__(self, folder: Path, least_seconds: float = 10.0) -> None:
        self.folder, self.least_seconds = folder, least_seconds

    def key(self, images: Mapping[str, NDArray], *about: object) -> str:
        stamp = stamp_now()
        digest = hashlib.sha256(repr((about, stamp and stamp.fingerprint)).encode())
        for name, image in images.items():
            digest.update(f"{name} {image.shape}".encode() + np.ascontiguousarray(image).tobytes())
        return digest.hexdigest()[:16]

    def read(self, key: str) -> Iterator[tuple[Row, NDArray | None]] | None:
        """Row and image of every fit under a key, None where there is no such file."""
        path = self._path(key)
        if not path.exists():
            return None
        with safe_open(path, framework="numpy") as file:
            rows = json.loads(file.metadata()[_ROWS])
            images = [file.get_tensor(str(place)) if str(place) in file.keys() else None  # noqa: SIM118 (no mapping)
                      for place in range(len(rows))]  # fmt: skip
        return zip(rows, images)

    def keep(self, key: str, fits: Iterable[tuple[Row, NDArray | None]]) -> None:
        """Write them, where one took long enough to be worth a file."""
        fits = list(fits)
        if max(row["seconds"] for row, _ in fits) < self.least_seconds:
            return
        images = {str(place): image for place, (_, image) in enumerate(fits) if image is not None}
        self.folder.mkdir(parents=True, exist_ok=True)
        with stamping(None):
            write_arrays(images, self._path(key), {_ROWS: json.dumps([row for row, _ in fits], default=_plain)})

    def remove(self) -> None:
        """All of them, once the job has written what it was for."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.safetensors"


def _plain(value: Any) -> Any:
    """A number of numpy as Python's own, which JSON can write."""
    return value.item()
