"""YAML 1.2 as configurations use it: plain values, no tags, no key twice, of a bounded depth and number.

Texts such as `no`, `on`, `2020-01-01`, `1:30` and `017` are texts, not booleans, dates and numbers of another base;
`1e-3` is a number. No tag runs or builds anything.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from phiscope.workflow.configuration.plain import MOST_LEVELS, MOST_VALUES, kind_of, shown

_MOST_MERGED = 10_000  # keys of one mapping
_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_TAGS = {_TAG + name for name in ("null", "bool", "int", "float", "str", "seq", "map", "merge")}
_READ_AS = {"int": "a whole number of less than 4,300 digits", "float": "a number", "bool": "true or false"}
_DEEP = f"has more than {MOST_LEVELS} levels; expected mappings in mappings, a few deep"
# As in the core schema of YAML 1.2, and with `_` between digits: the pattern, and with what characters it begins.
_PLAIN = {
    "bool": ("true|True|TRUE|false|False|FALSE", "tTfF"),
    "float": (
        r"[-+]?((0|[1-9][\d_]*)?\.\d[\d_]*|(0|[1-9][\d_]*)\.)([eE][-+]?\d+)?|[-+]?(0|[1-9][\d_]*)[eE][-+]?\d+"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "int": (r"[-+]?(0|[1-9][\d_]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    "merge": ("<<", "<"),
    "null": ("~|null|Null|NULL|", ["~", "n", "N", ""]),
}


class UnreadableError(Exception):
    """What is wrong with a text, as the end of a sentence, and its line."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line


def loaded(text: str) -> Any:
    """What a text says; raises UnreadableError."""
    try:
        return yaml.load(text, _Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        said = f"has the control character {shown(chr(int(error.character)))}; expected text"
        raise UnreadableError(line, said) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        if "'\\t'" in str(error.problem):
            said = "begins with a tab; expected spaces, the only indentation that YAML knows"
            raise UnreadableError(line, said) from None
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise UnreadableError(line, f"is no YAML ({' '.join(said.split())[:160]})") from None
    except RecursionError:
        raise UnreadableError(1, _DEEP) from None


def composed(text: str) -> yaml.Node | None:
    """The nodes of a text, which know their lines; None where it cannot be read."""
    try:
        return yaml.compose(text, _Loader)
    except (UnreadableError, yaml.YAMLError, RecursionError):
        return None


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012, none of those of YAML 1.1
    levels = nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.levels += 1
        self.nodes += 1
        if self.levels > MOST_LEVELS or self.nodes > MOST_VALUES:
            many = f"has more than {MOST_VALUES:,} keys and values; expected fewer"
            raise _wrong(self.peek_event(), _DEEP if self.levels > MOST_LEVELS else many)
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag not in _TAGS:
            raise _wrong(node, f"has the tag {node.tag.replace(_TAG, '!!')}; expected plain values without tags")
        try:
            return super().construct_object(node, deep)
        except (ValueError, IndexError, KeyError):
            said = node.value if isinstance(node, yaml.ScalarNode) else node.tag
            expected = _READ_AS.get(node.tag.removeprefix(_TAG), "a value")
            raise _wrong(node, f"has {shown(said)}; expected {expected}") from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == _MERGE:
                continue
            name = self._name(key)
            if name in seen:
                raise _wrong(key, f"{shown(name)} stands twice in one mapping; expected it once")
            seen.add(name)
        return super().construct_mapping(node, deep)

    def _name(self, key: yaml.Node) -> str:
        given = self.construct_object(key, deep=True)
        if not isinstance(given, str):
            written = key.value if isinstance(key, yaml.ScalarNode) else ""
            remedy = f"write it in quotes, {written!r}" if written else "expected text"
            raise _wrong(key, f"has a key that is {kind_of(given)}; {remedy}")
        return given

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        if len(node.value) > _MOST_MERGED:  # merges of merges grow tenfold with each
            raise _wrong(node, f"has more than {_MOST_MERGED:,} values by `<<`; expected fewer")


for _name, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _wrong(where: yaml.Node | yaml.Event, said: str) -> UnreadableError:
    mark = where.start_mark
    return UnreadableError(mark.line + 1 if mark else 1, said)
