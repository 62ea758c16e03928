"""What is wrong with a configuration, by the schema, in one sentence: where, what stands there, what to write."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import jsonschema

from phiscope.workflow.configuration.plain import shown

_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_PHRASES: Mapping[str, Callable[[Any], str]] = {
    "type": lambda v: _or([_KINDS[kind] for kind in ([v] if isinstance(v, str) else v)]),
    "enum": lambda v: "one of " + ", ".join("null" if each is None else str(each) for each in v),
    "const": lambda v: str(v),
    "minimum": lambda v: f"at least {_number(v)}",
    "maximum": lambda v: f"at most {_number(v)}",
    "exclusiveMinimum": lambda v: f"more than {_number(v)}",
    "exclusiveMaximum": lambda v: f"less than {_number(v)}",
    "minItems": lambda v: f"at least {_entries(v)}",
    "maxItems": lambda v: f"at most {_entries(v)}",
    "minLength": lambda v: "some text",
    "minProperties": lambda v: f"at least {_entries(v)}",
    "uniqueItems": lambda v: "every entry once",
    "contains": lambda v: f"{v['const']} among the entries",
}
_BOOLEANS = dict.fromkeys(("yes", "on", "y", "1"), "true") | dict.fromkeys(("no", "off", "n", "0"), "false")


def sentence(error: jsonschema.ValidationError, root: Mapping[str, Any]) -> str:
    """The error of a schema's validator for the person who wrote the configuration; root: the whole schema."""
    where = ".".join(str(part) for part in error.absolute_path)
    schema: dict[str, Any] = cast(dict, error.schema)  # an error of a schema that is `false` does not occur in ours
    instance, limit = cast(Any, error.instance), cast(Any, error.validator_value)
    if "propertyNames" in error.absolute_schema_path:
        return f"config: {_join(where, _name(instance))}: is no name; expected {schema['form']}"
    if error.validator == "additionalProperties":
        known: dict[str, Any] = schema.get("properties", {})
        unknown = next(key for key in instance if key not in known)
        earlier = [key for key, rules in known.items() if isinstance(rules, dict) and rules.get("formerly") == unknown]
        hint = f"did you mean {earlier[0]!r}?" if earlier else nearest(unknown, known, cutoff=0.5)
        return f"config: {_join(where, _name(unknown))}: there is no such key; {hint}"
    if error.validator == "required":
        missing = next(key for key in limit if key not in instance)
        about = schema.get("properties", {}).get(missing) or _properties(root, error).get(missing) or {}
        return f"config: {_join(where, missing)}: missing; expected {about.get('description', 'a value')}"
    remedy = _remedy(instance, schema) if error.validator in ("type", "pattern", "enum") else ""
    meaning = f" ({schema['description']})" if "description" in schema else ""
    return f"config: {where}: got {shown(instance)}, expected {_expected(error)}{remedy}{meaning}"


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The known name that was meant, or all of them."""
    names = list(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=cutoff) or difflib.get_close_matches(
        name.lower(), names, n=1, cutoff=cutoff
    )
    if found:
        return f"did you mean {found[0]!r}?"
    return f"expected one of: {', '.join(names)}" if names else "the configuration names none"


def _expected(error: jsonschema.ValidationError) -> str:
    schema = cast(dict[str, Any], error.schema)
    if error.validator == "pattern":
        words = ", ".join(schema.get("words", []))
        return schema.get("form") or (f"one of {words}" if words else f"text of the form {error.validator_value}")
    return _PHRASES[str(error.validator)](error.validator_value)


def _remedy(instance: Any, schema: Mapping[str, Any]) -> str:
    """What to write instead, where that can be told from what stands there."""
    kinds = schema.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    words = [str(word) for word in (*schema.get("words", []), *schema.get("enum", [])) if word is not None]
    if isinstance(instance, str) and words:
        near = difflib.get_close_matches(instance.strip().lower(), words, n=1)
        if near and near[0] != instance:
            return f"; did you mean {near[0]!r}?"
    if "boolean" in kinds and str(instance).lower() in _BOOLEANS:
        return f"; write {_BOOLEANS[str(instance).lower()]}"
    value = _meant(instance) if kinds & {"number", "integer"} else None
    if value is not None and ("number" in kinds or value == int(value)):
        return f"; write {_number(value)}"
    if "string" in kinds and "number" not in kinds and isinstance(instance, bool | int | float):
        return f"; write it in quotes, {str(instance).lower()!r}" if kinds <= {"string", "null"} else ""
    if "array" in kinds and isinstance(instance, str | int | float) and kinds <= {"array", "null"}:
        return f"; write [{instance}]" if re.fullmatch(r"[\w.-]{1,40}", str(instance)) else ""
    return ""


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _meant(instance: Any) -> float | None:
    """The number that a text stands for, such as `8/255` or `1e-3` in quotes, or a whole number written as 3.0."""
    if isinstance(instance, float):
        return instance
    if not isinstance(instance, str):
        return None
    try:
        if fraction := re.fullmatch(r"\s*([\d.]+)\s*/\s*([\d.]+)\s*", instance):
            value = float(f"{float(fraction[1]) / float(fraction[2]):.4g}")
        elif share := re.fullmatch(r"\s*([\d.]+)\s*%\s*", instance):
            value = float(share[1]) / 100
        else:
            value = float(instance)
    except (ValueError, ZeroDivisionError):
        return None
    return value if math.isfinite(value) else None


def _number(value: float) -> str:
    """A limit as people write it: 1000000 with commas would be no number of YAML."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:g}"


def _name(key: str) -> str:
    """A key as it stands, or in quotes where a sentence needs them."""
    return key if re.fullmatch(r"\w[\w.-]{0,59}", key) else shown(key)


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _properties(root: Mapping[str, Any], error: jsonschema.ValidationError) -> Mapping[str, Any]:
    """What the schema says of the keys beside the one that is missing; nothing where it takes more than the path."""
    node: Any = root
    for step in error.absolute_path:
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    return node.get("properties", {})
