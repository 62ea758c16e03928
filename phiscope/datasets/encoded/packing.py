"""Texts and places as arrays of an index, and back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded.images import Arrays, Load


def packed_texts(name: str, texts: Sequence[str | None]) -> Arrays:
    """Texts as bytes one after the other, with where each ends; -1 - end where there is no text."""
    encoded = [b"" if text is None else os.fsencode(text) for text in texts]
    ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
    missing = np.array([text is None for text in texts], dtype=np.bool_)
    return {
        name: np.frombuffer(b"".join(encoded), dtype=np.uint8),
        f"{name}_ends": np.where(missing, -1 - ends, ends),
    }


def unpacked_texts(name: str, load: Load) -> list[Any]:
    joined, told = whole(load, name).tobytes(), whole(load, f"{name}_ends")
    ends = np.where(told < 0, -1 - told, told).tolist()
    begins = [0, *ends[:-1]]
    return [
        None if missing else os.fsdecode(joined[begin:end])
        for begin, end, missing in zip(begins, ends, (told < 0).tolist())
    ]


def whole(load: Load, name: str) -> NDArray:
    array = load(name)
    return array[:] if array.get_shape() != [0] else np.empty(0, np.uint8)  # safetensors refuses empty ranges


def relative(path: Path, below: Path) -> str:
    """From the data set's path on, so that both can move; the whole path where it lies elsewhere."""
    return str(path.relative_to(below)) if path.is_relative_to(below) else str(path.absolute())
