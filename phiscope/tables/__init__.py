"""Every Parquet table a run leaves behind: its columns, their units and meaning, and how it is written.

One row is one solved problem with its certificate. Names and columns are a contract with other people's
notebooks: they change only with a line in CHANGELOG.md. `sample` counts from 0 in the split as the data set
gives it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from phiscope.arrays import rows_at_a_time
from phiscope.datasets.classes import UNKNOWN
from phiscope.errors import ConfigError, DataError
from phiscope.tables.columns import to_arrow, to_numpy
from phiscope.tables.merging import merge as merge
from phiscope.tables.parquet import opened, read_table, write_table, writing
from phiscope.tables.schemas import SAMPLE_COLUMNS as SAMPLE_COLUMNS
from phiscope.tables.schemas import SCHEMAS, described_column

if TYPE_CHECKING:
    import pandas as pd  # deferred: slow to import, and light steps hand over arrays

    from phiscope.geometry.hull import HullProjection

Columns = Mapping[str, Any]

_LABEL = "label"
_BUFFER = 2**20  # bytes of a column of vectors that are read from the file at a time


def write(
    columns: Columns | pd.DataFrame,
    name: str,
    path: str | Path,
    provenance: Mapping[str, Any],
    further: pa.Table | None = None,
) -> None:
    """Write one table under its schema to a temporary name in the same folder, then move it into place.

    further: columns that the schema does not know, such as those of the user's data set; they come last.
    """
    table = _table(columns, name, provenance)
    for field, column in zip(further.schema, further.columns) if further is not None else ():
        table = table.append_column(described_column(field.name, field.type), column)
    write_table(table, path)


def write_pieces(pieces: Iterable[Columns], name: str, path: str | Path, provenance: Mapping[str, Any]) -> None:
    """Write one table whose rows come in pieces, each of them in a row group of its own: one is in memory at a time.

    There is at least one piece, which may have no rows.
    """
    tables = (_table(columns, name, provenance) for columns in pieces)
    first = next(tables)
    with writing(first.schema, path) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def _table(columns: Columns | pd.DataFrame, name: str, provenance: Mapping[str, Any]) -> pa.Table:
    columns = {key: columns[key] for key in columns}
    schema = _fitted(name, columns)
    if set(columns) != set(schema.names):
        raise DataError(f"table {name}: got columns {sorted(columns)}, expected {sorted(schema.names)}")
    columns |= {_LABEL: _without_unknown(columns[_LABEL])} if _LABEL in columns else {}
    arrays = [to_arrow(columns[field.name], field.type) for field in schema]
    metadata = {"phiscope.table": name, "phiscope.provenance": json.dumps(provenance, sort_keys=True)}
    return pa.Table.from_arrays(arrays, schema=schema.with_metadata(metadata))


def constant(values: Mapping[str, str], rows: int) -> dict[str, list[str]]:
    """Columns that say the same in every row, such as the view and the split of a chunk."""
    return {key: [value] * rows for key, value in values.items()}


def no_rows(name: str) -> dict[str, list]:
    """The columns of a table that holds nothing."""
    return {column: [] for column in SCHEMAS[name].names}


def hull_columns(
    projection: HullProjection, numbers: np.ndarray, space: str, noise: np.ndarray | float = 0.0
) -> dict[str, Any]:
    """The columns of `hulls` that a projection knows; numbers[k] is the sample that vertex k is.

    noise (m,): how far rounding may have moved a query and the vertices. What is proven of the numbers is `outside`
    only beyond it.
    """
    support = [projection.support(row) for row in range(len(projection.distance))]
    noise = np.broadcast_to(np.asarray(noise, np.float64), len(support))
    ordered = [(numbers[index[order]], weight[order]) for index, weight in support for order in [np.argsort(-weight)]]
    return {
        "space": [space] * len(support),
        "distance": projection.distance,
        "distance_lower": projection.distance_lower,
        "noise": noise,
        "position": position_beyond(projection, noise),
        "support_size": [len(index) for index, _ in ordered],
        "support_index": [index for index, _ in ordered],
        "support_weight": [weight for _, weight in ordered],
        "duality_gap": projection.gap,
        "hull_radius": projection.radius,
        "rounds": projection.rounds,
        "status": projection.status,
    }


def position_beyond(projection: HullProjection, noise: np.ndarray) -> np.ndarray:
    """(m,) `position` where queries and vertices are known to `noise` (m,): `within_noise` where the distance does not
    exceed it, or where a point that is proven outside is not proven to be that far."""
    known = projection.position
    near = (projection.distance <= noise) | ((known == "outside") & (projection.distance_lower <= noise))
    return np.where((known != "within_tolerance") & (noise > 0) & near, "within_noise", known)


def hull_projection(rows: pd.DataFrame, vertices: np.ndarray, numbers: np.ndarray) -> HullProjection:
    """The projection that rows of `hulls` tell of, one view and space; numbers[k] is the sample that vertex k is.

    Raises DataError where a projection rests on a sample that is no vertex.
    """
    import pandas as pd

    from phiscope.geometry.hull import HullProjection  # deferred: most readers of tables solve nothing

    of = pd.Index(numbers)
    indices = [of.get_indexer(support) for support in rows["support_index"]]
    if any((rows < 0).any() for rows in indices):
        raise DataError("table hulls: a projection rests on a training sample that is not among the vertices given")
    weights = [np.asarray(weights, np.float64) for weights in rows["support_weight"]]
    return HullProjection(
        nearest=np.stack([w @ vertices[index].astype(np.float64) for index, w in zip(indices, weights, strict=True)]),
        distance=rows["distance"].to_numpy(),
        support_indices=np.concatenate(indices),
        support_weights=np.concatenate(weights),
        support_offsets=np.cumsum([0, *map(len, indices)]),
        gap=rows["duality_gap"].to_numpy(),
        radius=rows["hull_radius"].to_numpy(),
        rounds=rows["rounds"].to_numpy(),
        status=rows["status"].to_numpy(str),
    )


def write_frame(frame: pd.DataFrame, path: str | Path, provenance: Mapping[str, Any]) -> None:
    """Write a frame of statistics, whose columns are its own, with the run's provenance."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if _LABEL in table.column_names and pa.types.is_integer(table.schema.field(_LABEL).type):
        labels = to_arrow(_without_unknown(frame[_LABEL].to_numpy()), pa.int64())
        table = table.set_column(table.column_names.index(_LABEL), _LABEL, labels)
    about = {"phiscope.provenance": json.dumps(provenance, sort_keys=True)}
    write_table(table.replace_schema_metadata((table.schema.metadata or {}) | about), path)


