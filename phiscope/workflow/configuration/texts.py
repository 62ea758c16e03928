"""Values of the command line that are texts by their key: a shell takes quotes off, so `run=7` names a run as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phiscope.workflow.configuration.defaults import SCHEMA, schema_at
from phiscope.workflow.places import project


def is_text(keys: Sequence[str]) -> bool:
    """Whether the schema takes a text, and nothing else but null, at keys that lie in each other."""
    schema = schema_at(project() / SCHEMA)
    node: Any = schema
    for key in keys:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        node = node.get("properties", {}).get(key, node.get("additionalProperties"))
        if not isinstance(node, Mapping):
            return False
    kinds = node.get("type", [])
    return {"string"} <= ({kinds} if isinstance(kinds, str) else set(kinds)) <= {"string", "null"}


def as_text(value: Any, written: str) -> Any:
    """What stands for a value at such a key: as it was written, where it was taken for a number or a truth."""
    return written.strip() if isinstance(value, bool | int | float) else value
