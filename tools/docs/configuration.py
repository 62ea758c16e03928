"""Every key of a configuration, from its schema: type, what holds without it, what is allowed, what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

SCHEMA = Path(__file__).parents[2] / "workflow/schemas/config.schema.yaml"
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
_LONG = 60  # characters of a default that stands in a table; longer ones stand below it

Schema = Mapping[str, Any]


class Key(NamedTuple):
    """path: with dots, `<name>` for a name that is chosen freely, `[]` for an entry of a list."""

    path: str
    schema: Schema


def load() -> dict[str, Any]:
    """The schema, as YAML 1.2 has it: `none` and `on` are words."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def keys_below(path: str, schema: Schema, whole: Schema) -> Iterator[Key]:
    """Every key below one, in the order of the schema; a name that is chosen freely counts as one."""
    schema = _resolved(schema, whole)
    for name, each in schema.get("properties", {}).items():
        if isinstance(each, Mapping):
            yield from _key(f"{path}.{name}" if path else name, each, whole)
    further = schema.get("additionalProperties")
    if isinstance(further, Mapping):
        yield from _key(f"{path}.<name>", further, whole)
    if isinstance(items := schema.get("items"), Mapping) and "properties" in (entry := _resolved(items, whole)):
        yield from keys_below(f"{path}[]", entry, whole)


def _key(path: str, schema: Schema, whole: Schema) -> Iterator[Key]:
    schema = _resolved(schema, whole)
    yield Key(path, schema)
    yield from keys_below(path, schema, whole)


def _resolved(schema: Schema, whole: Schema) -> Schema:
    """A schema with the definition that it refers to."""
    if "$ref" not in schema:
        return schema
    return {**whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], **schema}


def kinds_of_views(whole: Schema) -> dict[str, Schema]:
    """Kind of view -> the schema of its keys."""
    cases = whole["properties"]["views"]["additionalProperties"]["allOf"]
    return {each["if"]["properties"]["kind"]["const"]: _resolved(each["then"], whole) for each in cases}


def text() -> str:
    """The reference: a table for each part of a configuration, and one for each kind of view."""
    whole = load()
    lines = []
    parts = {name for name, each in whole["properties"].items() if _holds_keys(each)}
    alone = [name for name in whole["properties"] if name not in parts]
    keys = [key for name in alone for key in _key(name, whole["properties"][name], whole)]
    lines += ["## The run", "", *_table(keys)]
    for name, schema in whole["properties"].items():
        if name in parts - {"views"}:
            lines += [f"## {name}", "", *_said(schema), *_table(list(keys_below(name, schema, whole)))]
    return "\n".join([*lines, *_views(whole)])


def _holds_keys(schema: Schema) -> bool:
    return "properties" in schema or isinstance(schema.get("additionalProperties"), Mapping)


def _views(whole: Schema) -> list[str]:
    views = whole["properties"]["views"]
    kinds = kinds_of_views(whole)
    shared = kinds["original"]["properties"].keys()
    lines = ["## views", "", *_said(views), "Without `views` a run has these:", "", *_yaml({"views": views["default"]})]
    lines += ["### Keys of every view", "", *_table(list(keys_below("views.<name>", kinds["original"], whole)))]
    for kind, schema in kinds.items():
        own = {name: each for name, each in schema["properties"].items() if name not in shared}
        if own:
            needed = schema.get("required", [])
            rows = list(keys_below("views.<name>", {"properties": own}, whole))
            lines += [f"### Kind {kind}", "", *_table(rows, needed)]
        else:
            lines += [f"### Kind {kind}", "", "No keys of its own.", ""]
    return lines


def _table(keys: list[Key], needed: list[str] | tuple[str, ...] = ()) -> list[str]:
    lines = ["| key | type | default | allowed | meaning |", "|---|---|---|---|---|"]
    later = []
    for key in keys:
        default = _default(key, needed)
        if len(default) > _LONG:
            later += [f"Default of `{key.path}`:", "", *_yaml(key.schema["default"])]
            default = "below"
        cells = (f"`{key.path}`", type_of(key.schema), default, allowed(key.schema), _cell(meaning(key.schema)))
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", *later]


def _default(key: Key, needed: list[str] | tuple[str, ...]) -> str:
    if "default" in key.schema:
        return _code(json.dumps(key.schema["default"], ensure_ascii=False))
    return "required" if key.path.rpartition(".")[2] in needed else ""


def type_of(schema: Schema) -> str:
    """The types that a key may have, in words."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    named = {
        "integer": "whole number",
        "array": "list",
        "object": "mapping",
        "string": "text",
        "boolean": "true, false",
    }
    return " or ".join(named.get(each, each) for each in kinds)


def allowed(schema: Schema) -> str:
    """Which values a key may have: words, a form, ends of a range."""
    words = [each for each in schema.get("enum", schema.get("words", [])) if each is not None]
    items = schema.get("items")
    if not words and isinstance(items, Mapping):
        words = [each for each in items.get("enum", items.get("words", [])) if each is not None]
    parts = [", ".join(_code(str(each)) for each in words)] if words else []
    parts += [_cell(schema["form"])] if "form" in schema and not words else []
    parts += [f"{sign} {schema[end]:,}" for end, sign in _BOUNDS.items() if end in schema]
    return "; ".join(parts)


def meaning(schema: Schema) -> str:
    """What a key is, or what one entry of it is."""
    return schema.get("description", "")


def _said(schema: Schema) -> list[str]:
    said = meaning(schema)
    return [f"{said[0].upper()}{said[1:]}.", ""] if said else []


def _yaml(value: object) -> list[str]:
    shown = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)
    return ["```yaml", *shown.rstrip().splitlines(), "```", ""]


def _cell(text: str) -> str:
    """Text as the cell of a table shows it: bars and, outside of code, angle brackets stand for themselves."""
    parts = text.replace("|", "\\|").split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"
