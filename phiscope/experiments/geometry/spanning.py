"""Features of the training images that span a hull: one matrix in the order of the samples, mapped where it is a file.

Chunks hold samples in the order in which a run takes them. Where there are several, a job writes them into one file
beside their table, so that whoever projects onto their hull maps it: no job holds all features in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope import tables
from phiscope.files.mapped import filling, mapped


def gather(chunks: Sequence[str | Path], path: str | Path) -> None:
    """Write features (n, f), samples and labels (n,) of chunks into one file, in the order of the samples.

    A chunk is read once, and its rows go where they belong; in memory is one chunk and all numbers of samples.
    """
    parts = list(map(mapped, chunks))
    samples = np.concatenate([part["samples"] for part in parts])
    places = np.empty(len(samples), np.int64)
    places[np.argsort(samples)] = np.arange(len(samples))
    shapes = {key: (array.dtype, (len(samples), *array.shape[1:])) for key, array in parts[0].items()}
    with filling(shapes, path) as arrays:
        done = 0
        for part in parts:
            here = places[done : done + len(part["samples"])]
            done += len(here)
            order = np.argsort(here)  # the file is written from its beginning to its end
            for key, array in arrays.items():
                array[here[order]] = part[key][order]


def spanning(path: str | Path) -> dict[str, NDArray]:
    """`features` (n, f), `samples` and `labels` (n,) of the only chunk, or of the file that `gather` made of several.

    In the order of the samples: a file that has that order is mapped, another is read and put into it.
    """
    arrays = mapped(path)
    order = np.argsort(arrays["samples"])
    return arrays if (order == np.arange(len(order))).all() else {key: each[order] for key, each in arrays.items()}


def vectors(table: str | Path, gathered: Iterable[str | Path]) -> NDArray[np.float32]:
    """Features (n, f) of a table, mapped where one of the gathered files lies beside it; else read out of the table."""
    beside = Path(table).with_suffix(".safetensors")
    return mapped(beside)["features"] if beside in map(Path, gathered) else tables.vectors(table)
