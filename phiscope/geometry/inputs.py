"""What callers hand in: arrays of numpy or torch of one shape and kind, and numbers; anything else is one sentence."""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_numpy, is_tensor
from phiscope.errors import ConfigError, DataError

if TYPE_CHECKING:
    from torch import Tensor

FLOATS = ("float32", "float64")


def plain(array: Any, name: str) -> NDArray | Tensor:
    """An array of numbers, of numpy without a subclass, in this machine's byte order, or of torch; not copied if it is.

    Raises DataError for masked arrays, whose masked numbers are not numbers, and for what is no array of real numbers.
    """
    if is_tensor(array):
        if array.layout != _strided():
            raise DataError(f"{name}: a sparse tensor; expected a dense one, such as {name}.to_dense()")
        return array
    if isinstance(array, np.ma.MaskedArray):
        raise DataError(f"{name}: a masked array; expected numbers only, such as the rows without a mask as .data")
    try:
        numbers = np.asarray(array)
    except (ValueError, TypeError) as error:
        raise DataError(f"{name}: {type(array).__name__} is no array of numbers ({error})") from error
    if numbers.dtype.kind not in "fiub" or (numbers.dtype.kind == "f" and numbers.dtype.itemsize > 8):
        raise DataError(f"{name} are {numbers.dtype}; expected float32 or float64")
    return numbers if numbers.dtype.isnative else numbers.astype(numbers.dtype.newbyteorder("="))


def floats(array: Any, name: str) -> NDArray | Tensor:
    """As `plain`, float32 or float64; float16 and bfloat16 become float32, which holds their numbers exactly."""
    array = plain(array, name)
    kind = str(array.dtype).removeprefix("torch.")
    if kind in ("float16", "bfloat16"):
        return array.float() if is_tensor(array) else array.astype(np.float32)
    if kind not in FLOATS:
        raise DataError(f"{name} are {kind}; expected float32 or float64, such as {name}.astype(numpy.float64)")
    return array


def float64(array: Any, name: str) -> NDArray[np.float64]:
    """As `plain`, in float64, which holds integers up to 2^53; a copy where it is another kind."""
    array = plain(array, name)
    if is_tensor(array):
        array = array.detach().cpu()
        array = (array.float() if str(array.dtype) == "torch.bfloat16" else array).numpy()
    return np.asarray(as_numpy(array), dtype=np.float64)


def whole(value: Any, name: str, least: int) -> int:
    """A whole number, `least` at least."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, (bool, np.bool_)) or number < least:
        raise ConfigError(f"{name}: {value!r}; expected a whole number, {least} at least")
    return number


def nonnegative(value: Any, name: str) -> float:
    """A finite number, 0 at least."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) < math.inf:
        raise ConfigError(f"{name}: {value!r}; expected a finite number, 0 at least")
    return float(value)


def _strided() -> Any:
    import torch  # of whoever holds a tensor

    return torch.strided
