"""Encoded images to arrays, on several threads: Pillow lets go of the interpreter while it decodes."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.files import beginning, mistaken, trouble
from phiscope.datasets.limits import MOST_PIXELS
from phiscope.errors import DataError, PhiscopeError

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

SUFFIXES = {
    ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
}  # fmt: skip
_FORMATS = ("AVIF", "BMP", "DIB", "GIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "TIFF", "WEBP")
_EXIF_ORIENTATION = 0x112
_LYING = (5, 6, 7, 8)  # orientations that swap the sides
_SIXTEEN = 65535.0


@dataclass(frozen=True)
class Decoded:
    """pixels (channels, height, width) as stored, uint8 or float32; white: the value of white, None if unknown.

    turned: the camera says that the image is to be turned. transparent: it was laid over the background. several: the
    file has more frames or pages than this first one.
    """

    pixels: NDArray
    white: float | None
    turned: bool = False
    transparent: bool = False
    several: bool = False


@dataclass(frozen=True)
class Header:
    """What an image file says of itself before it is decoded; `channels`, `white`, `turned` and so on as `Decoded`.

    deep: whether it holds more than 8 bits a channel.
    """

    channels: int
    height: int
    width: int
    white: float | None
    deep: bool
    turned: bool
    several: bool

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width


def decode(source: bytes | Path, name: str, *, colour: bool | None = None) -> NDArray:
    """One image as (channels, height, width): uint8, or float32 in [0, 1] where it has 16 bits a channel.

    `colour` None keeps grey images grey. Raises DataError naming the image where it cannot be decoded, or where the
    value of white is not known.
    """
    image = decoded(source, name, colour=colour)
    if image.pixels.dtype == np.uint8:
        return image.pixels
    if image.white is None:
        raise DataError(f"{name}: holds numbers of 32 bits, none of which is known to be white; save it in 16 or 8")
    pixels = image.pixels / np.float32(image.white)
    if not np.isfinite(pixels).all():
        raise DataError(f"{name}: holds a value that is not finite; expected finite numbers only")
    if pixels.min(initial=0) < 0 or pixels.max(initial=0) > 1:
        raise DataError(
            f"{name}: values range from {image.pixels.min():g} to {image.pixels.max():g}; expected 0 to "
            f"{image.white:g}: save it in 8 or 16 bits"
        )
    return pixels


def decoded(
    source: bytes | Path, name: str, *, colour: bool | None = None, turn: bool = False, background: float = 1.0
) -> Decoded:
    """One image with what it is needed to know about its values.

    Transparent pixels are laid over a grey `background` (1 is white); what colours are hidden under them does not
    count. turn: as the camera says, by EXIF. CMYK becomes RGB by Pillow's formula. Raises DataError as `decode`.
    """
    from PIL import ImageOps

    with _opened(source, name) as image:
        image.load()
        turned = _orientation(image) != 1
        upright = ImageOps.exif_transpose(image) if turn and turned else image
        values = _with_values(upright, image.format, colour, background, turned)
        return replace(values, several=_is_several(image))


def header(source: bytes | Path, name: str, *, colour: bool | None = None, turn: bool = False) -> Header:
    """What `decoded` would give, as far as the beginning of the file tells it.

    An image with a palette is decoded, to see whether that is grey where it is used. Raises DataError as `decoded`,
    where already the beginning is damaged.
    """
    with _opened(source, name) as image:
        orientation = _orientation(image) if turn or image.format != "PNG" or "exif" in image.info else 1
        sides = image.size if turn and orientation in _LYING else image.size[::-1]
        deep = _is_deep(image)
        grey = deep if colour is None and deep else _is_grey(image) if colour is None else not colour
        white = _white(image, image.format)
        return Header(1 if grey else 3, *sides, white, deep, orientation != 1, _is_several(image))


@cache
def _pillow() -> tuple[str, ...]:
    """The formats of `_FORMATS` that this Pillow reads, all of them registered.

    Pillow opens PostScript by running Ghostscript on it, and guesses at others; none of these is asked.
    """
    from PIL import Image

    Image.init()
    # Larger images are refused here in a sentence; what Pillow warns of is the same, on every thread.
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # of damage, which is an error or nothing
    return tuple(form for form in _FORMATS if form in Image.OPEN)


@contextmanager
def _opened(source: bytes | Path, name: str) -> Iterator[Picture]:
    """The image, of which Pillow has read the header; errors in the body of `with` are told in one sentence as well."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=_pillow()) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_large(image.width * image.height, name)
            yield image
    except PhiscopeError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        found = re.search(r"\d+", str(error))
        raise _too_large(int(found[0]) if found else None, name) from error
    except UnidentifiedImageError as error:
        head = source[:512] if isinstance(source, bytes) else beginning(source)
        raise _no_image(name, mistaken(head) or "it does not begin as one") from error
    except Exception as error:  # Pillow can fail on a damaged file in any way
        if isinstance(source, Path) and (closed := trouble(source)):
            raise DataError(f"{name}: {closed}") from error
        raise _no_image(name, f"damaged or cut off: {_said(error)}") from error


