"""Thumbnails of all images that a page shows: of every view, of training samples, of inverted points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from safetensors import safe_open

from phiscope.arrays import blocks
from phiscope.datasets import PreparedDataset
from phiscope.exhibits.inversion import image_of
from phiscope.explorer.thumbnails import Sheets, sheets_of

_AT_A_TIME = 256  # images at the most, and as many as have
_VALUES = 2**22  # of which there are some five copies in float32: 28 images of 224 pixels in colour


def of_prepared(prepared: PreparedDataset, numbers: NDArray[np.int64] | None, limit: int | None) -> Sheets | None:
    """Of a prepared split, by number; numbers: of some samples, else of the first `limit`."""
    used = prepared.samples[:limit]
    order = np.argsort(used) if numbers is None else _places(used, numbers)
    return sheets_of(used[order], _read(prepared, order))


def _places(samples: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.argsort(samples)
    return order[np.searchsorted(samples, numbers, sorter=order)]


def _read(prepared: PreparedDataset, order: NDArray[np.int64]) -> Iterator[NDArray]:
    """Images at these places. Read one range after another where they lie together, else one by one."""
    for part in blocks(len(order), _at_a_time(prepared.shape)):
        places = order[part]
        yield np.concatenate([prepared.images(slice(int(place), int(place) + 1)) for place in places])


def _at_a_time(shape: Sequence[int]) -> int:
    return max(1, min(_AT_A_TIME, _VALUES // max(1, math.prod(shape))))


def of_chunks(chunks: Sequence[str | Path]) -> Sheets | None:
    """Of a view, whose images lie in chunks in the order of the run."""
    samples = [_array(chunk, "samples") for chunk in chunks]
    if not samples:
        return None
    order = np.argsort(np.concatenate(samples))
    starts = np.cumsum([0, *map(len, samples)])
    return sheets_of(np.concatenate(samples)[order], _from_chunks(chunks, starts, order))


def _from_chunks(chunks: Sequence[str | Path], starts: NDArray, order: NDArray) -> Iterator[NDArray]:
    """Images by number, read one by one: chunks hold them in another order.

    Files are mapped, and opened anew for every few images: pages that were read count as memory until they are closed.
    """
    with safe_open(chunks[0], framework="numpy") as file:
        shape = file.get_slice("images").get_shape()[1:]
    for part in blocks(len(order), _at_a_time(shape)):
        which = np.searchsorted(starts, order[part], side="right") - 1
        rows = order[part] - starts[which]
        with ExitStack() as stack:
            files = {k: stack.enter_context(safe_open(chunks[k], framework="numpy")) for k in np.unique(which).tolist()}
            images = {k: file.get_slice("images") for k, file in files.items()}
            few = np.concatenate([images[k][row : row + 1] for k, row in zip(which.tolist(), rows.tolist())])
            del images, files
        yield few


def _array(path: str | Path, name: str) -> NDArray:
    with safe_open(path, framework="numpy") as file:
        return file.get_tensor(name)


def used_training_samples(hulls: Mapping[str, pd.DataFrame], duplicates: pd.DataFrame | None) -> NDArray[np.int64]:
    """Numbers of the training samples that some projection rests on, or that are the double of a test sample."""
    parts = [np.concatenate([np.empty(0, int), *rows["support_index"]]) for rows in hulls.values()]
    if duplicates is not None and len(duplicates):
        parts.append(duplicates["train_sample"].to_numpy(int))
    return np.unique(np.concatenate([np.empty(0, int), *parts]).astype(np.int64))


def of_training(prepared: PreparedDataset, numbers: NDArray[np.int64]) -> Sheets | None:
    """Of these training samples, in this order."""
    return of_prepared(prepared, numbers, None) if len(numbers) else None


def of_inversions(inversions: pd.DataFrame, files: Mapping[str, Path]) -> Sheets | None:
    """Of images found by inversion, in the order of the table; files: by `<target>/<chunk>`."""
    rows = inversions[has_picture(inversions)]
    return sheets_of(np.arange(len(rows)), (image_of(files, each)[None] for each in rows["image"]))


def has_picture(inversions: pd.DataFrame) -> NDArray[np.bool_]:
    """Of which rows the image is shown: those of flip points and hull projections that have a target."""
    return (inversions["target"].isin(["flip", "hull"]) & (inversions["status"] != "no_target")).to_numpy()


def arrays_of(groups: Mapping[str, Sheets | None]) -> dict[str, NDArray]:
    """All in one file: `<group>/<part>`."""
    return {
        f"{name}/{part}": array for name, sheets in groups.items() if sheets for part, array in sheets.arrays().items()
    }
