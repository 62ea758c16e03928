"""Changes of a configuration on the command line: `classifier.normalise=none`."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from phiscope.errors import ConfigError
from phiscope.workflow.configuration.layers import overlaid
from phiscope.workflow.configuration.reading import value_of


def change(text: str) -> dict[str, Any]:
    """`classifier.normalise=null` -> {"classifier": {"normalise": None}}; for argparse. Raises ConfigError."""
    key, equals, value = text.partition("=")
    names = key.split(".")
    if not equals or not all(names):
        raise ConfigError(
            f"--config {text!r}: is no change; expected key=value, with dots between keys, such as seed=1"
        )
    nested = value_of(key, value)
    for name in reversed(names):
        nested = {name: nested}
    return nested


def add_changes(parser: argparse.ArgumentParser) -> None:
    """The option `--config` of commands that take a configuration."""
    parser.add_argument(
        "--config", type=change, nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="changes of it: keys joined by dots, values as in YAML",
    )  # fmt: skip


def together(changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One change of all, those that come later on top."""
    whole: dict[str, Any] = {}
    for each in changes:
        whole = overlaid(whole, each)
    return whole


def as_snakemake(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same as snakemake takes them: a key of the first level each, its value as JSON; null as nothing.

    Snakemake takes the quotes off every text; texts in mappings and lists keep a pair, as they are read once more.
    Others that it would take for a number have a tag, for which it leaves them as they are.
    """

    def quoted(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: quoted(each) for key, each in value.items()}
        if isinstance(value, list):
            return [quoted(each) for each in value]
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value

    def written(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return f"!!str {value}" if _is_mistaken(value) else json.dumps(value, ensure_ascii=False)
        return json.dumps(quoted(value), ensure_ascii=False)

    return [f"{key}={written(value)}" for key, value in together(changes).items()]


def _is_mistaken(text: str) -> bool:
    """Whether Snakemake takes a text for another kind of value."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            kind(text)
            return True
    return text in ("True", "False", "null", "~")