def _said(error: Exception) -> str:
    said = (str(error).strip().splitlines() or ["its parts do not fit together"])[0]
    return "it holds more text or a larger profile than images have" if "MAX_TEXT" in said else said


def _no_image(name: str, why: str) -> DataError:
    return DataError(f"{name}: not an image that can be decoded ({why}); expected PNG, JPEG or the like")


def _too_large(pixels: int | None, name: str) -> DataError:
    count = "too many" if pixels is None else f"{pixels:,}"
    return DataError(f"{name}: has {count} pixels, more than the {MOST_PIXELS:,} that are read; make it smaller")


def _orientation(image: Picture) -> int:
    """1 is upright. A PNG may say it behind its pixels, which are decoded then."""
    try:
        orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    except Exception:  # a damaged EXIF block can fail in any way, and says nothing about the orientation
        return 1
    return orientation if orientation in range(2, 9) else 1


def _is_several(image: Picture) -> bool:
    return bool(getattr(image, "is_animated", False))


def _is_deep(image: Picture) -> bool:
    return image.mode.startswith(("I", "F"))


def _white(image: Picture, form: str | None) -> float | None:
    """The stored value of white; of 32 bits the file says nothing."""
    if not _is_deep(image):
        return 255.0
    sixteen = image.mode.startswith("I;16") or (image.mode == "I" and form in ("PNG", "PPM"))
    return _SIXTEEN if sixteen else 1.0 if image.mode == "F" else None


def _with_values(image: Picture, form: str | None, colour: bool | None, background: float, turned: bool) -> Decoded:
    if _is_deep(image):
        grey = np.asarray(image).astype(np.float32)[None]
        pixels = np.repeat(grey, 3, axis=0) if colour else grey
        return Decoded(pixels, _white(image, form), turned)
    wanted = not _is_grey(image) if colour is None else colour
    image, transparent = _over(image, background)
    array = np.asarray(image.convert("RGB" if wanted else "L"))
    pixels = array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))
    return Decoded(pixels, 255.0, turned, transparent)


def _is_grey(image: Picture) -> bool:
    """Whether the file keeps grey levels, with transparency or without, or a palette that is grey where it is used."""
    if image.mode in ("P", "PA"):
        plain = image.convert("RGB")  # which decodes it
        red, green, blue = (np.asarray(channel) for channel in plain.split())
        return bool((red == green).all() and (green == blue).all())
    return image.mode in ("1", "L", "LA", "La")


def _over(image: Picture, background: float) -> tuple[Picture, bool]:
    """The image without transparency: what shows when it lies on a grey background."""
    from PIL import Image

    if not image.has_transparency_data:
        return image, False
    layered = image.convert("RGBA")
    if layered.getchannel("A").getextrema() == (255, 255):
        return image, False  # opaque throughout: Pillow's own conversion leaves the values alone
    level = round(255 * background)
    ground = Image.new("RGBA", layered.size, (level, level, level, 255))
    return Image.alpha_composite(ground, layered).convert("RGB"), True


def is_image(file: Path) -> bool:
    """Whether a file is to be read as an image: by its suffix or, where that is none of the usual, by its content."""
    if file.suffix.lower() in SUFFIXES:
        return True
    from PIL import Image

    try:
        with Image.open(file, formats=_pillow()):
            return True
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return True  # too large to be read, which whoever decodes it says
    except Exception:  # whatever Pillow makes of other files
        return False
