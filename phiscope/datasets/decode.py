"""Encoded images to arrays, on several threads: Pillow lets go of the interpreter while it decodes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import DataError


def decode(source: bytes | Path, name: str, *, colour: bool | None = None) -> NDArray[np.uint8]:
    """One image as (channels, height, width) uint8; `colour` None keeps grey images grey.

    Raises DataError naming the image where it cannot be decoded.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            wanted = image.mode not in ("1", "L", "I", "I;16", "F") if colour is None else colour
            array = np.asarray(image.convert("RGB" if wanted else "L"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DataError(
            f"{name}: not an image that can be decoded ({error}); expected PNG, JPEG or the like"
        ) from error
    return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))


def decode_all(sources: Sequence[bytes | Path], names: Iterable[str]) -> NDArray[np.uint8]:
    """Images of one size as one array; colour if any of them is, so the first decides only its size."""
    with ThreadPoolExecutor() as pool:
        arrays = list(pool.map(decode, sources, names))
    if len({len(array) for array in arrays}) > 1:
        arrays = [np.broadcast_to(array, (3, *array.shape[1:])) for array in arrays]
    for array, name in zip(arrays, names):
        if array.shape != arrays[0].shape:
            raise DataError(
                f"{name}: is {array.shape[2]}x{array.shape[1]}, the first image is "
                f"{arrays[0].shape[2]}x{arrays[0].shape[1]}; expected all images of one size"
            )
    return np.stack(arrays)
