"""Labels as people read them."""

from __future__ import annotations

from collections.abc import Sequence

NO_LABEL = "no label"
NONE_LABELLED = "There are no labels to compare with."


def named(label: int, classes: Sequence[str]) -> str:
    """The name of a class, or words for an image that has no label, -1."""
    return classes[int(label)] if label >= 0 else NO_LABEL
