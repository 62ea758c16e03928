"""A folder of images per class: `<path>/<split>/<class>/*.png`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from phiscope.datasets.decode import decode_all
from phiscope.datasets.images import ImageDataset
from phiscope.errors import DataError

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm"}


def read(path: Path, split: str) -> ImageDataset:
    """Classes are the sorted names of the folders; samples are in the order of class, then file name."""
    folder = path / split
    classes = sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []
    if not classes:
        raise DataError(f"{folder}: expected one folder of images per class in it")
    files = [sorted(f for f in (folder / name).iterdir() if f.suffix.lower() in SUFFIXES) for name in classes]
    for name, members in zip(classes, files):
        if not members:
            raise DataError(f"{folder / name}: holds no images; expected files like {', '.join(sorted(SUFFIXES)[:4])}")
    every = [file for members in files for file in members]
    labels = np.repeat(np.arange(len(classes)), [len(members) for members in files])
    return ImageDataset(decode_all(every, list(map(str, every))), labels, tuple(classes))
