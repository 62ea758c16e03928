"""Chunks of samples: half-open ranges of positions in the prepared order, as they stand in file names."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.typing import NDArray

from phiscope.arrays import blocks

PATTERN = r"\d{7}-\d{7}"


def names(count: int, size: int) -> list[str]:
    """`0000000-0000500`, `0000500-0001000`, ...: more samples leave the names of full chunks alone.

    No sample is one chunk without any, so that what is made of chunks is there, and empty.
    """
    return [f"{part.start:07d}-{part.stop:07d}" for part in blocks(count, size)] or [f"{0:07d}-{0:07d}"]


def span(name: str) -> slice:
    """The range that a chunk's name stands for."""
    start, stop = name.split("-")
    return slice(int(start), int(stop))


def first(arrays: Mapping[str, NDArray], name: str) -> dict[str, NDArray]:
    """Of each array, as many rows as the chunk holds: those of the chunk, where the arrays begin with its first."""
    part = span(name)
    return {key: array[: part.stop - part.start] for key, array in arrays.items()}


def most(name: str, limit: int | None) -> int | None:
    """How many samples of a chunk are among the first `limit` of all; None where the whole chunk is."""
    part = span(name)
    return None if limit is None or part.stop <= limit else max(0, limit - part.start)
