"""Names as data sets have them, as texts that every table can hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.limits import MOST_CLASSES, MOST_NAME
from phiscope.errors import DataError


def plain(text: str | bytes) -> str:
    r"""A text of UTF-8; bytes that are none, as in names of old systems, are written out: `caf\xe9`.

    All else is handed on as it is, control characters and marks included: they are names, and whoever shows them
    escapes them.
    """
    if isinstance(text, str):
        if text.isascii():
            return text
        text = text.encode("utf-8", "surrogateescape")
    return text.decode("utf-8", "backslashreplace")


def array_of(texts: Sequence[str], where: str) -> NDArray[np.str_]:
    """Names of the classes of images as an array, in which each takes the room of the longest: DataError for a text
    that is too long for a name."""
    longest = max(range(len(texts)), key=lambda k: len(texts[k]), default=None)
    if longest is not None and len(texts[longest]) > MOST_NAME:
        raise DataError(
            f"{where}: the label of image {longest} has {len(texts[longest]):,} characters, more than the "
            f"{MOST_NAME:,} of a name; name the column or array of the labels"
        )
    return np.array(texts, dtype=np.str_)


def names(values: NDArray, where: str) -> tuple[str, ...]:
    """Names of classes from an array of texts or whole numbers. Raises DataError for others."""
    if values.dtype.kind not in "USiub":
        raise DataError(f"{where}: is {values.dtype}; expected the names of the classes, as texts or whole numbers")
    return _short((plain(each) if isinstance(each, str | bytes) else str(each) for each in values.flat), where)


def listed(given: Any, where: str) -> tuple[str, ...]:
    """Names of classes from what somebody's function or file gives: texts, or whole numbers."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise DataError(f"{where}: got {type(given).__name__}; expected the names of the classes as a list")
    found = list(given)
    for each in found:
        if isinstance(each, bool) or not isinstance(each, str | bytes | int | np.integer):
            raise DataError(f"{where}: {each!r} is {type(each).__name__}; expected the names of the classes as texts")
    return _short((plain(each) if isinstance(each, str | bytes) else str(each) for each in found), where)


def _short(found: Iterable[str], where: str) -> tuple[str, ...]:
    every = tuple(found)
    if len(every) > MOST_CLASSES:
        raise DataError(f"{where}: names {len(every):,} classes, more than the {MOST_CLASSES:,} that are read")
    if long := next((each for each in every if len(each) > MOST_NAME), None):
        raise DataError(f"{where}: a name has {len(long):,} characters, more than the {MOST_NAME:,} that are read")
    return every
