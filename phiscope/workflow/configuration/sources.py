"""Configuration files, and where in them a key stands: the file and the line, for sentences about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from phiscope.errors import ConfigError, PhiscopeError
from phiscope.workflow.configuration.loader import composed
from phiscope.workflow.configuration.plain import require_plain, shown
from phiscope.workflow.configuration.reading import parsed, place, text_of

_SENTENCE = re.compile(r"config: (.+?): (.*)", re.S)


def read(path: str | Path) -> dict[str, Any]:
    """A configuration as it stands in a file; ConfigError where it cannot be read or is no mapping of plain values."""
    content = parsed(path)
    try:
        require_plain(content)
    except ConfigError as error:
        raise located(error, [path]) from None
    return content


def located(
    error: PhiscopeError, files: Sequence[str | Path], changes: Mapping[str, Any] | None = None
) -> PhiscopeError:
    """The same error with file and line before the path of its key; unchanged where no file says anything of it.

    changes: what the command line says on top of the files.
    """
    found = _SENTENCE.fullmatch(str(error))
    if found is None:
        return error
    keys, said = found.groups()
    depth, at = _depth(changes or {}, keys), ""
    for file in reversed(files):
        reached, line = _line(file, keys)
        if reached > depth:
            depth, at = reached, f"{place(file)}, line {line}"
    if not depth and len(files) == 1 and said.startswith("missing"):
        at = place(files[0])
    return ConfigError(f"config: {at}: {keys}: {said}") if at else error


def _line(file: str | Path, keys: str) -> tuple[int, int]:
    """How many characters of a key's path a file knows, and the line where it says them."""
    node, line, left = composed(text_of(file)), 1, keys
    while node is not None:
        step = next(((key, value, n) for key, value in _inside(node) if (n := _begins(left, _text(key)))), None)
        if step is None:
            break
        key, node, length = step
        line = (key if isinstance(key, yaml.Node) else node).start_mark.line + 1
        left = left[length + 1 :]
        if not left:
            break
    return len(keys) - len(left), line


def _begins(keys: str, key: str) -> int:
    """How many characters a key takes at the beginning of a path, as it is or as a sentence shows it; 0 for another."""
    written = (each for each in (key, shown(key)) if keys == each or keys.startswith(f"{each}."))
    return len(next(written, ""))


def _inside(node: yaml.Node) -> list[tuple[Any, yaml.Node]]:
    """Key and value of what a node holds, the longest key first: names may have dots."""
    if isinstance(node, yaml.MappingNode):
        return sorted(node.value, key=lambda pair: -len(_text(pair[0])))
    if isinstance(node, yaml.SequenceNode):
        return [(str(place), value) for place, value in enumerate(node.value)]
    return []


def _text(key: Any) -> str:
    return key if isinstance(key, str) else str(key.value)


def _depth(changes: Any, keys: str) -> int:
    """How many characters of a key's path changes know."""
    left = keys
    while left:
        if isinstance(changes, list):
            changes = {str(number): value for number, value in enumerate(changes)}
        if not isinstance(changes, Mapping):
            break
        key = next((each for each in sorted(changes, key=len, reverse=True) if _begins(left, each)), None)
        if key is None:
            break
        changes, left = changes[key], left[_begins(left, key) + 1 :]
    return len(keys) - len(left)
