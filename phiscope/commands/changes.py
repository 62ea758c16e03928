"""Changes of a configuration on the command line: `classifier.normalise=none`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from phiscope.workflow.configuration.layers import overlaid


def change(text: str) -> dict[str, Any]:
    """`classifier.normalise=null` -> {"classifier": {"normalise": None}}; for argparse."""
    key, equals, value = text.partition("=")
    names = key.split(".")
    if not equals or not all(names):
        raise argparse.ArgumentTypeError(f"{text!r} is no key=value")
    try:
        nested = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: the value is no YAML") from error
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
    """The same as snakemake takes them: a key of the first level each, its value as JSON."""
    return [f"{key}={json.dumps(value)}" for key, value in together(changes).items()]
