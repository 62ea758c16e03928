"""A split as the workflow keeps it: one file, in stratified order, read by ranges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from phiscope.arrays import unit_range
from phiscope.datasets.images import ImageDataset
from phiscope.datasets.order import stratified_order
from phiscope.datasets.statistics import MOST, PixelStatistics
from phiscope.errors import DataError


def save(dataset: ImageDataset, path: str | Path, seed: int, origin: str = "") -> None:
    """Write the whole split in `stratified_order` under a temporary name, then move it into place.

    origin: a fingerprint of what made it, see `origin_of`.
    """
    order = stratified_order(dataset.labels, seed)
    arrays = (dataset.images[order], dataset.labels[order], dataset.samples[order])
    save_arrays(*arrays, dataset.classes, path, origin)


def save_arrays(
    images: NDArray, labels: NDArray, samples: NDArray, classes: Sequence[str], path: str | Path, origin: str = ""
) -> None:
    """Write a split as it stands."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    arrays = {"images": images, "labels": labels, "samples": samples}
    arrays = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
    about = {"classes": json.dumps(classes), "origin": origin}
    if len(images):
        about["statistics"] = PixelStatistics.of(images[:MOST]).text
    save_file(arrays, temporary, metadata=about)
    temporary.replace(path)


def origin_of(path: str | Path) -> str:
    """What made a prepared split, as it says itself; empty where it does not."""
    with safe_open(path, framework="numpy") as file:
        return (file.metadata() or {}).get("origin", "")


class PreparedDataset:
    """Labels and sample numbers in memory, images on disk until a range of them is asked for."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        with safe_open(self.path, framework="numpy") as file:
            self.labels: NDArray[np.int64] = file.get_tensor("labels")
            self.samples: NDArray[np.int64] = file.get_tensor("samples")
            about = file.metadata()
            self.classes: tuple[str, ...] = tuple(json.loads(about["classes"]))
            self.shape: tuple[int, ...] = tuple(file.get_slice("images").get_shape()[1:])
        self._statistics = about.get("statistics")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def deviation(self) -> float:
        """Standard deviation of pixels in [0, 1], all channels together, of the first images in the order."""
        return self.statistics.deviation

    @cached_property
    def statistics(self) -> PixelStatistics:
        """Mean and deviation of the pixels of the first images in the order, all together and by channel."""
        if self._statistics is None:
            raise DataError(f"{self.path}: holds no images; expected some")
        return PixelStatistics.read(self._statistics)

    def images(self, part: slice | None = None) -> NDArray:
        """Images (m, channels, height, width) at a range of positions, as far as there are; all of them for None."""
        with safe_open(self.path, framework="numpy") as file:
            if part is None:
                return file.get_tensor("images")
            start, stop, _ = part.indices(len(self))  # safetensors refuses ranges that go on beyond the end
            images = file.get_slice("images")
            return images[start:stop] if start < stop else images[0:1][:0]


def open_prepared(path: str | Path) -> PreparedDataset:
    """Open what `save` wrote."""
    return PreparedDataset(path)


class ImagesBySample:
    """The images of a prepared split by their sample number."""

    def __init__(self, prepared: PreparedDataset) -> None:
        self.prepared = prepared
        self.row = dict(zip(prepared.samples.tolist(), range(len(prepared))))

    def __getitem__(self, sample: int) -> NDArray[np.float32]:
        """(channels, height, width) in [0, 1]."""
        row = self.row[int(sample)]
        return unit_range(self.prepared.images(slice(row, row + 1)))[0]

    def label(self, sample: int) -> int:
        return int(self.prepared.labels[self.row[int(sample)]])
