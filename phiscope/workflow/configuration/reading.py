"""Texts that configurations come from: files, and changes on the command line."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phiscope.errors import ConfigError
from phiscope.workflow.configuration.loader import UnreadableError, loaded
from phiscope.workflow.configuration.plain import LARGEST_FILE, kind_of, require_plain, shown
from phiscope.workflow.configuration.texts import as_text, is_text
from phiscope.workflow.places import project

_YTE = "__use_yte__"  # a key with which Snakemake evaluates expressions in configuration files
_ENCODINGS = {  # by their first bytes, the longest first
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def parsed(path: str | Path) -> dict[str, Any]:
    """What stands in a YAML file; ConfigError where it cannot be read or is no mapping."""
    text = text_of(path)
    try:
        content = loaded(text)
    except UnreadableError as error:
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
    """The value that the command line gives a key, as in a file, but for texts; ConfigError where it is none."""
    try:
        value = loaded(text)
    except UnreadableError as error:
        raise ConfigError(f"--config {key}={shown(text)}: {error}") from None
    if is_text(key.split(".")):
        value = as_text(value, text)
    nested = value
    for name in reversed(key.split(".")):
        nested = {name: nested}
    require_plain(nested)
    return value


def typed(changes: Mapping[str, Any], written: Sequence[str] = ()) -> dict[str, Any]:
    """What Snakemake makes of `--config`, with numbers for numbers: in mappings and lists it leaves them as text.

    written: the changes as they were typed, `key=value`. Snakemake takes quotes off, and makes numbers of names.
    """
    texts = {key: text.strip("'\"") for key, _, text in (each.partition("=") for each in written)}

    def value(given: Any, keys: tuple[str, ...]) -> Any:
        if isinstance(given, Mapping):
            return {key: value(each, (*keys, str(key))) for key, each in given.items()}
        if isinstance(given, list):
            return [value(each, (*keys, "")) for each in given]
        if len(keys) == 1:
            return given
        try:
            read_again = loaded(given) if isinstance(given, str) else given
        except UnreadableError:
            return given
        if is_text(keys):
            return as_text(read_again, given)
        return given if isinstance(read_again, Mapping | list) else read_again

    nulls = {key: None if each in ("null", "~") else each for key, each in changes.items()}
    named = {key: as_text(each, texts.get(key, str(each))) if is_text([key]) else each for key, each in nulls.items()}
    require_plain(named)
    return {key: value(each, (key,)) for key, each in named.items()}


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
        hint = _nearest(file) if isinstance(error, FileNotFoundError) else ""
        raise ConfigError(f"config: {place(path)}: cannot be read ({said}); expected a YAML file{hint}") from None
    return _decoded(content, path)


def _nearest(file: Path) -> str:
    """The file, of those beside it and of the presets, that was meant."""
    beside = [*file.parent.glob("*.y*ml"), *(project() / "presets").glob("*.yaml")]
    known = {each.stem: each for each in reversed(beside)}
    found = difflib.get_close_matches(file.stem, known, n=1)
    return f"; did you mean {place(known[found[0]])}?" if found else ""


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


def place(path: str | Path) -> str:
    """The path as a line can show it, from the current folder where it lies below."""
    inside = Path(path).is_absolute() and Path(path).is_relative_to(Path.cwd())
    text = str(Path(path).relative_to(Path.cwd()) if inside else path)
    return text if text.isprintable() else ascii(text)
