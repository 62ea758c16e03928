"""Arrays as the page reads them: typed, compressed, as text inside a script.

A block is `zlib(header, arrays)`: the header is JSON behind its length (uint32), padded so that arrays, whose places it
tells, lie at multiples of 8. In HTML and in scripts a block stands as base64.

Two precisions, since drawing needs less than reading:

- to draw, sort roughly and filter, a real number is a uint16: 0 is no value, 1 to 65534 divide the range of the finite
  values evenly (of their logarithms, where they span three decades and are positive), 65535 is infinity; minus
  infinity has no place on a screen and is 0 as well;
- where a number is shown, exported or compared, it is the float64 of the table, byte for byte.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

STEPS = 65533  # between the lowest and the highest finite value
INFINITE = 65535
_DECADES = 1e3  # from where on a range is divided by logarithms
_KINDS = {"u1": "Uint8Array", "u2": "Uint16Array", "u4": "Uint32Array", "i4": "Int32Array", "f4": "Float32Array"}
_SHUFFLED = "f8"  # float64: the first bytes of all numbers, then the second ones: equal exponents lie together


class Quantised(NamedTuple):
    """codes (n,) uint16; low, high: the finite values that 1 and 65534 stand for; log: whether evenly in logarithms."""

    codes: NDArray[np.uint16]
    low: float
    high: float
    log: bool


def quantised(values: NDArray[np.float64]) -> Quantised:
    """Numbers as 16 bits, NaN for no value: off by at most half a step, 1/131,066 of the range."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    log = low > 0 and high / low > _DECADES
    start, end = (np.log(low), np.log(high)) if log else (low, high)
    codes = np.zeros(len(values), np.uint16)
    known = np.isfinite(values)
    placed = np.log(values[known]) if log else values[known]
    # Halved before they are subtracted: the range of float64 is wider than its numbers.
    span = end / 2 - start / 2
    share = (placed / 2 - start / 2) / span if span > 0 else np.zeros(len(placed))
    codes[known] = 1 + np.rint(STEPS * share).astype(np.uint16)
    codes[np.isposinf(values)] = INFINITE
    return Quantised(codes, low, high, bool(log))


def packed(arrays: Mapping[str, NDArray], about: Mapping[str, Any] | None = None) -> bytes:
    """A block; about: JSON that stands in its header."""
    places: dict[str, dict[str, Any]] = {}
    parts: list[bytes] = []
    start = 0
    for name, array in arrays.items():
        kind, content = _bytes(np.ascontiguousarray(array))
        places[name] = {"kind": kind, "at": start, "length": int(array.size)}
        padded = content + b"\0" * (-len(content) % 8)
        parts.append(padded)
        start += len(padded)
    header = json.dumps({"arrays": places, "about": dict(about or {})}, ensure_ascii=False).encode()
    header += b" " * (-(4 + len(header)) % 8)
    return zlib.compress(len(header).to_bytes(4, "little") + header + b"".join(parts), 6)


def _bytes(array: NDArray) -> tuple[str, bytes]:
    code = f"{array.dtype.kind}{array.dtype.itemsize}"
    if code == _SHUFFLED:
        return "Float64Array", array.reshape(-1).view(np.uint8).reshape(-1, 8).T.tobytes()
    return _KINDS[code], array.tobytes()


def as_text(block: bytes) -> str:
    """Base64, which ends no script and holds no quote."""
    return base64.b64encode(block).decode()


def as_json(value: Any) -> str:
    """JSON for the inside of a script: nothing in it can end the script or begin a comment of HTML.

    Numbers that JSON has no word for (NaN, infinity) are null.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return escaped.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
