"""From what a reader gives to one split of a data set: splits found, classes agreed on, images as one array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets import classes, split_images, splits
from phiscope.datasets.images import ImageDataset
from phiscope.datasets.options import DataOptions
from phiscope.datasets.order import stratified_order
from phiscope.datasets.readers import features, guess, reader, require_options
from phiscope.datasets.rows import Rows
from phiscope.datasets.vector_classes import Outputs, encoded_vectors
from phiscope.errors import DataError, shown

Say = Callable[[str], None]

_TEST_BLACK = 0.01  # of white: few test images may be dark, so that only black ones are asked about
_OTHER = {"train": "test", "test": "train"}


@dataclass(frozen=True)
class OpenedSource:
    """A path with the reader that opens it."""

    path: Path
    name: str
    own: Mapping[str, Any]
    options: DataOptions

    @classmethod
    def of(cls, path: Path, name: str | None, given: Mapping[str, Any]) -> OpenedSource:
        options, own = DataOptions.of(given)
        name = name or guess(path)
        require_options(name, reader(name).read, own, [field.name for field in fields(DataOptions)])
        return cls(path, name, own, options)

    @cached_property
    def found(self) -> list[str]:
        """The splits that the source names; `splits.WHOLE` for images in none."""
        return list(reader(self.name).splits(self.path, **self.own))

    def called(self, split: str) -> str | None:
        return splits.named(split, self.found, self.options.splits, str(self.path))

    def rows(self, called: str) -> Rows:
        return reader(self.name).read(self.path, called, **self.own)


@dataclass(frozen=True)
class OpenedSplit:
    """Rows of a split with their labels (n,) as numbers into `classes`; no image is decoded yet.

    dark: share of white below which the brightest of all values is asked about. other: the rows of the other split,
    whose images must have the same shape; splits: which of the two is which, this one first.
    """

    rows: Rows
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    options: DataOptions
    dark: float = 0.5
    other: Rows | None = None
    splits: tuple[str, str] = ("train", "test")

    def decoded(self, say: Say) -> ImageDataset:
        if self.rows.are_vectors:
            raise DataError(f"{self.rows.where}: holds vectors, no images; expected them in a run, as dataset.reader")
        images, kept = split_images.images_of(self.rows, self.options, say, dark=self.dark)
        self.require_shape(images.shape[1:])
        return ImageDataset(images, self.labels[kept], self.classes, kept)

    def require_shape(self, shape: tuple[int, ...]) -> None:
        """Raise DataError where the first image of the other split has another shape than this split's."""
        if self.other is None or (other := split_images.first_shape(self.other, self.options)) in (None, shape):
            return
        shapes = dict(zip(self.splits, (shape, other)))
        raise split_images.differ(shapes["train"], shapes["test"], self.rows.where)


def open_split(
    path: Path,
    split: str,
    name: str | None,
    given: Mapping[str, Any],
    say: Say,
    only: str | None = None,
    outputs: Outputs | None = None,
) -> OpenedSplit:
    """`train` or `test`, with the classes of the training split.

    only: the split that there is of vectors, where the other is not there, or not to be used; outputs: of vectors,
    says how many classes there are where labels do not, see `vector_classes`.
    """
    source = OpenedSource.of(path, name, given)
    if only is not None:
        return _alone(source, only, say, outputs)
    if source.options.test_share is not None:
        return _share(source, split, say, outputs)
    called = {each: source.called(each) for each in _OTHER}
    own, other = called[split], called[_OTHER[split]]
    if own is None and source.found:
        raise splits.missing(split, source.found, str(path), vectors=source.name == features.NAME)
    own = own or split  # where nothing is found, the reader says what it looked for
    if own == other or (other is not None and (path / own).is_dir() and (path / own).samefile(path / other)):
        raise DataError(
            f"{path}: train and test are both {own!r}; expected different images, see dataset.options.splits"
        )
    unused = [name for name in source.found if name != splits.WHOLE and name not in called.values()]
    if unused and split == "train":
        say(shown(f"not used: {', '.join(unused)}, beside the splits {' and '.join(filter(None, (own, other)))}"))
    if own != split:
        say(f"{split} {'vectors' if source.name == features.NAME else 'images'} are those of {own!r}")
    mine = source.rows(own)
    theirs = None if other is None else source.rows(other)
    if theirs is not None and split_images.are_same(mine, theirs):
        kind = "vectors" if mine.are_vectors else "images"
        say(f"train and test hold the same {len(mine)} {kind}: the test split says nothing of new ones")
    if mine.are_vectors:
        both = {split: mine} | ({} if theirs is None else {_OTHER[split]: theirs})
        labels, names = encoded_vectors(split, both, source.options, say, outputs)
    else:
        train, test = (mine, theirs) if split == "train" else (theirs, mine)
        labels, names = classes.encoded(mine, train, test, source.options, say)
    judge = split == "train" or theirs is None
    dark = 0.5 if judge else _TEST_BLACK
    return OpenedSplit(mine, labels, names, source.options, dark, theirs, (split, _OTHER[split]))