def read(path: str | Path, columns: list[str] | None = None) -> pd.DataFrame:
    """A table as a DataFrame; fixed-size lists come as one numpy array per row (see `matrix`).

    No label is -1, so that labels stay whole numbers.
    """
    return _with_unknown(read_table(path, columns)).to_pandas()


def arrays(path: str | Path, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Columns of a table by name, one number or text per row, without pandas: what `write` takes.

    Where rows have no value: NaN among numbers, None among texts, -1 among labels, as in `read`.
    """
    table = _with_unknown(read_table(path, list(names)))
    return {name: to_numpy(table[name].combine_chunks()) for name in names}


def matrix(path: str | Path, column: str) -> np.ndarray:
    """One fixed-size list column as a (rows, length) numpy array, without a Python object per row.

    Filled some rows at a time: the column is in memory once.
    """
    with opened(path) as file:
        kind, rows = file.schema_arrow.field(column).type, file.metadata.num_rows
    whole, start = np.empty((rows, kind.list_size), kind.value_type.to_pandas_dtype()), 0
    for part in batches(path, column):
        whole[start : start + len(part)] = part
        start += len(part)
    return whole


def batches(path: str | Path, column: str) -> Iterator[np.ndarray]:
    """The same column, some rows at a time, of which one batch is in memory."""
    with opened(path, buffer=_BUFFER) as file:
        rows = rows_at_a_time(file.schema_arrow.field(column).type.list_size)
        for batch in file.iter_batches(rows, columns=[column]):
            values = batch.column(0)
            yield to_numpy(values.flatten()).reshape(len(values), values.type.list_size)


def vectors(path: str | Path) -> np.ndarray:
    """(samples, features) of a table of features."""
    return matrix(path, "features")


class LocatedSamples:
    """A table of features: its columns and its vectors, read when they are asked for."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def columns(self, *names: str) -> pd.DataFrame:
        return read(self.path, list(names))

    def judged(self, *names: str) -> pd.DataFrame:
        """Columns, and `confidence`: the largest softmax of each sample's logits."""
        import scipy.special  # deferred: slow to import

        parts = [scipy.special.softmax(logits, axis=1).max(axis=1) for logits in batches(self.path, "logits")]
        return self.columns(*names).assign(confidence=np.concatenate([np.empty(0), *parts]))

    def sample(self, number: int, asked_by: str) -> tuple[pd.Series, np.ndarray]:
        """One sample's columns, and its vector in float64; asked_by: the place in the config that errors speak of."""
        located = self.columns(*SAMPLE_COLUMNS, "margin")
        rows = np.flatnonzero(located["sample"] == number)
        if not len(rows):
            raise ConfigError(
                f"{asked_by}: test sample {number} is not among the {len(located)} of this run; "
                "choose another, or raise dataset.limit.test"
            )
        return located.iloc[rows[0]], self.vectors[rows[0]].astype(np.float64)

    @cached_property
    def vectors(self) -> np.ndarray:
        """(samples, features), in the order of the columns."""
        return vectors(self.path)


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


def _without_unknown(labels: Any) -> np.ndarray:
    """Labels as `to_arrow` takes them: NaN, which becomes null, in place of -1."""
    values = np.array([np.nan if label is None else label for label in labels], dtype=np.float64)
    return np.where(values == UNKNOWN, np.nan, values)


def _with_unknown(table: pa.Table) -> pa.Table:
    if _LABEL not in table.column_names or not pa.types.is_integer(table.schema.field(_LABEL).type):
        return table
    labels = table[_LABEL]
    filled = labels.fill_null(UNKNOWN) if labels.null_count else labels
    return table.set_column(table.column_names.index(_LABEL), table.schema.field(_LABEL), filled)
