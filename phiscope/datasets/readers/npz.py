"""An .npz file with images and labels."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.classes import UNKNOWN
from phiscope.datasets.files import ABSENT, trouble
from phiscope.datasets.numpy_files import array, keys
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import WHOLE
from phiscope.datasets.texts import names
from phiscope.datasets.visible import entries
from phiscope.errors import DataError

_IMAGES, _LABELS = ("images", "x", "data"), ("labels", "y", "targets")
_NAMES = ("classes", "class_names", "label_names")


def splits(path: Path) -> list[str]:
    """The splits that the file's arrays name; in a folder, the files' names."""
    if path.is_dir():
        return [file.stem for file in entries(path) if file.suffix == ".npz"]
    return list(
        dict.fromkeys(split for split, kind in map(_parsed, keys(path)) if kind == "images" and split is not None)
    )


def read(path: Path, split: str) -> Rows:
    """`<split>_images` and `<split>_labels`, or Keras' `x_<split>` and `y_<split>` in either case, or in a folder
    `<split>.npz` with `images` and `labels`; names of the classes under `classes`, `class_names` or `label_names`.

    Images are (n, h, w), (n, channels, h, w) or (n, h, w, channels). A split without labels, beside one that has some,
    holds images of which none is known.
    """
    file = path / f"{split}.npz" if path.is_dir() else path
    if trouble(file) == ABSENT:
        raise DataError(f"{path}: there is no {split}.npz in it; expected one file of arrays for each split")
    held = keys(file)
    images, labels = _pair(held, file, split, named_by_file=path.is_dir())
    values = np.full(len(array(file, images)), UNKNOWN) if labels is None else array(file, labels)
    name_of = next((key for key in held if key.lower() in _NAMES), None)

    def read_images() -> NDArray:
        pixels = array(file, images)
        if pixels.ndim == 0 or len(pixels) != len(values):
            raise DataError(
                f"{file}: holds {len(pixels) if pixels.ndim else 0} images but {len(values)} labels; expected as many"
            )
        return pixels

    classes = None if name_of is None else names(array(file, name_of), f"{file}: {name_of}")
    unlabelled = None
    if labels is None:
        error = DataError(f"{file}: has no labels of {split}; expected {split}_labels or y_{split}: it is trained on")
        unlabelled = np.ones(len(values), np.bool_), error
    return Rows(str(file), values, read_images, classes, unlabelled=unlabelled)


def _parsed(key: str) -> tuple[str | None, str | None]:
    """(split, images or labels) of an array's name: x_train, train_images, images; None for what it is not."""
    for kind, words in (("images", _IMAGES), ("labels", _LABELS)):
        any_of = "|".join(words)
        match = re.fullmatch(rf"(?:(?P<before>.+)_)?(?:{any_of})(?:_(?P<after>.+))?", key, re.IGNORECASE)
        if match and not (match["before"] and match["after"]):
            return match["before"] or match["after"] or WHOLE, kind
    return None, None


def _pair(held: list[str], file: Path, split: str, *, named_by_file: bool) -> tuple[str, str | None]:
    """Names of the arrays of a split: the only ones of it that there are; None for labels that only others have."""
    has_labels = named_by_file or any(kind == "labels" for _, kind in map(_parsed, held))
    for wanted in (split, WHOLE) if named_by_file else (split,):
        images, labels = ([key for key in held if _parsed(key) == (wanted, kind)] for kind in ("images", "labels"))
        if len(images) > 1 or len(labels) > 1:
            raise DataError(
                f"{file}: {' and '.join(images if len(images) > 1 else labels)} could both be of {split}; keep one"
            )
        if images and (labels or has_labels):
            return images[0], labels[0] if labels else None
    raise DataError(
        f"{file}: holds {', '.join(held) or 'nothing'}; expected {split}_images and {split}_labels, or "
        f"x_{split} and y_{split}, or images and labels"
    )
