"""Chunks of samples: half-open ranges of positions in the prepared order, as they stand in file names."""

from __future__ import annotations

from phiscope.arrays import blocks

PATTERN = r"\d{7}-\d{7}"


def names(count: int, size: int) -> list[str]:
    """`0000000-0000500`, `0000500-0001000`, ...: more samples leave the names of full chunks alone."""
    return [f"{part.start:07d}-{part.stop:07d}" for part in blocks(count, size)]


def span(name: str) -> slice:
    """The range that a chunk's name stands for."""
    start, stop = name.split("-")
    return slice(int(start), int(stop))
