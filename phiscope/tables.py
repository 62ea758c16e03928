"""Every Parquet table a run leaves behind: its columns, their units and meaning, and how it is written.

One row is one solved problem with its certificate. Names and columns are a contract with other people's
notebooks: they change only with a line in CHANGELOG.md. `sample` counts from 0 in the split as the data set
gives it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from phiscope.errors import DataError

if TYPE_CHECKING:
    from phiscope.geometry.hull import HullProjection

Columns = Mapping[str, Any]


def _field(name: str, kind: pa.DataType, description: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"description": description, "unit": unit})


_TEXT, _INT, _REAL, _FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_PHI = "distance in feature space"

_SAMPLE = (
    _field("view", _TEXT, "which copy of the images: `original` or the name of a view in the config"),
    _field("split", _TEXT, "`train` or `test`"),
    _field("sample", _INT, "index in the split as the data set gives it, from 0"),
    _field("label", _INT, "class the data set gives, from 0"),
    _field("predicted", _INT, "class with the largest logit; the lowest index among equals"),
)

SAMPLE_COLUMNS = [field.name for field in _SAMPLE]

SCHEMAS: dict[str, pa.Schema] = {
    # `features` and `logits` are fixed-size lists in the file; their lengths are the network's.
    "features": pa.schema(
        [
            *_SAMPLE,
            _field("margin", _REAL, "distance to the closest decision boundary, equation (12), exact search", _PHI),
            _field("closest_class", _INT, "class on the other side of that boundary; -1 if there is none"),
            _field("features", pa.list_(pa.float32()), "input of the linear head, equation (3)"),
            _field("logits", pa.list_(_REAL), "equation (4) without softmax, in float64"),
        ]
    ),
    "margins": pa.schema(
        [
            *_SAMPLE,
            _field("other_class", _INT, "class j of the boundary"),
            _field("margin", _REAL, "distance to the closest flip point between the two classes, equation (11)", _PHI),
            _field("status", _TEXT, "`solved`, `infeasible`, `degenerate_pair` or `inaccurate`"),
            _field("primal_residual", _REAL, "largest violation of (7), (8), (10), recomputed", "absolute"),
            _field("dual_residual", _REAL, "largest violation of stationarity, recomputed", "absolute"),
            _field(
                "duality_gap", _REAL, "primal minus dual objective of half the squared distance", "squared distance"
            ),
        ]
    ),
    "hulls": pa.schema(
        [
            *_SAMPLE,
            _field("space", _TEXT, "`feature`, or `pixel` (pixels in [0, 1], all channels in one vector)"),
            _field(
                "distance", _REAL, "distance to the hull of the training set, equation (25)", "distance in the space"
            ),
            _field("distance_lower", _REAL, "proven lower bound on that distance", "distance in the space"),
            _field("position", _TEXT, "what is proven: `outside`, `within_tolerance` or `undecided`"),
            _field("support_size", _INT, "training samples with a positive coefficient"),
            _field("support_index", pa.list_(_INT), "their `sample` in the training split, largest coefficient first"),
            _field("support_weight", pa.list_(_REAL), "their coefficients α of equation (21)"),
            _field(
                "duality_gap", _REAL, "g = max_j <z-x, z-d_j>; bounds f - f* of half the squared distance", "squared"
            ),
            _field("hull_radius", _REAL, "largest distance from the projection to a training sample", "distance"),
            _field("rounds", _INT, "pricing rounds the solver needed"),
            _field("status", _TEXT, "why the solver stopped"),
            _field("projected_class", _INT, "class of the linear head at the projection; null in pixel space"),
        ]
    ),
    "balls": pa.schema(
        [
            *_SAMPLE,
            _field("radius", _REAL, "of the ball B that the classifier gives one class, equation (13)", _PHI),
            _field("closest_class", _INT, "class of the boundary that the ball touches; -1 if there is none"),
            _field("train_inside", _INT, "training samples strictly inside, the centre not counted"),
            _field("test_inside", _INT, "test samples strictly inside, the centre not counted"),
            _field("in_train_union", _FLAG, "whether the sample lies in the ball of some (other) training sample"),
        ]
    ),
    "attacks": pa.schema(
        [
            *(field for field in _SAMPLE if field.name != "predicted"),
            _field("predicted_before", _INT, "class of the image the attack started from"),
            _field("predicted_after", _INT, "class of the attacked image, clamped to [0, 1]"),
            _field("success", _FLAG, "whether the class changed, by at least the confidence that the view asks for"),
            _field("success_8bit", _FLAG, "the same after rounding the attacked image to 8 bits"),
            _field("lead", _REAL, "best other logit minus that of the class before, at the attacked image", "logits"),
            _field("l2", _REAL, "length of the perturbation, all channels in one vector", "pixels in [0, 1]"),
            _field("linf", _REAL, "largest change of a pixel", "pixels in [0, 1]"),
            _field("iterations", _INT, "steps the attack took for this sample"),
        ]
    ),
    "scores": pa.schema(
        [
            *_SAMPLE[:3],
            _field("detector", _TEXT, "name of the score in phiscope.detection.DETECTORS"),
            _field(
                "score", _REAL, "larger is more suspicious; null where the sample has no hull distance", "of its own"
            ),
        ]
    ),
    "paper_comparison": pa.schema(
        [
            _field("key", _TEXT, "what was measured, as one word that does not change"),
            _field("quantity", _TEXT, "what was measured, in words"),
            _field(
                "unit",
                _TEXT,
                "share (in [0, 1]), difference (of shares), distance, count, ratio or correlation",
            ),
            _field("paper", _TEXT, "file of the text that states it; empty where it is our own question"),
            _field("section", _TEXT, "where in the text"),
            _field("paper_value", _REAL, "what the text says; null where it gives no number"),
            _field("value", _REAL, "what this run measured"),
            _field("ci_low", _REAL, "lower end of the interval; null where there is none"),
            _field("ci_high", _REAL, "upper end of the interval"),
            _field("interval", _TEXT, "how the interval was made"),
            _field("n", _INT, "number of samples behind the value"),
        ]
    ),
}


def write(columns: Columns | pd.DataFrame, name: str, path: str | Path, provenance: Mapping[str, Any]) -> None:
    """Write one table under its schema to a temporary name in the same folder, then move it into place."""
    columns = {key: columns[key] for key in columns}
    schema = _fitted(name, columns)
    if set(columns) != set(schema.names):
        raise DataError(f"table {name}: got columns {sorted(columns)}, expected {sorted(schema.names)}")
    arrays = [_array(columns[field.name], field.type) for field in schema]
    metadata = {"phiscope.table": name, "phiscope.provenance": json.dumps(provenance, sort_keys=True)}
    _write_atomically(pa.Table.from_arrays(arrays, schema=schema.with_metadata(metadata)), Path(path))


def constant(values: Mapping[str, str], rows: int) -> dict[str, list[str]]:
    """Columns that say the same in every row, such as the view and the split of a chunk."""
    return {key: [value] * rows for key, value in values.items()}


def hull_columns(projection: HullProjection, numbers: np.ndarray, space: str) -> dict[str, Any]:
    """The columns of `hulls` that a projection knows; numbers[k] is the sample that vertex k is."""
    support = [projection.support(row) for row in range(len(projection.distance))]
    ordered = [(numbers[index[order]], weight[order]) for index, weight in support for order in [np.argsort(-weight)]]
    return {
        "space": [space] * len(support),
        "distance": projection.distance,
        "distance_lower": projection.distance_lower,
        "position": projection.position,
        "support_size": [len(index) for index, _ in ordered],
        "support_index": [index for index, _ in ordered],
        "support_weight": [weight for _, weight in ordered],
        "duality_gap": projection.gap,
        "hull_radius": projection.radius,
        "rounds": projection.rounds,
        "status": projection.status,
    }


def write_frame(frame: pd.DataFrame, path: str | Path, provenance: Mapping[str, Any]) -> None:
    """Write a frame of statistics, whose columns are its own, with the run's provenance."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    about = {"phiscope.provenance": json.dumps(provenance, sort_keys=True)}
    _write_atomically(table.replace_schema_metadata((table.schema.metadata or {}) | about), Path(path))


