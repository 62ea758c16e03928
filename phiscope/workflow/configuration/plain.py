"""What any configuration is made of, whatever its keys mean: texts, finite numbers, booleans, null, lists, mappings."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from phiscope.errors import ConfigError

LARGEST_FILE = 2**20  # bytes of a configuration file: more than a second of reading
MOST_LEVELS = 32  # of mappings and lists in one another
MOST_VALUES = 50_000  # in all, each as often as aliases repeat it
LARGEST_NUMBER = 10**12  # whole numbers or not, either sign; keys have narrower limits of their own
LONGEST_TEXT = 4096  # characters: of a path, on Linux
LONGEST_KEY = 255  # characters: of a name of a file
_SHOWN = 60  # characters of a value in a sentence


def require_plain(layer: Any) -> None:
    """Raise ConfigError for the first value that no configuration can hold, with the path of its key."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), layer)]
    seen = 0
    while waiting:
        path, value = waiting.pop()
        seen += 1
        if len(path) > MOST_LEVELS:
            raise ConfigError(
                f"config: {dotted(path[:3])}: has more than {MOST_LEVELS} levels; expected mappings in mappings, a few "
                "deep"
            )
        if isinstance(value, Mapping):
            _require_keys(path, value)
            inside = [((*path, key), each) for key, each in value.items()]
        elif isinstance(value, list | tuple):
            inside = [((*path, str(place)), each) for place, each in enumerate(value)]
        else:
            _require_scalar(path, value)
            continue
        if seen + len(waiting) + len(inside) > MOST_VALUES:
            where = f"{dotted(path)}: " if path else ""
            raise ConfigError(f"config: {where}holds more than {MOST_VALUES:,} values; expected fewer")
        waiting += reversed(inside)


def _require_keys(path: tuple[str, ...], mapping: Mapping[Any, Any]) -> None:
    for key in mapping:
        if not isinstance(key, str):
            raise ConfigError(
                f"config: {dotted((*path, shown(key)))}: the key is {kind_of(key)}; expected text, in quotes where it "
                "looks like something else"
            )
        if (bad := _control(key)) or len(key) > LONGEST_KEY:
            said = f"has {bad}" if bad else f"has {len(key):,} characters"
            raise ConfigError(
                f"config: {dotted((*path, shown(key)))}: the key {said}; expected one line of at most {LONGEST_KEY} "
                "characters"
            )


def _require_scalar(path: tuple[str, ...], value: Any) -> None:
    where = f"config: {dotted(path)}: got {shown(value)}"
    if isinstance(value, str):
        if bad := _control(value, "\n\r\t" if _takes_lines(path) else ""):
            raise ConfigError(f"{where}, which has {bad}; expected text in one line")
        if len(value) > LONGEST_TEXT:
            raise ConfigError(f"{where} of {len(value):,} characters, expected text of at most {LONGEST_TEXT:,}")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{where}, expected a finite number")
    elif isinstance(value, int | float):
        if abs(value) > LARGEST_NUMBER:
            raise ConfigError(f"{where}, expected a number from -10^12 to 10^12")
    elif value is not None:
        raise ConfigError(f"{where}, which is {kind_of(value)}; expected text, a number, true, false or null")


def _takes_lines(path: tuple[str, ...]) -> bool:
    """Whether text may have several lines: a title, and what is handed to other people's functions."""
    return path == ("report", "title") or bool({"arguments", "options"} & set(path))


def _control(text: str, allowed: str = "") -> str:
    """The first control character of a text, or half of a character, in words; else nothing."""
    found = (each for each in text if each not in allowed and unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp"))
    bad = next(found, None)
    return "" if bad is None else "a line break" if bad in "\n\r" else f"the control character U+{ord(bad):04X}"


def dotted(path: tuple[str, ...]) -> str:
    """The path of a key as sentences name it."""
    return ".".join(path) or "top level"


def shown(value: Any) -> str:
    """A value as a sentence shows it: in one line, and not all of what is long."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"  # Python refuses to write some of them out
    try:
        text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    except (RecursionError, ValueError):
        return kind_of(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 20]} ... {text[-14:]}"


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"a boolean ({str(value).lower()})"
    for kinds, words in (
        (int | float, "a number"),
        (str, "text"),
        (Mapping, "a mapping"),
        (list | tuple, "a list"),
    ):
        if isinstance(value, kinds):
            return words
    return f"a {type(value).__name__}"
