"""Every table of a run, from its schema: columns, types, units, what they mean."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas import SCHEMAS, SORT_KEYS

_TYPES = {"double": "float64", "float": "float32", "string": "text"}


def text() -> str:
    """The reference: a section for each table."""
    return "\n".join(line for name in SCHEMAS for line in _section(name))


def _section(name: str) -> list[str]:
    order = SORT_KEYS.get(name)
    said = [f"Rows are in the order of {', '.join(f'`{each}`' for each in order)}.", ""] if order else []
    lines = ["| column | type | unit | what |", "|---|---|---|---|"]
    for field in SCHEMAS[name]:
        about = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        cells = (f"`{field.name}`", _type(field.type), about.get("unit", ""), about.get("description", ""))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [f"## {name}", "", *said, *lines, ""]


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return f"list of {_type(kind.value_type)}"
    return _TYPES.get(str(kind), str(kind))