def merge(paths: Iterable[str | Path], path: str | Path, sort_by: Iterable[str]) -> None:
    """Put the chunks of one table into one file, sorted; schema and provenance are those of the first."""
    tables = [pq.read_table(part) for part in paths]
    merged = pa.concat_tables(tables).sort_by([(key, "ascending") for key in sort_by])
    _write_atomically(merged, Path(path))


def read(path: str | Path, columns: list[str] | None = None) -> pd.DataFrame:
    """A table as a DataFrame; fixed-size lists come as one numpy array per row (see `matrix`)."""
    return pq.read_table(path, columns=columns).to_pandas()


def matrix(path: str | Path, column: str):
    """One fixed-size list column as a (rows, length) numpy array, without a Python object per row."""
    chunks = pq.read_table(path, columns=[column])[column].combine_chunks()
    return chunks.flatten().to_numpy(zero_copy_only=False).reshape(len(chunks), -1)


def provenance(path: str | Path) -> dict[str, Any]:
    """What the run said of itself when it wrote the table."""
    return json.loads(pq.read_schema(path).metadata[b"phiscope.provenance"])


def _fitted(name: str, columns: Columns) -> pa.Schema:
    """The schema with the lengths of the fixed-size lists filled in."""
    schema = SCHEMAS[name]
    if name != "features":
        return schema
    for key in ("features", "logits"):
        index = schema.get_field_index(key)
        field = schema.field(index)
        schema = schema.set(index, field.with_type(pa.list_(field.type.value_type, columns[key].shape[1])))
    return schema


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if pa.types.is_fixed_size_list(kind):
        flat = pa.array(values.reshape(-1), kind.value_type)
        return pa.FixedSizeListArray.from_arrays(flat, kind.list_size)
    return pa.array(values, kind, from_pandas=True)


def _write_atomically(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(path)
