"""A split as the workflow keeps it: one file, in stratified order, read by ranges.

Images of formats that keep arrays lie in the file. Of encoded images it holds an index: where each lies, and how it is
decoded when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from phiscope.arrays import unit_range
from phiscope.datasets.fitting import fitted
from phiscope.datasets.images import ImageDataset
from phiscope.datasets.index import ImageIndex
from phiscope.datasets.order import stratified_order
from phiscope.datasets.statistics import MOST, PixelStatistics
from phiscope.datasets.texts import plain
from phiscope.errors import DataError
from phiscope.files import write_arrays

if TYPE_CHECKING:
    import pyarrow as pa  # deferred: slow to import, and pixels need none

    from phiscope.datasets.rows import Columns

_FILE = "file"  # the column that says what the source calls an image


def save(dataset: ImageDataset, path: str | Path, seed: int, origin: str = "", columns: Columns | None = None) -> None:
    """Write the whole split in `stratified_order` under a temporary name, then move it into place.

    origin: a fingerprint of what made it, see `origin_of`. columns: what else the source says of each image.
    """
    order = stratified_order(dataset.labels, seed)
    arrays = (dataset.images[order], dataset.labels[order], dataset.samples[order])
    save_arrays(*arrays, dataset.classes, path, origin, packed_columns(columns or {}, order))


def save_arrays(
    images: NDArray,
    labels: NDArray,
    samples: NDArray,
    classes: Sequence[str],
    path: str | Path,
    origin: str = "",
    further: Mapping[str, NDArray] | None = None,
    fit: tuple[int, ...] | None = None,
) -> None:
    """Write a split as it stands; fit: the shape that its images are made to fit when they are asked for."""
    first = images[:MOST]
    statistics = PixelStatistics.of(first if fit is None else fitted(first, fit)) if len(images) else None
    arrays = {"images": images, "labels": labels, "samples": samples} | dict(further or {})
    write_prepared(arrays, classes, path, origin, statistics, fit=fit)


def write_prepared(
    arrays: Mapping[str, NDArray],
    classes: Sequence[str],
    path: str | Path,
    origin: str,
    statistics: PixelStatistics | None,
    index: Mapping[str, Any] | None = None,
    fit: tuple[int, ...] | None = None,
    holds: str | None = None,
) -> None:
    """Write a split of `labels`, `samples` and either `images`, with the shape they are to fit, or what an index of
    them consists of; holds: what the images are, where they are none."""
    about = {"classes": json.dumps(classes), "origin": origin}
    about |= {} if statistics is None else {"statistics": statistics.text}
    about |= {} if index is None else {"index": json.dumps(index, sort_keys=True)}
    about |= {} if fit is None else {"fit": json.dumps(fit)}
    about |= {} if holds is None else {"holds": holds}
    write_arrays(arrays, path, about)


def origin_of(path: str | Path) -> str:
    """What made a prepared split, as it says itself; empty where it does not."""
    with safe_open(path, framework="numpy") as file:
        return (file.metadata() or {}).get("origin", "")


def packed_columns(columns: Columns, order: NDArray[np.int64]) -> dict[str, NDArray]:
    """What the source says of each image, in this order, as the bytes of an Arrow table; {} where it says nothing."""
    if not columns:
        return {}
    import pyarrow as pa

    table = pa.table(
        {name: values if isinstance(values, pa.ChunkedArray) else pa.array(values) for name, values in columns.items()}
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(table.take(pa.array(order)))
    return {"columns": np.frombuffer(sink.getvalue(), dtype=np.uint8)}


class PreparedDataset:
    """Labels and sample numbers in memory, images on disk until a range of them is asked for.

    holds_images: False where the split holds vectors, which stand here as images (f, 1, 1) of no range.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        with safe_open(self.path, framework="numpy") as file:
            self.labels: NDArray[np.int64] = file.get_tensor("labels")
            self.samples: NDArray[np.int64] = file.get_tensor("samples")
            about = file.metadata()
            self.classes: tuple[str, ...] = tuple(json.loads(about["classes"]))
            self._index: dict[str, Any] | None = json.loads(about["index"]) if "index" in about else None
            self._fit: tuple[int, ...] | None = tuple(json.loads(about["fit"])) if "fit" in about else None
            shape = self._fit or (self._index["shape"] if self._index else file.get_slice("images").get_shape()[1:])
            self.shape: tuple[int, ...] = tuple(shape)
        self._statistics = about.get("statistics")
        self.holds_images = "holds" not in about

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

    @property
    def changed(self) -> str | None:
        """What is said of the first file of the source that is another than when the split was prepared, if one is.

        Of formats that keep arrays nothing: what the split holds is what it held.
        """
        return None if self._index is None else self._indexed.images.changed

    def require_labels(self, limit: int | None, asked_by: str) -> None:
        """Raise DataError where one of the first images has no label; asked_by: what compares with labels."""
        labels = self.labels[:limit]
        if missing := int((labels < 0).sum()):
            raise DataError(
                f"{asked_by}: {missing:,} of {len(labels):,} images of the split have no label, with which its results "
                f"are compared; leave it out: {asked_by}: {{enabled: false}}"
            )

    def images(self, part: slice | None = None) -> NDArray:
        """Images (m, channels, height, width) at a range of positions, as far as there are; all of them for None.

        Of encoded images those of the range are decoded now. Raises DataError naming one that cannot be, or a file that
        has changed since the split was prepared.
        """
        start, stop, _ = (part or slice(None)).indices(len(self))
        if self._index is not None:
            return self._indexed.pixels(np.arange(start, max(start, stop)))
        images = self._read("images", slice(start, stop))
        return images if self._fit is None else fitted(images, self._fit)

    def images_at(self, rows: NDArray[np.int64]) -> NDArray:
        """Images at any positions, in this order; of encoded ones these are decoded now, as by `images`."""
        if self._index is not None:
            return self._indexed.pixels(rows)
        return np.concatenate([self.images(slice(0, 0)), *(self.images(slice(row, row + 1)) for row in rows.tolist())])

    @property
    def is_index(self) -> bool:
        """Whether images are decoded whenever they are asked for."""
        return self._index is not None

    @property
    def bytes_of_a_value(self) -> int:
        """Of an image as `images` gives it."""
        if self._index is not None:
            return int(np.dtype(self._index["kind"]).itemsize)
        return int(self.images(slice(0, 1)).itemsize)

    @cached_property
    def has_logits(self) -> bool:
        """Whether vectors came with logits."""
        with safe_open(self.path, framework="numpy") as file:
            return "logits" in file.keys()  # noqa: SIM118

    def logits(self, part: slice | None = None) -> NDArray[np.float64]:
        """(m, classes) at a range of positions, of a split that has them."""
        return self._read("logits", part)

    def _read(self, name: str, part: slice | None) -> NDArray:
        start, stop, _ = (part or slice(None)).indices(len(self))
        with safe_open(self.path, framework="numpy") as file:
            if not len(self):
                return file.get_tensor(name)
            stored = file.get_slice(name)  # safetensors refuses empty ranges
            return stored[start:stop] if start < stop else stored[0:1][:0]

    @cached_property
    def files(self) -> list[str | None]:
        """What the source calls each image, relative to the data set; None where it has no names."""
        if self._index is not None:
            images = self._indexed.images
            named = (images.file(row) for row in range(len(self)))
            return [None if name is None else plain(name) for name in named]
        further = self._further()
        if further is None or _FILE not in further.column_names:
            return [None] * len(self)
        return further[_FILE].to_pylist()

    @property
    def columns(self) -> pa.Table:
        """What the source says of each image beside its label; `file` where it has names. As many rows as images."""
        import pyarrow as pa

        columns = {_FILE: pa.array(self.files, pa.string())} if any(name is not None for name in self.files) else {}
        further = self._further()
        for name, values in zip(further.column_names, further.columns) if further is not None else ():
            if self._index is not None or name != _FILE:  # which arrays have their names from
                columns[f"source_{name}" if name in columns else name] = values
        return pa.table(columns) if columns else pa.table({"": pa.nulls(len(self))}).select([])

    def _further(self) -> pa.Table | None:
        with safe_open(self.path, framework="numpy") as file:
            if "columns" not in file.keys():  # noqa: SIM118
                return None
            packed = file.get_tensor("columns").tobytes()
        import pyarrow as pa

        return pa.ipc.open_stream(packed).read_all()

    @cached_property
    def _indexed(self) -> ImageIndex:
        assert self._index is not None
        return ImageIndex.opened(self.path, self._index)


def open_prepared(path: str | Path) -> PreparedDataset:
    """Open what `save` or `phiscope.datasets.prepare` wrote."""
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
