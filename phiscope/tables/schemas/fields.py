"""What columns are made of, and those that every table of samples begins with."""

from __future__ import annotations

import pyarrow as pa


def field(name: str, kind: pa.DataType, description: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"description": description, "unit": unit})


def described_column(name: str, kind: pa.DataType) -> pa.Field:
    """A column that the user's data set has, and no schema knows."""
    return field(name, kind, "column of the data set, as its source has it")


TEXT, INT, REAL, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
PHI = "distance in feature space"
NOWHERE = "inf where there is no such point"
RELATIVE = "relative to ‖x‖ + margin"

SAMPLE = (
    field("view", TEXT, "which copy of the images: `original` or the name of a view in the config"),
    field("split", TEXT, "`train` or `test`"),
    field("sample", INT, "index in the split as the data set gives it, from 0"),
    field("label", INT, "class the data set gives, from 0; null where it gives none"),
    field("predicted", INT, "class with the largest logit; the lowest index among equals"),
)

SAMPLE_COLUMNS = [column.name for column in SAMPLE]
