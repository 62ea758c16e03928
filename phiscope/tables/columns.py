"""Between numpy and Arrow without pandas: pyarrow's own `array` and `to_numpy` import it, whatever they are given.

That takes 0.2 s of processor time, in steps that take hardly more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from phiscope.errors import DataError


def to_arrow(values: Any, kind: pa.DataType) -> pa.Array:
    """A column as `pyarrow.array(values, kind, from_pandas=True)` makes it: None and NaN are no value.

    values: one per row; for lists one array per row, for lists of fixed size a matrix. kind: text, an integer, a real
    number, a truth value, or a list of these. What is no such thing, or a Series, is left to pyarrow.
    Raises DataError for numbers that an integer cannot hold.
    """
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(to_arrow(values.reshape(-1), kind.value_type), kind.list_size)
    if not isinstance(values, list | tuple | np.ndarray):
        return pa.array(values, kind, from_pandas=True)
    if pa.types.is_string(kind):
        return _text(values, kind)
    return _lists(values, kind) if pa.types.is_list(kind) else _numbers(values, kind)


def to_numpy(array: pa.Array) -> NDArray:
    """One number, truth value or text per row; no value is NaN among numbers and None among others."""
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        if not array.null_count:
            return np.from_dlpack(array)
        real = array.type.to_pandas_dtype() if pa.types.is_floating(array.type) else float
        return np.array([np.nan if value is None else value for value in array.to_pylist()], real)
    return np.array(array.to_pylist(), bool if pa.types.is_boolean(array.type) and not array.null_count else object)


def _text(values: Sequence[Any] | NDArray, kind: pa.DataType) -> pa.Array:
    given = list(values)
    there = np.array([isinstance(value, str) for value in given], np.bool_)
    if any(value is not None and value == value for value in compress(given, ~there)):
        return pa.array(values, kind, from_pandas=True)
    encoded = [value.encode() if isinstance(value, str) else b"" for value in given]
    offsets = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    buffers = [_validity(there), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(kind, len(given), buffers)


def _lists(values: Sequence[Any] | NDArray, kind: pa.DataType) -> pa.Array:
    if any(part is None for part in values):
        return pa.array(values, kind, from_pandas=True)
    filled = [np.asarray(part) for part in values if len(part)]
    flat = np.concatenate(filled) if filled else np.empty(0)
    offsets = _numbers(np.cumsum([0, *map(len, values)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, to_arrow(flat, kind.value_type))


def _numbers(values: Sequence[Any] | NDArray, kind: pa.DataType) -> pa.Array:
    given = np.asarray(values)
    if given.dtype == object:
        given = np.array([np.nan if value is None else value for value in given.tolist()])
    missing = np.isnan(given) if given.dtype.kind == "f" else np.zeros(len(given), np.bool_)
    numbers = np.zeros(len(given), kind.to_pandas_dtype())
    numbers[~missing] = given[~missing]
    if numbers.dtype.kind in "ib" and not np.array_equal(numbers[~missing], given[~missing]):
        raise DataError(f"a column of {kind} got a number that it cannot hold")
    data = _bits(numbers) if numbers.dtype == np.bool_ else pa.py_buffer(numbers)
    return pa.Array.from_buffers(kind, len(numbers), [_validity(~missing), data])


def _validity(there: NDArray[np.bool_]) -> pa.Buffer | None:
    return None if there.all() else _bits(there)


def _bits(flags: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))
