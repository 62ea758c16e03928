"""Array aliases, seeding, blocks and the choice of a device."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import DataError, DeviceError

if TYPE_CHECKING:
    from torch import Tensor, device, nn  # deferred: slow to import
    from typing_extensions import TypeIs

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]
_NUMBERS = 4_000_000  # of rows that are worked on at a time, and of what is computed of them: 32 MB in float64


def generator(seed: int, *stream: int) -> np.random.Generator:
    """Independent random stream for `(seed, *stream)`: same numbers whatever else was drawn."""
    return np.random.default_rng([seed, *stream])


def blocks(count: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover range(count) in order."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def rows_at_a_time(width: int) -> int:
    """How many rows of so many numbers are worked on at a time: 32 MB of them in float64."""
    return max(1, _NUMBERS // max(width, 1))


def by_blocks(compute: Callable[..., NDArray], *arrays: NDArray, width: int = 0) -> NDArray[np.float64]:
    """compute(some rows of each array) -> (rows,), for all m rows of arrays (m, ...), put together: (m,).

    width: numbers that `compute` makes of a row, where these are more than any array has. Raises DataError where
    lengths differ.
    """
    lengths = {len(array) for array in arrays}
    if len(lengths) > 1:
        raise DataError(f"arrays: got {', '.join(map(str, sorted(lengths)))} rows; expected as many of each")
    found = np.empty(len(arrays[0]))
    for part in blocks(len(found), rows_at_a_time(max(width, *(array[:1].size for array in arrays)))):
        found[part] = compute(*(array[part] for array in arrays))
    return found


def scatter(features: NDArray, centres: NDArray, members: NDArray | None = None) -> NDArray[np.float64]:
    """(f, f) Σ_i (x_i - c_i)(x_i - c_i)ᵀ over features (t, f), of which some are in float64 at a time.

    centres (f,), the same for all; or (k, f), and members (t,) says which of them is whose.
    """
    total = np.zeros((features.shape[1],) * 2)
    for part in blocks(len(features), rows_at_a_time(features.shape[1])):
        seen = np.asarray(features[part], np.float64) - (centres if members is None else centres[members[part]])
        total += seen.T @ seen
    return total


def unit_range(images: NDArray) -> NDArray[np.float32]:
    """Images as float32 in [0, 1]: 8-bit ones are divided by 255, float ones pass through."""
    if images.dtype == np.uint8:
        return images.astype(np.float32) / np.float32(255)
    return images.astype(np.float32, copy=False)


def as_vectors(images: NDArray) -> NDArray[np.float32]:
    """Every image as one vector of pixels in [0, 1]: (m, channels, height, width) -> (m, d)."""
    return unit_range(images).reshape(len(images), -1)


def eight_bit(images: NDArray) -> NDArray[np.float32]:
    """Images in [0, 1] as an 8-bit file would keep them: rounded to multiples of 1/255, still float32."""
    return np.rint(np.clip(images, 0, 1) * np.float32(255)).astype(np.float32) / np.float32(255)


def is_tensor(array: NDArray | Tensor) -> TypeIs[Tensor]:
    """Whether an array is torch's. Imports nothing: whoever holds a tensor has imported torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(array, torch.Tensor)


def as_numpy(array: NDArray | Tensor) -> NDArray:
    """An array of numpy or torch, wherever it lies, as one of numpy; the same memory where that can be."""
    return array.detach().cpu().numpy() if is_tensor(array) else array


def require_finite(array: NDArray, name: str) -> None:
    """Raise DataError naming `name` and the first row with a NaN or infinity."""
    finite = np.isfinite(array)
    if not finite.all():
        row = int(np.argwhere(~finite)[0][0])
        raise DataError(f"{name}: row {row} holds a value that is not finite; expected finite numbers only")


def span(values: NDArray) -> str:
    """Smallest, median and largest of the finite numbers among some, in words for a line."""
    finite = np.asarray(values)[np.isfinite(values)]
    if not len(finite):
        return "none"
    low, middle, high = finite.min(), np.median(finite), finite.max()
    return f"{low:.3g} to {high:.3g}, median {middle:.3g}"


def choose_device(wanted: str = "auto") -> str:
    """`cpu`, `cuda` or, for `auto`, cuda where there is one; a CUDA device asked for and absent is an error.

    From then on this process computes in full float32 on the card, see `full_float32`.
    """
    if wanted == "cpu":
        return wanted
    import torch  # deferred: light steps choose no device

    if not torch.cuda.is_available():
        if wanted.startswith("cuda"):
            raise DeviceError(f"device: {wanted} was asked for but torch sees no CUDA device; use `auto` or `cpu`")
        return "cpu" if wanted == "auto" else wanted
    cards = torch.cuda.device_count()
    if wanted.startswith("cuda:") and int(wanted.partition(":")[2]) >= cards:
        raise DeviceError(f"device: {wanted} was asked for but torch sees {cards}, the last of them cuda:{cards - 1}")
    if wanted == "auto" or wanted.startswith("cuda"):
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.allow_tf32 = False
    return "cuda" if wanted == "auto" else wanted


def device_of(network: nn.Module, otherwise: str | device = "cpu") -> device:
    """Where a network lies, and what it reads must lie; otherwise: of one without parameters and buffers."""
    import torch  # deferred: whoever has a network has imported it

    held = next(chain(network.parameters(), network.buffers()), None)
    return torch.device(otherwise) if held is None else held.device


@contextmanager
def full_float32() -> Iterator[None]:
    """torch multiplies and convolves float32 as such meanwhile: no TF32 on a card, no bfloat16 on a processor.

    TF32, which torch uses for convolutions on a card unless told otherwise, keeps 11 bits of a factor where float32
    keeps 24: features would have a thousand times the noise, and what bounds the rounding of prices would not hold.
    torch has an older and a newer way to say so, and raises where somebody asks in the older way after both were used
    for different things; this is the newer one, and what was set is set again afterwards.
    """
    import torch  # deferred: whoever multiplies has imported it

    card: Any = torch.backends.cudnn
    processor: Any = torch.backends.mkldnn
    places: tuple[Any, ...] = (
        torch.backends.cuda.matmul,
        card.conv,
        card.rnn,
        processor.matmul,
        processor.conv,
        processor.rnn,
    )
    before = [place.fp32_precision for place in places]
    for place in places:
        place.fp32_precision = "ieee"
    try:
        yield
    finally:
        for place, precision in zip(places, before):
            place.fp32_precision = precision
