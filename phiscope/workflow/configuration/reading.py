"""Configuration files, and values on the command line, as YAML 1.2 reads them: plain values of a bounded size.

Texts such as `no`, `on`, `2020-01-01`, `1:30` and `017` are texts, not booleans, dates and numbers of another base;
`1e-3` is a number. No tag runs or builds anything.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from phiscope.errors import ConfigError
from phiscope.workflow.configuration.plain import (
    LARGEST_FILE,
    MOST_LEVELS,
    MOST_VALUES,
    kind_of,
    require_plain,
    shown,
)

_ENCODINGS = {  # by their first bytes, the longest first
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_READ_AS = {"int": "a whole number of less than 4,300 digits", "float": "a number", "bool": "true or false"}
_YTE = "__use_yte__"  # a key with which Snakemake evaluates expressions in configuration files
_MOST_MERGED = 10_000  # keys of one mapping
_TAGS = {_TAG + name for name in ("null", "bool", "int", "float", "str", "seq", "map", "merge", "value")}
# As in the core schema of YAML 1.2, and with `_` between digits.
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


class _Loader(yaml.SafeLoader):
    """YAML without the tags, and without more levels and keys, than a configuration needs."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}
    levels = nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.levels += 1
        self.nodes += 1
        if self.levels > MOST_LEVELS or self.nodes > MOST_VALUES:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            many = f"{MOST_VALUES:,} keys and values; expected fewer"
            deep = f"{MOST_LEVELS} levels; expected mappings in mappings, a few deep"
            raise _wrong(mark, f"has more than {deep if self.levels > MOST_LEVELS else many}")
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag not in _TAGS:
            raise _wrong(node.start_mark, f"has the tag {node.tag.replace(_TAG, '!!')}; expected plain values without tags")
        try:
            return super().construct_object(node, deep)
        except (ValueError, IndexError, KeyError):
            said = node.value if isinstance(node, yaml.ScalarNode) else node.tag
            expected = _READ_AS.get(node.tag.removeprefix(_TAG), "value")
            raise _wrong(node.start_mark, f"has {shown(said)}; expected {expected}") from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == _MERGE:
                continue
            name = self._name(key)
            if name in seen:
                raise _wrong(key.start_mark, f"{shown(name)} stands twice in one mapping; expected it once")
            seen.add(name)
        return super().construct_mapping(node, deep)

    def _name(self, key: yaml.Node) -> str:
        given = self.construct_object(key, deep=True)  # type: ignore[no-untyped-call]
        if not isinstance(given, str):
            written = key.value if isinstance(key, yaml.ScalarNode) else ""
            remedy = f"write it in quotes, {written!r}" if written else "expected text"
            raise _wrong(key.start_mark, f"has a key that is {kind_of(given)}; {remedy}")
        return given

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        if len(node.value) > _MOST_MERGED:  # merges of merges grow tenfold with each
            raise _wrong(node.start_mark, f"has more than {_MOST_MERGED:,} values by `<<`; expected fewer")


for _name, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(f"^(?:{_pattern})$"), list(_first))


class _Wrong(Exception):
    """What is wrong, at a line of what is read."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line


def _wrong(mark: Any, said: str) -> _Wrong:
    return _Wrong(mark.line + 1, said)


def parsed(path: str | Path) -> dict[str, Any]:
    """What stands in a YAML file; ConfigError where it cannot be read or is no mapping."""
    text = text_of(path)
    try:
        content = _loaded(text)
    except _Wrong as error:
        raise ConfigError(f"config: {place(path)}, line {error.line}: {error}") from None
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise ConfigError(f"config: {place(path)}: holds {kind_of(content)}; expected keys such as `dataset:`")
    if _YTE in content:
        raise ConfigError(
            f"config: {place(path)}: {_YTE} lets Snakemake run what the file says as code; expected plain values"
        )
    return dict(content)


def value_of(key: str, text: str) -> Any:
    """The value that the command line gives a key, as in a file; ConfigError where it is none."""
    try:
        value = _loaded(text)
    except _Wrong as error:
        raise ConfigError(f"--config {key}={shown(text)}: {error}") from None
    require_plain({key: value})
    return value


def typed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What Snakemake makes of `--config`, with numbers for numbers: in mappings and lists it leaves them as text."""

    def value(given: Any) -> Any:
        if isinstance(given, Mapping):
            return {key: value(each) for key, each in given.items()}
        if isinstance(given, list):
            return [value(each) for each in given]
        try:
            read_again = _loaded(given) if isinstance(given, str) else given
        except _Wrong:
            return given
        return given if isinstance(read_again, Mapping | list) else read_again

    require_plain(changes)
    nulls = {key: None if each in ("null", "~") else each for key, each in changes.items()}
    return {key: value(each) if isinstance(each, Mapping | list) else each for key, each in nulls.items()}


def text_of(path: str | Path) -> str:
    """The text of a configuration file; ConfigError where it is no file, too large or no text."""
    file = Path(path)
    try:
        about = file.stat()
        if stat.S_ISDIR(about.st_mode):
            raise ConfigError(f"config: {place(path)}: is a folder; expected a YAML file")
        if not stat.S_ISREG(about.st_mode):  # reading a pipe or a device may never end, and jobs read it again
            raise ConfigError(f"config: {place(path)}: is a pipe or a device; expected a YAML file")
        if about.st_size > LARGEST_FILE:
            raise ConfigError(
                f"config: {place(path)}: has {about.st_size:,} bytes; expected a YAML file of at most "
                f"{LARGEST_FILE:,} bytes"
            )
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(f"config: {place(path)}: cannot be read ({said}); expected a YAML file") from None
    return _decoded(content, path)


def _decoded(content: bytes, path: str | Path) -> str:
    for beginning, encoding in _ENCODINGS.items():
        if content.startswith(beginning):
            raise ConfigError(f"config: {place(path)}: is {encoding} text; save it as UTF-8")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"config: {place(path)}, line {line}: has the byte 0x{content[error.start]:02x}, which is no UTF-8; save "
            "it as UTF-8"
        ) from None


def _loaded(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _Wrong(line, f"has the control character {shown(chr(int(error.character)))}; expected text") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        if "'\\t'" in str(error.problem):
            raise _Wrong(line, "begins with a tab; expected spaces, the only indentation that YAML knows") from None
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise _Wrong(line, f"is no YAML ({' '.join(said.split())[:160]})") from None
    except RecursionError:
        raise _Wrong(1, f"has more than {MOST_LEVELS} levels; expected mappings in mappings, a few deep") from None


def composed(path: str | Path) -> yaml.Node | None:
    """The nodes of a file that can be read, which know their lines; None for any other."""
    try:
        return yaml.compose(text_of(path), _Loader)
    except (ConfigError, _Wrong, yaml.YAMLError, RecursionError):
        return None


def place(path: str | Path) -> str:
    """The path as a line can show it."""
    inside = Path(path).is_absolute() and Path(path).is_relative_to(Path.cwd())
    text = str(Path(path).relative_to(Path.cwd()) if inside else path)
    return text if text.isprintable() else ascii(text)
