"""A configuration against the schema: shapes of single files first, so that they can be laid over one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema

from phiscope.errors import ConfigError
from phiscope.workflow.configuration.plain import dotted, require_plain, shown
from phiscope.workflow.configuration.sentences import sentence


def require_shape(layer: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raise ConfigError where one layer cannot be laid over others: values that none holds, no mapping where one is."""
    require_plain(layer)
    _require_mappings(schema, layer, (), schema.get("$defs", {}))


def validate(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raise ConfigError with one line: the key's path, what was found, what was expected, what to write."""
    error = jsonschema.exceptions.best_match(_Validator(schema).iter_errors(config))
    if error is not None:
        raise ConfigError(sentence(error, schema))


def _require_mappings(node: Mapping[str, Any], given: Any, path: tuple[str, ...], shared: Mapping[str, Any]) -> None:
    if "$ref" in node:
        node = shared[node["$ref"].rpartition("/")[2]]
    kinds = node.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if given is None or "object" not in kinds:
        return
    if not isinstance(given, Mapping):
        if kinds <= {"object", "null"}:
            meaning = f" ({node['description']})" if "description" in node else ""
            known = ", ".join(list(node.get("properties", {}))[:3])
            example = f", with keys such as {known}" if known else ""
            raise ConfigError(f"config: {dotted(path)}: got {shown(given)}, expected a mapping{example}{meaning}")
        return
    named, others = node.get("properties", {}), node.get("additionalProperties")
    for key, value in given.items():
        about = named.get(key, others)
        if isinstance(about, Mapping):
            _require_mappings(about, value, (*path, key), shared)


def _is_whole(_: Any, value: Any) -> bool:
    """Whether a value is a whole number as it is written: 3, not 3.0, which others cannot count with."""
    return isinstance(value, int) and not isinstance(value, bool)


def _matches(_: Any, pattern: str, value: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    """The pattern holds for all of a text: `$` alone lets a line break through at its end."""
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield jsonschema.ValidationError("does not match")


_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    {"pattern": _matches},
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)
