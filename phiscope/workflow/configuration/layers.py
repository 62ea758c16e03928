"""Configuration files, and how one is laid over another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from phiscope.errors import ConfigError

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


class _Loader(yaml.SafeLoader):
    """YAML in which no mapping has a key twice, and 1e-3 is a number, as in YAML 1.2."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen and key.tag != "tag:yaml.org,2002:merge":
                raise ConfigError(
                    f"config: {key.start_mark.name}, line {key.start_mark.line + 1}: {name} stands twice in one "
                    "mapping; expected it once"
                )
            seen.add(name)
        return super().construct_mapping(node, deep)


_NUMBER = r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)[eE][-+]?\d+"
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(f"^{_NUMBER}$"), list("-+.0123456789"))


def read(path: str | Path) -> dict[str, Any]:
    """A configuration as it stands in a file; ConfigError where it cannot be read or is no mapping."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            content = yaml.load(file, _Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"config: {path}: cannot be read ({error}); expected a YAML file") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"config: {path}: is no YAML ({' '.join(str(error).split())})") from error
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise ConfigError(f"config: {path}: holds {type(content).__name__}; expected keys such as `dataset:`")
    return dict(content)


def typed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What Snakemake makes of `--config`, with numbers for numbers: in mappings and lists it leaves them as text."""

    def value(given: Any) -> Any:
        if isinstance(given, Mapping):
            return {key: value(each) for key, each in given.items()}
        if isinstance(given, list):
            return [value(each) for each in given]
        read_again = yaml.load(given, _Loader) if isinstance(given, str) else given
        return given if isinstance(read_again, Mapping | list) else read_again

    return {key: value(each) if isinstance(each, Mapping | list) else each for key, each in changes.items()}


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
