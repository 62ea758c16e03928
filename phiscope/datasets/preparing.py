"""Prepare a split: check it, put it in order, and write it as arrays or, of encoded images, as an index.

What is checked of encoded images before anything is computed: the header of every image that a limit leaves, for size,
channels and depth; the first images of the order whole, for damage and the range of values. The file that is written
does not depend on the limit, unless an image beyond the limit has another depth than those within.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets import pixels, split_images
from phiscope.datasets.classes import UNKNOWN
from phiscope.datasets.decode import Header, is_image
from phiscope.datasets.encoded import Encoded, EncodedImages, ImageFiles, in_blocks
from phiscope.datasets.fetch import PerFile, located
from phiscope.datasets.index import Decoding, ImageIndex
from phiscope.datasets.loading import OpenedSplit, open_split, open_whole
from phiscope.datasets.options import DataOptions
from phiscope.datasets.order import stratified_order
from phiscope.datasets.prepared import packed_columns, save, save_arrays, write_prepared
from phiscope.datasets.readers import features
from phiscope.datasets.rows import Rows
from phiscope.datasets.statistics import MOST, Moments, PixelStatistics, moments
from phiscope.datasets.vector_classes import Outputs
from phiscope.datasets.vectors import write_no_vectors, write_vectors
from phiscope.datasets.visible import files_below
from phiscope.errors import DataError, shown

Say = Callable[[str], None]

COLLECTION = "images"  # the reader that takes every image file


@dataclass(frozen=True)
class Specification:
    """A data set as the configuration gives it: see `phiscope.datasets.load`."""

    path: str
    reader: str | None = None
    checksum: PerFile = None
    url: PerFile = None
    options: Mapping[str, Any] | None = None
    only: str | None = None

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> Specification:
        """From a part of the configuration, which says more than how data are read."""
        return cls(**{field.name: section[field.name] for field in fields(cls) if field.name in section})

    @property
    def found(self) -> tuple[Path, str | None]:
        """The path, which is there and what its checksum says, and the name of the reader where it is known."""
        if self.path == "digits" and self.reader in (None, "digits"):
            return Path("digits"), "digits"
        if self.reader == features.NAME and features.is_bundled(Path(self.path)):
            return Path(self.path), self.reader
        return located(self.path, self.checksum, self.url), self.reader


def prepare(
    dataset: Specification,
    split: str,
    to: str | Path,
    *,
    seed: int,
    limit: int | None = None,
    origin: str = "",
    say: Say = print,
    outputs: Outputs | None = None,
) -> None:
    """Write `train` or `test` in stratified order to the file `to`, which `open_prepared` opens.

    limit: how many images of the order are going to be used, and are looked at therefore; all for None. It does not
    change what is prepared. origin: a fingerprint of what makes it. outputs: as in `open_split`. If `dataset.only` is
    the other split, this one is written without a vector. Raises DataError as `load`.
    """
    path, reader = dataset.found
    with naming(path, split):
        absent = dataset.only not in (None, split)
        opened = open_split(
            path, split, reader, dataset.options or {}, _silent if absent else say, dataset.only, outputs
        )
        if absent:
            write_no_vectors(opened, to, origin=origin)
        elif opened.rows.are_vectors:
            write_vectors(opened, to, seed=seed, origin=origin)
        elif isinstance(opened.rows.images, EncodedImages):
            decoding = Decoding(opened.options)
            _write_index(opened, decoding, dataset.path, to, seed=seed, limit=limit, origin=origin, say=say)
        else:
            images = opened.decoded(say)
            save(images, to, seed, origin, opened.rows.columns())


def prepare_other(
    dataset: Specification,
    to: str | Path,
    *,
    shape: tuple[int, ...],
    seed: int,
    limit: int | None = None,
    origin: str = "",
    say: Say = print,
) -> None:
    """Write the images of another data set, made to fit `shape` (channels, height, width), without labels.

    reader `images`: every image file below the path, of any size; other readers as in `phiscope.datasets.load`. ASSUME:
    the test split, as that is what the classifier's own samples are compared with.
    """
    path, reader = dataset.found
    with naming(path, "test"):
        if reader == COLLECTION:
            opened, any_size = _collection(path, dataset.options), True
        else:
            opened, any_size = open_whole(path, reader, dataset.options or {}, say), False
        if opened.rows.are_vectors:
            write_vectors(opened, to, seed=seed, origin=origin, length=shape[0])
            return
        if isinstance(opened.rows.images, EncodedImages):
            decoding = Decoding(opened.options, shape, any_size)
            unlabelled = replace(opened, classes=())
            _write_index(unlabelled, decoding, dataset.path, to, seed=seed, limit=limit, origin=origin, say=say)
            return
        images = opened.decoded(say)
        order = stratified_order(images.labels, seed)
        columns, none = packed_columns(opened.rows.columns(), order), np.full(len(order), UNKNOWN)
        save_arrays(images.images[order], none, images.samples[order], (), to, origin, columns, fit=shape)


def _silent(text: str) -> None:
    pass


@contextmanager
def naming(path: Path, split: str) -> Iterator[None]:
    """Checks of the finished arrays know no file: say which one they speak of."""
    try:
        yield
    except DataError as error:
        raise error if shown(str(path)) in str(error) else DataError(f"{path}, {split}: {error}") from error


def _collection(path: Path, options: Mapping[str, Any] | None) -> OpenedSplit:
    if options:
        raise DataError(f"datasets: options {dict(options)}: the reader `images` takes none; leave them out")
    images = image_files(path)
    labels = np.zeros(len(images), np.int64)
    return OpenedSplit(Rows(str(path), labels, images), labels, (), DataOptions())


def image_files(path: Path) -> ImageFiles:
    """Every image file below a folder, or one file, in the order of the paths."""
    root = path if path.is_dir() else path.parent
    files = [path] if path.is_file() else [file for file in files_below(path) if is_image(file)]
    if not files:
        raise DataError(f"{path}: holds no images; expected files like .png or .jpg in it")
    return ImageFiles(root, [str(file.relative_to(root)) for file in files])


def _write_index(
    opened: OpenedSplit,
    decoding: Decoding,
    path: str,
    to: str | Path,
    *,
    seed: int,
    limit: int | None,
    origin: str,
    say: Say,
) -> None:
    """Without classes labels only spread the order over what is there, and are forgotten."""
    assert isinstance(opened.rows.images, EncodedImages)
    images = opened.rows.images.stamped()  # before they are looked at
    look = _Look(opened, images, decoding, say)
    kept = look.at_all() if opened.options.skip_damaged else np.arange(len(images))
    order = kept[stratified_order(opened.labels[kept], seed)]
    shape, kind = look.at(order, limit)
    if decoding.fit is None:
        opened.require_shape(shape)
    index = ImageIndex(images.take(order), decoding, decoding.fit or shape, kind, Path(to))
    arrays, about = index.packed(path)
    arrays["labels"] = opened.labels[order] if opened.classes else np.full(len(order), UNKNOWN)
    arrays["samples"] = order
    arrays |= packed_columns(opened.rows.columns(), order)
    write_prepared(arrays, opened.classes, to, origin, look.statistics(order), about)


@dataclass(frozen=True)
class _Seen:
    """What is kept of a decoded image; moments: of its pixels as they are used."""

    shape: tuple[int, ...]
    is_float: bool
    turned: bool
    transparent: bool
    several: bool
    highest: float
    white: float
    moments: Moments

    @property
    def brightness(self) -> float:
        """Of the brightest pixel, as a share of white."""
        return self.highest / self.white


class _Look:
    """What images of a split were found to be, by row: decoded ones, and headers of others."""

    def __init__(self, opened: OpenedSplit, images: EncodedImages, decoding: Decoding, say: Say) -> None:
        self._opened, self._images, self._decoding, self._say = opened, images, decoding, say
        self._decoded: dict[int, _Seen] = {}
        self._headers: dict[int, Header] = {}

    def at_all(self) -> NDArray[np.int64]:
        """Decode every image; the rows of those that are not damaged, in order."""
        self._decode(np.arange(len(self._images)))
        return np.array(sorted(self._decoded))

    def at(self, order: NDArray[np.int64], limit: int | None) -> tuple[tuple[int, ...], str]:
        """Decode the first images of the order, read the headers of others within the limit, and require that all are
        alike. Shape (channels, height, width) and type of the split's images."""
        self._decode(order[:MOST])
        if not self._decoding.any_size:
            self._require_bright(order)
        self._read_headers(order[MOST:limit])
        self._tell()
        if self._decoding.any_size:
            return (), "float32"
        shapes = {row: each.shape for row, each in self._decoded.items()}
        if self._decoding.options.transform is None:  # whose result headers do not tell
            shapes |= {row: each.shape for row, each in self._headers.items()}
        split_images.require_alike(dict(sorted(shapes.items())), self._images.name)
        options = self._decoding.options
        deep = any(pixels.is_float(each, options) for each in self._headers.values()) and options.transform is None
        is_float = self._decoding.fit is not None or deep or any(each.is_float for each in self._decoded.values())
        return next(iter(shapes.values())), "float32" if is_float else "uint8"

    def statistics(self, order: NDArray[np.int64]) -> PixelStatistics:
        return PixelStatistics.of_moments(self._decoded[row].moments for row in order[:MOST].tolist())

    def _decode(self, rows: NDArray[np.int64]) -> None:
        rows = np.array([row for row in rows.tolist() if row not in self._decoded], dtype=np.int64)
        if len(rows):
            found = in_blocks(self._images, rows, split_images.attempt(self._one))
            self._decoded |= self._undamaged({int(rows[k]): each for k, each in found})

    def _read_headers(self, rows: NDArray[np.int64]) -> None:
        rows = np.array([row for row in rows.tolist() if row not in self._decoded], dtype=np.int64)

        def header(source: Encoded, row: int) -> Header:
            return pixels.seen(source, self._images.name(row), self._decoding.options)

        if len(rows):
            found = in_blocks(self._images, rows, split_images.attempt(header))
            self._headers |= self._undamaged({int(rows[k]): each for k, each in found})

    def _undamaged(self, found: Mapping[int, Any]) -> dict[int, Any]:
        options, where = self._opened.options, self._opened.rows.where
        return split_images.undamaged(found, len(self._images), options, self._say, where)

    def _one(self, source: Encoded, row: int) -> _Seen:
        value = self._decoding.values(source, self._images.name(row))
        final = self._decoding.fitted(value.pixels)
        return _Seen(
            value.pixels.shape,
            value.pixels.dtype != np.uint8,
            value.turned,
            value.transparent,
            value.several,
            value.highest,
            value.white,
            moments(final),
        )

    def _require_bright(self, order: NDArray[np.int64]) -> None:
        """One bright image is enough; where the first images are dark, more are decoded until one is found."""
        opened, begin = self._opened, MOST
        while True:
            brightest = max(self._decoded.values(), key=lambda each: each.brightness)
            if brightest.brightness >= opened.dark or begin >= len(order) or opened.options.range is not None:
                break
            self._decode(order[begin : begin + MOST])
            begin += MOST
        pixels.require_bright(brightest.highest, brightest.white, opened.dark, opened.options, opened.rows.where)

    def _tell(self) -> None:
        decoded = self._decoded.values()
        looked: list[_Seen | Header] = [*decoded, *self._headers.values()]
        every = len(self._images)
        chosen = split_images.Chosen(
            sum(each.turned for each in looked),
            sum(each.several for each in looked),
            sum(each.transparent for each in decoded),
            len(decoded) if len(decoded) < every else None,
            len(looked) if len(looked) < every else None,
        )
        chosen.tell(self._decoding.options, self._say)
