"""A reader of the user's own: one function of a path and a split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded import ContentsInMemory, EncodedImages, ImageFiles
from phiscope.datasets.files import is_file, require_file
from phiscope.datasets.functions import function
from phiscope.datasets.images import ImageDataset
from phiscope.datasets.rows import Rows
from phiscope.datasets.texts import listed
from phiscope.errors import DataError, PhiscopeError

_EXPECTED = "images and labels, or images, labels and the names of the classes"


@dataclass(frozen=True)
class Own:
    """`package.module:function`, called as function(path, split, **options), which returns images and labels, or these
    and the names of the classes.

    Images are an array, as `phiscope.datasets.readers.npz` takes it, or a list of image files, each a path or bytes;
    labels are numbers or names. It is asked for both splits, as classes are one list for both.
    """

    name: str

    def splits(self, path: Path, **options: Any) -> list[str]:
        return ["train", "test"]

    @property
    def read(self) -> Callable[..., Rows]:
        call = function(self.name, "dataset.reader")

        @wraps(call)
        def read(path: Path, split: str, **options: Any) -> Rows:
            try:
                result = call(path, split, **options)
            except PhiscopeError:
                raise
            except (Exception, SystemExit) as error:  # a function of the user's own can fail in any way
                raise DataError(
                    f"{path}: dataset.reader {self.name} failed on {split} ({type(error).__name__}: {error})"
                ) from error
            return self._rows(result, path, f"{path}, {split}")

        return read

    def _rows(self, result: Any, path: Path, where: str) -> Rows:
        if isinstance(result, ImageDataset):
            result = (result.images, result.labels, result.classes)
        if not isinstance(result, tuple) or len(result) not in (2, 3):
            raise DataError(
                f"{where}: dataset.reader {self.name} returned {type(result).__name__}; expected {_EXPECTED}"
            )
        images, labels = _images(result[0], where), _array(result[1], f"{where}: the labels")
        count = len(images) if isinstance(images, list) or images.ndim else 0
        if not count or labels.ndim == 0 or count != len(labels):
            of_labels = len(labels) if labels.ndim else 0
            raise DataError(f"{where}: holds {count} images but {of_labels} labels; expected as many, and some")
        classes = listed(result[2], f"{where}: dataset.reader {self.name}") if len(result) == 3 else None
        if isinstance(images, list):
            return Rows(where, labels, _encoded(images, path, where), classes)
        return Rows(where, labels, lambda: images, classes)


def _images(given: Any, where: str) -> NDArray | list[bytes | Path | None]:
    """An array as it is, files as bytes or paths."""
    if isinstance(given, list | tuple) and all(isinstance(each, bytes | str | Path) for each in given):
        return [Path(each) if isinstance(each, str) else each for each in given]
    return _array(given, f"{where}: the images")


def _array(given: Any, where: str) -> NDArray:
    try:
        return np.asarray(given)
    except Exception as error:  # whatever has to become an array here can fail in any way
        raise DataError(f"{where} are no array ({type(error).__name__}: {error}); expected all of one shape") from error


def _encoded(images: list[bytes | Path | None], path: Path, where: str) -> EncodedImages:
    files = [image for image in images if isinstance(image, Path)]
    root = path if path.is_dir() else path.parent
    for file in files if len(files) < len(images) else [root / file for file in files]:
        if not is_file(file):
            require_file(file)
    if len(files) < len(images):
        return ContentsInMemory(where, images.__getitem__, np.arange(len(images)))
    return ImageFiles(root, [str(file.relative_to(root) if file.is_relative_to(root) else file) for file in files])
