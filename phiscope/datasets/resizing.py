"""The size of an image: made another, and cut, as torchvision does it with Pillow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.options import OptionDoesNotFitError


def as_picture(pixels: NDArray) -> Any:
    """(channels, h, w) of 8 bits -> the same as a Pillow image."""
    from PIL import Image

    return Image.fromarray(pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def resized_to(height: int, width: int, size: int | tuple[int, int]) -> tuple[int, int]:
    """As torchvision's Resize: a number is the shorter side, the longer follows, rounded down."""
    if not isinstance(size, int):
        return size
    short, long = sorted((height, width))
    other = int(size * long / short)
    return (other, size) if height > width else (size, other)


def resized(pixels: NDArray, size: int | tuple[int, int], interpolation: str) -> NDArray:
    """As torchvision's Resize of a Pillow image."""
    from PIL import Image

    height, width = pixels.shape[1:]
    target = resized_to(height, width, size)
    if target == (height, width):
        return pixels
    method = Image.Resampling[interpolation.upper()]
    if pixels.dtype == np.uint8:
        array = np.asarray(as_picture(pixels).resize(target[::-1], method))
        return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))
    channels = [np.asarray(Image.fromarray(channel).resize(target[::-1], method)) for channel in pixels]
    return np.stack(channels).clip(0, 1)


def cropped(pixels: NDArray, crop: tuple[int, int], name: str) -> NDArray:
    """The middle, as torchvision's CenterCrop; an image that is smaller is refused instead of padded."""
    height, width = pixels.shape[1:]
    require_crop(height, width, crop, name)
    top, left = round((height - crop[0]) / 2.0), round((width - crop[1]) / 2.0)
    return np.ascontiguousarray(pixels[:, top : top + crop[0], left : left + crop[1]])


def require_crop(height: int, width: int, crop: tuple[int, int], name: str) -> None:
    """Raise OptionDoesNotFitError where the image is smaller than what is to be cut out of it."""
    if crop[0] > height or crop[1] > width:
        raise OptionDoesNotFitError(
            f"{name or 'images'}: {width}x{height} is smaller than dataset.options.crop {crop[1]}x{crop[0]}; give "
            "dataset.options.size as well, no smaller than the crop"
        )
