"""How one configuration is laid over another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What is said of one thing and of no other: keys that go when the key before the colon changes.
_BELONGS: dict[str, tuple[str, ...]] = {
    "factory": ("arguments", "normalise", "weights", "head", "output", "columns", "lower_bound"),
    "reader": ("options",),
    "path": ("checksum", "url", "is_papers", "human_labels", "prefix", "key"),
}
# What replaces a mapping as a whole: another kind of view.
_REPLACES = ("kind",)
# Mappings whose keys are not ours: null is a value there, unless it takes away what stands below.
_FREE = ("arguments", "options")


def overlaid(below: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, laid over what stands below, mapping by mapping; everything else is replaced whole.

    What is given stands first, in its own order: where order counts, such as for the encoder that views use or the rows
    of a table, what a file names comes before what stands below alone. Another kind of view replaces what it was;
    another factory comes without the arguments, normalisation and weights of the former, another reader without its
    options, another path without what was said of the former file. null takes away: an entry with a name of its own (a
    view, an argument), or a choice, whose default holds again.
    """
    merged: dict[str, Any] = {}
    below = _kept(below, given)
    for key, value in given.items():
        under = below.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            value = _free(under, value) if key in _FREE else overlaid(under, value)
        merged[key] = value
    return merged | {key: value for key, value in below.items() if key not in given}


def _free(below: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Laid over one another; null takes away what stands below, and is a value where nothing does."""
    gone = {key for key, value in given.items() if value is None and below.get(key) is not None}
    kept = {key: value for key, value in given.items() if key not in gone}
    return kept | {key: value for key, value in below.items() if key not in given}


def _kept(below: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of what stands below, what still holds under what is given."""
    changed = [key for key in (*_REPLACES, *_BELONGS) if _changes(key, below, given)]
    if any(key in _REPLACES for key in changed):
        return {}
    gone = {key for name in changed for key in _BELONGS[name]}
    if _are_other_weights(below.get("weights"), given.get("weights")):
        gone.add("normalise")  # what they were trained with
    return {key: value for key, value in below.items() if key not in gone}


def _are_other_weights(below: Any, given: Any) -> bool:
    return isinstance(below, Mapping) and isinstance(given, Mapping) and _changes("path", below, given)


def _changes(key: str, below: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether a key becomes another; what had no value before becomes nothing else."""
    return given.get(key) is not None and below.get(key) is not None and given[key] != below[key]
