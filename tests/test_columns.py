import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from phiscope.errors import DataError
from phiscope.tables.columns import to_arrow, to_numpy

NAN = float("nan")
COLUMNS = [
    ([1, 2, 3], pa.int64()),
    (np.array([1, 2], np.int32), pa.int64()),
    (np.array([1.0, NAN, 3.0]), pa.int64()),
    ([None, 2], pa.int64()),
    ([], pa.int64()),
    (np.array([0.5, NAN, np.inf]), pa.float64()),
    ([0.5, None, 2], pa.float64()),
    ([None, None], pa.float64()),
    ([NAN], pa.float32()),
    (np.arange(3), pa.float64()),
    (np.linspace(0, 1, 9), pa.float32()),
    (np.array([True, False] * 9), pa.bool_()),
    ([True, None, False], pa.bool_()),
    (["a", "", "ü≠"], pa.string()),
    (["a", None, NAN], pa.string()),
    (np.array(["solved", "b"]), pa.string()),
    (np.array(["a", None], object), pa.string()),
    ([], pa.string()),
    ([np.array([1, 2]), np.array([], np.int64), np.array([3])], pa.list_(pa.int64())),
    ([[0.5], [], [1.5, 2.5]], pa.list_(pa.float64())),
    ([[], []], pa.list_(pa.float64())),
    ([], pa.list_(pa.int64())),
    ([[1], None], pa.list_(pa.int64())),
    (pd.Series(["a", None]), pa.string()),
    (pd.Series([1, None]), pa.int64()),
    ([2**62 + 1, 5], pa.int64()),
]


@pytest.mark.parametrize(("values", "kind"), COLUMNS)
def test_a_column_is_the_one_that_pyarrow_makes(values, kind):
    column = to_arrow(values, kind)
    column.validate(full=True)
    assert column.equals(pa.array(values, kind, from_pandas=True))


def test_rows_of_a_matrix_are_lists_of_fixed_size():
    matrix = np.arange(6, dtype=np.float32).reshape(3, 2)
    column = to_arrow(matrix, pa.list_(pa.float32(), 2))
    assert column.to_pylist() == matrix.tolist()


@pytest.mark.parametrize(("values", "kind"), [([1.5], pa.int64()), ([2], pa.bool_())])
def test_a_number_that_does_not_fit_is_an_error(values, kind):
    with pytest.raises(DataError, match="cannot hold"):
        to_arrow(values, kind)


def test_a_number_is_no_text():
    with pytest.raises(pa.ArrowTypeError):
        to_arrow(["a", 3], pa.string())


@pytest.mark.parametrize(("values", "kind"), [(v, k) for v, k in COLUMNS if not pa.types.is_list(k)])
def test_arrays_come_back_as_pandas_reads_them(values, kind):
    column = to_arrow(values, kind)
    read = pa.table({"column": column}).to_pandas()["column"]
    numpy = to_numpy(column)
    if numpy.dtype != object:
        assert numpy.dtype == read.to_numpy().dtype
    assert [None if pd.isna(value) else value for value in numpy.tolist()] == [
        None if pd.isna(value) else value for value in read.tolist()
    ]