def _alone(source: OpenedSource, split: str, say: Say, outputs: Outputs | None) -> OpenedSplit:
    """Vectors of one split, without the other; those that stand in no split are taken for it."""
    if source.options.test_share is not None:
        raise DataError(
            f"{source.path}: dataset.only: {split} and dataset.options.test_share contradict each other; leave one out"
        )
    called = source.called(split)
    if called is None and splits.WHOLE not in source.found:
        raise splits.missing(split, source.found, str(source.path), vectors=source.name == features.NAME)
    if called not in (None, split):
        say(f"{split} vectors are those of {called!r}")
    rows = source.rows(splits.WHOLE if called is None else called)
    if not rows.are_vectors:
        raise DataError(f"{source.path}: dataset.only: {split}: is for vectors, the reader features; leave it out")
    labels, names = encoded_vectors(split, {split: rows}, source.options, say, outputs)
    return OpenedSplit(rows, labels, names, source.options)


def open_whole(path: Path, name: str | None, given: Mapping[str, Any], say: Say) -> OpenedSplit:
    """Images that are looked at without a training split: the test split or, where images stand in no split, all."""
    source = OpenedSource.of(path, name, given)
    if source.options.test_share is not None:
        raise DataError(f"{path}: dataset.options.test_share is for a data set with training images; leave it out here")
    called = source.called("test")
    if called is None and splits.WHOLE not in source.found:
        raise splits.missing("test", source.found, str(path))
    if called is None:
        say("the images stand in no split; all are taken")
    elif called != "test":
        say(f"test images are those of {called!r}")
    rows = source.rows(called or splits.WHOLE)
    labels = np.unique(np.asarray(rows.labels).reshape(len(rows), -1), axis=0, return_inverse=True)[1].reshape(-1)
    names = tuple(map(str, range(int(labels.max()) + 1)))
    return OpenedSplit(rows, labels.astype(np.int64), names, source.options)


def _share(source: OpenedSource, split: str, say: Say, outputs: Outputs | None) -> OpenedSplit:
    """A share of the images that there are as the test split, the others as the training split.

    ASSUME: drawn class by class with seed 0 whatever the run's seed is, so that another seed has the same test images;
    `sample` counts within the split, in the order of the source.
    """
    path, share = source.path, source.options.test_share or 0.0
    called, alone = source.called("train"), source.options.splits is not None
    if not alone and (there := source.called("test")) is not None:
        raise DataError(
            f"{path}: there is a test split, {there!r}; leave dataset.options.test_share out, or draw from the "
            f"training split alone with dataset.options.splits: {{train: {called or '<name>'}}}"
        )
    if called is None and splits.WHOLE not in source.found:
        raise splits.missing("train", source.found, str(path))
    rows = source.rows(splits.WHOLE if called is None else called)
    told = say if split == "train" else _silent
    if rows.are_vectors:
        labels, names = encoded_vectors("train", {"train": rows}, source.options, told, outputs)
    else:
        labels, names = classes.encoded(rows, rows, None, source.options, told)
    order = stratified_order(labels, seed=0)
    count = round(share * len(rows))
    if not 0 < count < len(rows):
        raise DataError(f"{path}: dataset.options.test_share {share:g} of {len(rows)} images leaves a split empty")
    members = np.sort(order[:count] if split == "test" else order[count:])
    kind = "vectors" if rows.are_vectors else "images"
    say(f"{split} {kind} are {len(members)} of {len(rows)}: dataset.options.test_share is {share:g}")
    dark = 0.5 if split == "train" else _TEST_BLACK
    return OpenedSplit(rows.take(members), labels[members], names, source.options, dark)


def _silent(text: str) -> None:
    pass
