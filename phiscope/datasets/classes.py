"""Labels as numbers from 0 into one list of classes, which is the same for both splits by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.labels import Labels, are_values, labels_of, require_range
from phiscope.datasets.limits import MOST_CLASSES
from phiscope.datasets.options import DataOptions
from phiscope.datasets.rows import Rows
from phiscope.errors import DataError

_SHOWN = 10
_UNLESS = (
    "; if that is no class, leave it out: images straight in the folder of the test split have no label, nor have "
    "those with empty cells"
)
UNKNOWN = -1  # in place of a label


def encoded(
    own: Rows, train: Rows | None, test: Rows | None, options: DataOptions, say: Callable[[str], None]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels (n,) of `own`, which is one of the two splits, -1 of test images that have none; the classes they number.

    Classes are those of the training split, in its order, or `options.classes`. Raises DataError where the test split
    has one that training has not, where numbers are skipped, or where no two classes are left.
    """
    if not len(own):
        raise DataError(f"{own.where}: holds no images; expected some with a label each")
    if own is test:
        return _with_unlabelled(own, train, options, say)
    test, _ = known(test, options)
    return of_labelled(own, train, test, options, say)


def _with_unlabelled(
    own: Rows, train: Rows | None, options: DataOptions, say: Callable[[str], None]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels of the test split, -1 of images that have none: these need the training split to say what classes are."""
    labelled, unlabelled = known(own, options)
    count = int(unlabelled.sum())
    if labelled is not None:
        labels, classes = of_labelled(labelled, train, labelled, options, say)
    elif train is not None:
        labels, (_, classes) = np.empty(0, np.int64), of_labelled(train, train, None, options, _silent)
    else:
        raise own.unlabelled[1] if own.unlabelled else DataError(f"{own.where}: none of the images has a label")
    if count:
        some = f"{count} of {len(own)} images" if labelled is not None else f"all {count} images"
        say(f"{some} of the test split have no label: they are measured, and left out of accuracy and errors")
    every = np.full(len(own), UNKNOWN)
    every[~unlabelled] = labels
    return every, classes


def known(rows: Rows | None, options: DataOptions) -> tuple[Rows | None, NDArray[np.bool_]]:
    """The rows of a split that have labels, None for none, and which have none: the source says so, or -1."""
    if rows is None:
        return None, np.zeros(0, np.bool_)
    if rows.unlabelled is not None:
        unlabelled = rows.unlabelled[0]
    elif rows.labels.ndim == 1 and rows.labels.dtype.kind in "if" and not _means_minus_one(options):
        unlabelled = rows.labels == UNKNOWN
    else:
        unlabelled = np.zeros(len(rows), np.bool_)
    if not unlabelled.any():
        return rows, unlabelled
    return (None if unlabelled.all() else replace(rows.take(np.flatnonzero(~unlabelled)), unlabelled=None)), unlabelled


def _means_minus_one(options: DataOptions) -> bool:
    """Whether -1 is the number of a class."""
    first = options.first_label is not None and options.first_label < 0
    return first or (are_values(options) and UNKNOWN in (options.classes or ()))


def _silent(text: str) -> None:
    pass


def of_labelled(
    own: Rows, train: Rows | None, test: Rows | None, options: DataOptions, say: Callable[[str], None]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """As `encoded`, of rows that all have labels."""
    splits = {name: labels_of(rows, options) for name, rows in (("train", train), ("test", test)) if rows is not None}
    mine = splits["train" if own is train else "test"]
    if len({each.are_names or each.classes is not None for each in splits.values()}) > 1:
        splits = _with_names(splits, say)
        mine = splits["train" if own is train else "test"]
    if mine.are_names or mine.classes is not None:
        classes = _by_name(splits, options)
        labels = _numbers(mine, classes)
    else:
        labels, classes = _by_number(splits, mine, options)
    if len(classes) > MOST_CLASSES:
        raise _too_many(len(classes), own.where)
    if len(classes) < 2:
        raise DataError(f"there is one class only, {classes[0]!r}; expected two at least, for a boundary between them")
    empty = np.setdiff1d(np.arange(len(classes)), labels)
    if len(empty):
        kind = "train" if own is train else "test"
        say(f"the {kind} split has no image of {_quoted(classes[k] for k in empty)}")
    single = np.flatnonzero(np.bincount(labels, minlength=len(classes)) == 1)
    if own is train and len(single):
        say(f"the train split has a single image of {_quoted(classes[k] for k in single)}: none can be held out")
    return labels, classes


def order_to_doubt(classes: Sequence[str]) -> str | None:
    """A sentence where names of classes are sorted as texts and numbers in them would be in another order: 10 before 2.

    A network may have been trained with either. None where both are the same, or where the order is neither.
    """
    by_number = sorted(classes, key=by_numbers)
    if list(classes) != sorted(classes) or list(classes) == by_number:
        return None
    place = next(k for k, (name, other) in enumerate(zip(classes, by_number)) if name != other)
    return (
        f"classes are in the order of their names as texts, {classes[place]!r} before {by_number[place]!r}; a network "
        "that was trained with them in the order of their numbers has its outputs in another order: list the classes "
        "in the order of the outputs in dataset.options.classes"
    )


def by_numbers(name: str) -> list[tuple[bool, int, str]]:
    """Digits count as one number, wherever they stand in the name."""
    parts = re.split(r"(\d+)", name)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts if part]


def _with_names(splits: dict[str, Labels], say: Callable[[str], None]) -> dict[str, Labels]:
    """One split has names for its numbers, the other numbers alone: the names are taken for both, and that is said."""
    known = next(name for name, each in splits.items() if each.are_names or each.classes is not None)
    other = "test" if known == "train" else "train"
    if splits[known].are_names:
        raise DataError(
            f"labels of the {known} split are names, those of the {other} split numbers; expected the same in both"
        )
    classes = splits[known].classes
    require_range(splits[other].values, len(classes or ()), splits[other].where)
    say(f"the {other} split names no classes; its numbers are taken for those of the {known} split")
    return splits | {other: Labels(splits[other].values, classes, splits[other].where)}


def _by_name(splits: dict[str, Labels], options: DataOptions) -> tuple[str, ...]:
    if options.classes is not None:
        classes = tuple(map(str, options.classes))
        for name, each in splits.items():
            unknown = [label for label in each.listed if label not in classes]
            if unknown:
                raise DataError(
                    f"{each.where}: the {name} split has {_quoted(unknown)}, not among dataset.options.classes "
                    f"({_quoted(classes)}); expected every class there"
                )
        return classes
    base = splits.get("train") or splits["test"]
    _require_once(base)
    new = [label for label in splits["test"].listed if label not in base.listed] if "test" in splits else []
    if new:
        absent = [label for label in base.listed if label not in splits["test"].listed]
        alike = [(a, b) for a in new for b in absent if a.lower() == b.lower()]
        raise DataError(
            f"classes differ between the splits: only test has {_quoted(new)}"
            + (f"; only train has {_quoted(absent)}" if absent else "")
            + (f" ({alike[0][0]!r} and {alike[0][1]!r} differ in case)" if alike else "")
            + "; expected the same names in both: rename them, or list all in dataset.options.classes"
            + ("" if set(new) < set(splits["test"].listed) or len(new) > 1 else _UNLESS)
        )
    return base.listed


def _require_once(labels: Labels) -> None:
    twice = [name for name, count in Counter(labels.listed).items() if count > 1]
    if twice:
        raise DataError(f"{labels.where}: names {_quoted(twice)} twice; expected every class once")


def _numbers(labels: Labels, classes: tuple[str, ...]) -> NDArray[np.int64]:
    if labels.classes == classes and not labels.are_names:
        return labels.values.astype(np.int64)
    number = {name: k for k, name in enumerate(classes)}
    return np.array([number[name] for name in labels.names.tolist()], dtype=np.int64)


def _by_number(
    splits: dict[str, Labels], mine: Labels, options: DataOptions
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Numbers without names: they have to be 0, 1, 2 and so on, unless `options.classes` says what they are."""
    if are_values(options):
        return _by_value(splits, mine, options)
    if options.classes is not None:
        for each in splits.values():
            require_range(each.values, len(options.classes), each.where, options.first_label or 0)
        return mine.values, tuple(map(str, options.classes))
    base = splits.get("train") or splits["test"]
    count = int(base.values.max()) + 1 if len(base.values) else 0
    first = options.first_label or 0
    if "train" in splits:
        _require_known(splits, count, first)
        _require_no_gap(np.unique(base.values), base.where, first)
    if count > MOST_CLASSES:
        raise _too_many(count, base.where)
    return mine.values, tuple(str(k + first) for k in range(count))


def _require_known(splits: dict[str, Labels], count: int, first: int) -> None:
    if "test" in splits:
        only = np.setdiff1d(splits["test"].values, splits["train"].values)
        if len(only):
            highest = max(count - 1, int(only.max())) + first
            raise DataError(
                f"classes differ between the splits: only test has {_listed(only + first)}; expected classes of the "
                f"training split, or list all with dataset.options.classes: [{first}, ..., {highest}]"
            )


def _require_no_gap(present: NDArray, where: str, first: int) -> None:
    start, count = int(present[0]), int(present[-1]) + 1
    if count - start > len(present):
        raise DataError(
            f"{where}: labels skip {_skipped(present, first)}; give dataset.options.classes: the labels that occur, "
            f"[{_listed(present + first)}], to number them anew, or all, [{start + first}, ..., {count - 1 + first}], "
            "where the network has outputs for these as well"
        )
    if start:
        raise DataError(
            f"{where}: labels begin at {start + first}; give dataset.options.first_label: {start + first}, or "
            f"dataset.options.classes: [{first}, ..., {count - 1 + first}] where the network has outputs below as well"
        )


def _skipped(present: NDArray, first: int) -> str:
    """The first numbers that are not there, and how many more: there may be more of them than there is memory."""
    behind = present[:-1][np.diff(present) > 1]
    ends = present[1:][np.diff(present) > 1]
    shown: list[int] = []
    for low, high in zip(behind.tolist(), ends.tolist()):
        shown += range(low + 1, min(high, low + 1 + _SHOWN))
        if len(shown) >= _SHOWN:
            break
    rest = int(present[-1] - present[0]) + 1 - len(present) - len(shown[:_SHOWN])
    named = ", ".join(str(number + first) for number in shown[:_SHOWN])
    return f"{named} and {rest} more" if rest else named


def _too_many(count: int, where: str) -> DataError:
    return DataError(
        f"{where}: labels tell {count:,} classes apart, more than the {MOST_CLASSES:,} that are read; name the column "
        "or array of the labels, or list the label values in dataset.options.classes"
    )


def _by_value(
    splits: dict[str, Labels], mine: Labels, options: DataOptions
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    values = np.array(options.classes, dtype=np.int64)
    first = options.first_label or 0
    for name, each in splits.items():
        unknown = np.setdiff1d(each.values + first, values)
        if len(unknown):
            raise DataError(
                f"{each.where}: the {name} split has the label{'s' if len(unknown) > 1 else ''} {_listed(unknown)}, "
                f"not among dataset.options.classes ({_listed(values)}); expected every label there"
            )
    order = np.argsort(values)
    return order[np.searchsorted(values[order], mine.values + first)], tuple(map(str, values.tolist()))


def _quoted(names: Iterable[str]) -> str:
    return _joined([repr(str(name)) for name in names])


def _listed(numbers: NDArray) -> str:
    return _joined([str(number) for number in numbers.tolist()])


def _joined(words: Sequence[str]) -> str:
    rest = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
