"""One image, or an array of them: values in [0, 1] or 8 bits, channels and size as the options say."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.decode import Decoded, Header, decoded, header
from phiscope.datasets.encoded import Encoded
from phiscope.datasets.functions import function
from phiscope.datasets.options import DataOptions, OptionDoesNotFitError
from phiscope.datasets.resizing import as_picture, cropped, require_crop, resized, resized_to
from phiscope.errors import DataError

_ROUNDING = 1e-6  # what arithmetic leaves outside [0, 1]
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R 601, as Pillow's conversion to grey


@dataclass(frozen=True)
class Values:
    """An image (channels, height, width), uint8 or float32 in [0, 1]; highest and white: of its values as stored."""

    pixels: NDArray
    highest: float
    white: float
    turned: bool = False
    transparent: bool = False
    several: bool = False


def one(source: Encoded, name: str, options: DataOptions) -> Values:
    """One image as the options say. Raises DataError naming it."""
    if source is None:
        raise _no_image(name)
    image = decoded(
        source,
        name,
        colour=_colour(options),
        turn=options.orientation == "exif",
        background=options.background,
    )
    return settled(_scaled_file(image, name, options), options, name)


def seen(source: Encoded, name: str, options: DataOptions) -> Header:
    """What the beginning of an image file tells of it, without decoding it. Raises DataError naming it.

    With a transformation of the user's own, `shape` is that before it.
    """
    if source is None:
        raise _no_image(name)
    about = header(source, name, colour=_colour(options), turn=options.orientation == "exif")
    if about.white is None and options.range is None:
        raise _no_white(name)
    height, width = about.height, about.width
    if options.size is not None:
        height, width = resized_to(height, width, options.size)
    if options.crop is not None:
        require_crop(height, width, options.crop, name)
        height, width = options.crop
    return replace(about, height=height, width=width)


def is_float(about: Header, options: DataOptions) -> bool:
    """Whether an image becomes float32, and not uint8; a transformation may change that."""
    return about.deep or options.range not in (None, (0.0, 255.0))


def _colour(options: DataOptions) -> bool | None:
    return None if options.channels is None else options.channels == 3


def _no_image(name: str) -> DataError:
    return DataError(f"{name} has no image bytes; expected images inside the file")


def _no_white(name: str) -> DataError:
    return OptionDoesNotFitError(f"{name}: holds numbers of 32 bits; give dataset.options.range: [black, white]")


def _scaled_file(image: Decoded, name: str, options: DataOptions) -> Values:
    limits = options.range or (None if image.white is None else (0.0, image.white))
    if limits is None:
        raise _no_white(name)
    pixels = image.pixels
    if pixels.dtype != np.uint8 or limits != (0.0, 255.0):
        pixels = _within(pixels, limits, name)
    return Values(pixels, float(image.pixels.max()), limits[1], image.turned, image.transparent, image.several)


def scaled(images: NDArray, options: DataOptions, where: str) -> NDArray:
    """An array of images as uint8, or as float32 in [0, 1]; what could be read in two ways is refused."""
    if images.dtype == np.bool_:
        return images.astype(np.uint8) * np.uint8(255)
    if images.dtype.kind not in "iuf":
        raise DataError(f"{where}: images are {images.dtype}; expected integers from 0 to 255 or floats from 0 to 1")
    if options.range == (0.0, 255.0) and images.dtype == np.uint8:
        return images
    if options.range is not None:
        return _within(images, options.range, where)
    if images.dtype.kind == "f":
        return _unit(images, where)
    low, high = int(images.min(initial=0)), int(images.max(initial=0))
    if low < 0 or high > 255:
        depth = 2 ** max(high.bit_length(), 8) - 1
        guess = f"[{low}, {high}]" if low < 0 else f"{65535 if images.dtype == np.uint16 else depth}"
        raise DataError(
            f"{where}: images are {images.dtype} from {low} to {high}; expected integers from 0 to 255 or floats "
            f"from 0 to 1: dataset.options.range: {guess} reads them, if that is black to white"
        )
    return images.astype(np.uint8)


def _unit(images: NDArray, where: str) -> NDArray[np.float32]:
    _require_finite(images, where)
    low, high = float(images.min(initial=0)), float(images.max(initial=0))
    if low < -_ROUNDING or high > 1 + _ROUNDING:
        signed = -1 <= low < -_ROUNDING and high <= 1 + _ROUNDING
        guess = "[-1, 1]" if signed else "255" if 1 < high <= 255 and low >= 0 else ""
        raise DataError(
            f"{where}: float images range from {low:g} to {high:g}; expected 0 to 1: dataset.options.range: "
            f"{guess or '[black, white]'} reads them, if that is black to white"
        )
    return images.astype(np.float32).clip(0, 1)


def _within(images: NDArray, limits: tuple[float, float], where: str) -> NDArray[np.float32]:
    _require_finite(images, where)
    low, high = limits
    with np.errstate(over="ignore"):  # of wider floats: infinity is outside as well
        values = (images.astype(np.float64) - low) / (high - low)
    if values.min(initial=0) < -_ROUNDING or values.max(initial=0) > 1 + _ROUNDING:
        raise OptionDoesNotFitError(
            f"{where}: values range from {images.min():g} to {images.max():g}; dataset.options.range says {low:g} to "
            f"{high:g}: expected all within"
        )
    return values.clip(0, 1).astype(np.float32)


def _require_finite(images: NDArray, where: str) -> None:
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        row = int(np.argwhere(~np.isfinite(images))[0][0])
        raise DataError(f"{where}: image {row} holds a value that is not finite; expected finite numbers only")


def require_bright(highest: float, white: float, dark: float, options: DataOptions, where: str) -> None:
    """Stored values that stay far below white were probably stored on another scale; whoever knows may say so."""
    if options.range is None and highest < dark * white:
        bits = f", {2 ** int(highest).bit_length() - 1}" if highest > 1 else ""
        bits = bits or (", 1 for black and white" if white > 1 else "")
        raise DataError(
            f"{where}: the highest of all values is {highest:g}, far under white, {white:g}; say which value is white "
            f"with dataset.options.range: {white:g} if the images are as dark as that{bits}"
        )


def channels_first(images: NDArray, where: str, options: DataOptions) -> NDArray:
    """Images (n, h, w), (n, channels, h, w) or (n, h, w, channels) -> (n, channels, h, w).

    ASSUME: where the last axis is 1 to 4 and the second is not, the channels stand last.
    """
    if images.ndim == 3:
        return images[:, None]
    if images.ndim != 4:
        raise DataError(_flat(images.shape, where))
    if images.shape[-1] in (1, 2, 3, 4) and images.shape[1] not in (1, 3):
        images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    if images.shape[1] not in (1, 3):
        remedy = ": save them without transparency" if images.shape[1] in (2, 4) else ""
        raise DataError(f"{where}: images have {images.shape[1]} channels; expected 1 (grey) or 3 (colour){remedy}")
    return images


def _flat(shape: tuple[int, ...], where: str) -> str:
    side = round(np.sqrt(shape[1])) if len(shape) == 2 else 0
    remedy = f": save them as {shape[0], side, side}" if side and side * side == shape[1] else ""
    return f"{where}: images have shape {shape}; expected three or four axes, images first{remedy}"


def settled(value: Values, options: DataOptions, name: str) -> Values:
    """Channels, size, crop and transform, in that order."""
    pixels = value.pixels
    if options.channels is not None and len(pixels) != options.channels:
        pixels = np.repeat(pixels, 3, axis=0) if options.channels == 3 else _grey(pixels)
    if options.size is not None:
        pixels = resized(pixels, options.size, options.interpolation)
    if options.crop is not None:
        pixels = cropped(pixels, options.crop, name)
    if options.transform is not None:
        pixels = _transformed(pixels, options.transform, name)
    return replace(value, pixels=pixels)


def _grey(pixels: NDArray) -> NDArray:
    if pixels.dtype == np.uint8:
        return np.asarray(as_picture(pixels).convert("L"))[None]
    return np.tensordot(_LUMA, pixels, axes=1)[None].astype(np.float32)


def _transformed(pixels: NDArray, transform: str, name: str) -> NDArray:
    """What the user's function makes of an image: 8 bits as a Pillow image, others as an array (channels, h, w)."""
    where = f"{name or 'images'}: dataset.options.transform {transform}"
    call = function(transform, "dataset.options.transform")
    try:
        result = np.asarray(call(as_picture(pixels) if pixels.dtype == np.uint8 else pixels))
    except (Exception, SystemExit) as error:  # a function of the user's own can fail in any way
        raise OptionDoesNotFitError(f"{where} failed ({type(error).__name__}: {error})") from error
    if result.ndim not in (2, 3) or result.dtype.kind not in "iufb":
        raise OptionDoesNotFitError(f"{where} gives {result.dtype} of shape {result.shape}; expected an image")
    result = result[None] if result.ndim == 2 else result
    result = result.transpose(2, 0, 1) if result.shape[0] not in (1, 3) and result.shape[2] in (1, 3) else result
    if result.dtype == np.uint8:
        return np.ascontiguousarray(result)
    if result.dtype.kind == "f" and (result.min() < -_ROUNDING or result.max() > 1 + _ROUNDING):
        raise OptionDoesNotFitError(
            f"{where} gives values from {result.min():g} to {result.max():g}; expected 0 to 1: leave normalisation to "
            "classifier.normalise"
        )
    return scaled(result[None], DataOptions(), where)[0]


def as_float(array: NDArray) -> NDArray[np.float32]:
    return array.astype(np.float32) / np.float32(255) if array.dtype == np.uint8 else array
