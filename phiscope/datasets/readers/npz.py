"""An .npz file with images and labels."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.images import ImageDataset
from phiscope.errors import DataError


def read(path: Path, split: str, *, classes: list[str] | None = None) -> ImageDataset:
    """`<split>_images` and `<split>_labels`, or Keras' `x_<split>` and `y_<split>`, or in a folder
    `<split>.npz` with `images` and `labels`.

    ASSUME: images are (n, h, w), (n, channels, h, w) or (n, h, w, channels); where the last axis is 1 or 3 and
    the second is not, the channels stand last. Integers are 0 to 255, floats 0 to 1.
    """
    file = path / f"{split}.npz" if path.is_dir() else path
    try:
        with np.load(file, allow_pickle=False) as content:
            images, labels = _pair(content, file, split)
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(f"{file}: not a whole .npz file of plain arrays ({error})") from error
    labels = labels.reshape(-1) if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if len(images) != len(labels):
        raise DataError(f"{file}: holds {len(images)} images but {len(labels)} labels; expected as many")
    if not np.issubdtype(labels.dtype, np.integer):
        raise DataError(f"{file}: labels are {labels.dtype}; expected integers")
    names = classes or [str(k) for k in range(int(labels.max()) + 1)]
    return ImageDataset(_channels_first(_eight_bit_or_unit(images, file), file), labels.astype(np.int64), tuple(names))


def _pair(content: np.lib.npyio.NpzFile, file: Path, split: str) -> tuple[NDArray, NDArray]:
    for images, labels in (
        (f"{split}_images", f"{split}_labels"),
        (f"x_{split}", f"y_{split}"),
        ("images", "labels"),
    ):
        if images in content and labels in content:
            return content[images], content[labels]
    raise DataError(
        f"{file}: holds {', '.join(content.files) or 'nothing'}; expected {split}_images and {split}_labels, or "
        f"x_{split} and y_{split}, or images and labels"
    )


def _eight_bit_or_unit(images: NDArray, file: Path) -> NDArray:
    if np.issubdtype(images.dtype, np.floating):
        return images.astype(np.float32)
    if not np.issubdtype(images.dtype, np.integer) or images.min() < 0 or images.max() > 255:
        raise DataError(f"{file}: images are {images.dtype}; expected integers from 0 to 255 or floats from 0 to 1")
    return images.astype(np.uint8)


def _channels_first(images: NDArray, file: Path) -> NDArray:
    if images.ndim == 3:
        return images[:, None]
    if images.ndim != 4:
        raise DataError(f"{file}: images have shape {images.shape}; expected three or four axes, images first")
    if images.shape[-1] in (1, 3) and images.shape[1] not in (1, 3):
        return np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    return images
