"""A folder of images per class: `<path>/<split>/<class>/*.png`, or `<path>/<class>/*.png` where there are no splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from phiscope.datasets.decode import SUFFIXES, is_image
from phiscope.datasets.encoded import ImageFiles
from phiscope.datasets.files import is_file
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import UNLABELLED, WHOLE, is_usual
from phiscope.datasets.texts import plain
from phiscope.datasets.visible import entries, files_below, folders
from phiscope.errors import DataError


def splits(path: Path) -> list[str]:
    """The folders that have the usual names of splits; without any, the path itself holds the classes.

    A class may be called `train` as well: beside others, such folders are splits only where one holds folders.
    """
    found = [each for each in folders(path) if entries(each)]
    usual = [each for each in found if is_usual(each.name)]
    if usual and (len(usual) == len(found) or any(folders(each) for each in usual)):
        return [each.name for each in usual]
    return [WHOLE] if found else []


def read(path: Path, split: str) -> Rows:
    """Classes are the sorted names of the folders; samples are in the order of class, then path below it.

    Images lie at any depth below the folder of their class, under any of the usual suffixes or, where the suffix is
    none of these, are known by their content. Hidden files and folders are passed over. Images in a folder without
    folders have no label.
    """
    folder = path / split
    classes = folders(folder)
    if not classes:
        return _unlabelled(path, folder)
    files = [[file for file in files_below(each) if is_image(file)] for each in classes]
    for each, members in zip(classes, files):
        if not members:
            raise DataError(f"{each}: holds no images; expected files like {', '.join(sorted(SUFFIXES)[:4])}")
    every = [file for members in files for file in members]
    labels = np.repeat(np.arange(len(classes)), [len(members) for members in files])
    images = ImageFiles(path, [str(file.relative_to(path)) for file in every])
    return Rows(str(folder), labels, images, tuple(plain(each.name) for each in classes))


def _unlabelled(path: Path, folder: Path) -> Rows:
    files = [file for file in entries(folder) if is_file(file) and is_image(file)]
    if not files:
        raise DataError(f"{folder}: expected one folder of images per class in it")
    share = "dataset.options: {splits: {train: <name>}, test_share: 0.2} draws labelled ones for testing"
    error = DataError(f"{folder}: expected one folder of images per class in it; {UNLABELLED}; {share}")
    labels, none = np.full(len(files), -1), np.ones(len(files), np.bool_)
    images = ImageFiles(path, [str(file.relative_to(path)) for file in files])
    return Rows(str(folder), labels, images, unlabelled=(none, error))
