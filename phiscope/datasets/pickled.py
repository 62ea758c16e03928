"""Pickles of arrays, as data sets of the time before Python 3 have them, read without running what they name.

A pickle is a program: it names functions and calls them. Here a few names have a meaning, those that an array of NumPy
is pickled with, and it is ours: each stands for a record of what it was given. Any other name ends the reading. Arrays
are then made from these records, so that no number in the file takes memory that its bytes do not fill.
"""

from __future__ import annotations

import io
import math
import pickle
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NUMBERS = re.compile(r"[biuf][1248]")  # types of NumPy, by kind and bytes


class _Kind:
    """Stands for numpy.dtype."""

    def __init__(self, text: Any = "", *_: Any) -> None:
        self.text = text.decode("latin1") if isinstance(text, bytes) else text
        self.order = "|"

    def __setstate__(self, state: Any) -> None:
        order = state[1]
        self.order = order.decode("latin1") if isinstance(order, bytes) else order

    @property
    def made(self) -> np.dtype:
        if (
            not isinstance(self.text, str)
            or not _NUMBERS.fullmatch(self.text)
            or self.order not in ("<", ">", "|", "=")
        ):
            raise ValueError(f"an array of {self.text!r}; expected numbers")
        return np.dtype(self.order.replace("|", "=") + self.text)


class _Array:
    """Stands for what numpy's `_reconstruct` returns, which gets its content afterwards."""

    state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    @property
    def made(self) -> NDArray:
        match self.state:
            case (int(), tuple(shape), _Kind() as kind, lying, bytes(content)) if all(type(k) is int for k in shape):
                if any(side < 0 for side in shape) or math.prod(shape) * kind.made.itemsize != len(content):
                    raise ValueError(f"an array of shape {shape} with {len(content):,} bytes")
                return np.frombuffer(content, kind.made).reshape(shape, order="F" if lying else "C")
        raise ValueError("an array without its numbers")


def _reconstructed(*_: Any) -> _Array:
    return _Array()


def _encoded(text: Any, encoding: Any = "latin1") -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise pickle.UnpicklingError("bytes that are none")
    return text.encode("latin1")


def _no_bytes(*given: Any) -> bytes:
    """As Python 3 writes empty bytes for Python 2."""
    if given:
        raise pickle.UnpicklingError("bytes that are none")
    return b""


_MEANT: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstructed,
    ("numpy._core.multiarray", "_reconstruct"): _reconstructed,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Kind,
    ("_codecs", "encode"): _encoded,
    ("__builtin__", "bytes"): _no_bytes,
}


class _Unpickler(pickle._Unpickler):
    """In Python and not in C, where a single number in the file makes a table of as many entries."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _MEANT:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which could run code")
        return _MEANT[module, name]


def pickled_arrays(content: bytes) -> Any:
    """What a pickle holds: dicts, lists, texts, bytes, numbers and arrays of numbers. Raises ValueError otherwise."""
    try:
        return _made(_Unpickler(io.BytesIO(content), encoding="bytes").load())
    except Exception as error:  # a damaged pickle can fail in any way
        said = str(error).partition("\n")[0] or "it is cut off"
        raise ValueError(said) from error


def _made(found: Any) -> Any:
    """Arrays in the place of their records, at the two levels at which a batch has them."""
    if isinstance(found, _Array):
        return found.made
    if isinstance(found, dict):
        return {key: value.made if isinstance(value, _Array) else value for key, value in found.items()}
    return found
