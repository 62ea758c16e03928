"""The schema: what keys there are, and what holds where a configuration says nothing."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from phiscope.workflow.configuration.layers import overlaid

SCHEMA = "workflow/schemas/config.schema.yaml"
_ABSENT = object()


@cache
def schema_at(path: Path) -> dict[str, Any]:
    """The schema in a file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def defaults_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for every data set, as a configuration."""
    return filled(schema, {})


def filled(schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration with the schema's defaults where it has nothing.

    null holds where the schema allows it, or drops an entry of a mapping of names; elsewhere the default comes back.
    A mapping that the schema calls `partial` says what differs from another and stays as it is.
    """
    return _filled(schema, given, schema.get("$defs", {}))


def _filled(node: Mapping[str, Any], given: Any, shared: Mapping[str, Any]) -> Any:
    if "$ref" in node:
        node = shared[node["$ref"].rpartition("/")[2]] | {key: value for key, value in node.items() if key != "$ref"}
    if given is None and not _allows_null(node):
        given = _ABSENT
    default = node.get("default", {} if node.get("type") == "object" else _ABSENT)
    if given is _ABSENT:
        given = default if default is _ABSENT else copy.deepcopy(default)
    elif isinstance(given, Mapping) and isinstance(default, Mapping):
        given = overlaid(default, given)
    if not isinstance(given, Mapping) or node.get("partial"):
        return given
    named, others = node.get("properties", {}), node.get("additionalProperties")
    values = {
        key: _filled(named[key] if key in named else others if isinstance(others, Mapping) else {}, value, shared)
        for key, value in given.items()
    }
    values |= {key: _filled(about, _ABSENT, shared) for key, about in named.items() if key not in given}
    return {key: value for key, value in values.items() if value is not _ABSENT}


def _allows_null(node: Mapping[str, Any]) -> bool:
    """Whether null is a value of its own; where the schema names no type, every value is."""
    kinds = node.get("type", "null")
    return "null" in ([kinds] if isinstance(kinds, str) else kinds)
