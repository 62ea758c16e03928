"""Encoded images where they lie: in files, in cells of Parquet, or in memory; each is read when it is asked for.

A split of them is described by arrays, one entry an image, so that an index of it can be kept instead of its pixels:
`packed` gives these arrays and what holds for all, `unpacked` is the way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phiscope.datasets.encoded.image_files import ImageFiles
from phiscope.datasets.encoded.images import Encoded, EncodedImages, Load, in_blocks
from phiscope.datasets.encoded.memory import ContentsInMemory
from phiscope.datasets.encoded.parquet import ParquetImages, reading_parquet

__all__ = [
    "ContentsInMemory",
    "Encoded",
    "EncodedImages",
    "ImageFiles",
    "ParquetImages",
    "in_blocks",
    "reading_parquet",
    "unpacked",
]

KINDS: dict[str, Any] = {"files": ImageFiles, "parquet": ParquetImages, "contents": ContentsInMemory}


def unpacked(load: Load, about: Mapping[str, Any], below: Path) -> EncodedImages:
    """What `packed` told of; below: the path of the data set as it is now."""
    return KINDS[about["kind"]].unpacked(load, about, below)
