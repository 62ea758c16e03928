"""Options of a data set that all readers share: what is done with images, labels and splits once they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from phiscope.errors import DataError

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming")
ORIENTATIONS = ("stored", "exif")
_BOTH = ("train", "test")


class OptionDoesNotFitError(DataError):
    """An image is whole, but not what the options say: it is not left out as a damaged one would be."""


@dataclass(frozen=True)
class DataOptions:
    """size: the shorter side, or [height, width]; crop: the middle of so many pixels, or [height, width]; both as
    torchvision's Resize and CenterCrop on images of Pillow, with its interpolation. channels: 1 or 3, where images are
    mixed. range: [black, white] of the stored values, or white alone. orientation: `stored`, as torchvision and timm
    read, or `exif`, turned as the camera says. background: grey level, 0 to 1, behind what is transparent. splits: what
    the source calls train and test. test_share: share of the training images that becomes the test split, where there
    is none. classes: their names in order, or the label values in order. first_label: the number of the first class.
    skip_damaged: how many images may be left out because they cannot be decoded. transform: `package.module:function`
    that takes an image and returns one.
    """

    size: int | tuple[int, int] | None = None
    crop: tuple[int, int] | None = None
    interpolation: str = "bilinear"
    channels: int | None = None
    range: tuple[float, float] | None = None
    orientation: str = "stored"
    background: float = 1.0
    splits: Mapping[str, str] | None = None
    test_share: float | None = None
    classes: tuple[str | int, ...] | None = None
    first_label: int | None = None
    skip_damaged: int = 0
    transform: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> tuple[DataOptions, dict[str, Any]]:
        """The options named above, checked, and the others, which the reader takes."""
        shared = {field.name for field in fields(cls)}
        values = {key: _CHECKS[key](key, value) for key, value in given.items() if key in shared and value is not None}
        options = cls(**values)
        if options.splits is not None and options.test_share is not None and "test" in options.splits:
            raise DataError("dataset.options: test_share makes a test split, splits names one; expected one of the two")
        return options, {key: value for key, value in given.items() if key not in shared}


def _wrong(key: str, value: Any, expected: str) -> DataError:
    return DataError(f"dataset.options.{key}: got {value!r}; expected {expected}")


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _pixels(key: str, value: Any) -> Any:
    if _whole(value, 1):
        return value
    if isinstance(value, list | tuple) and len(value) == 2 and all(_whole(side, 1) for side in value):
        return tuple(value)
    raise _wrong(key, value, "a number of pixels, or [height, width]")


def _crop(key: str, value: Any) -> tuple[int, int]:
    sides = _pixels(key, value)
    return (sides, sides) if isinstance(sides, int) else sides


def _range(key: str, value: Any) -> tuple[float, float]:
    limits = (0.0, value) if _number(value) else value
    if isinstance(limits, list | tuple) and len(limits) == 2 and all(map(_number, limits)) and limits[0] < limits[1]:
        return float(limits[0]), float(limits[1])
    raise _wrong(key, value, "the value of white, such as 255, or [black, white], such as [-1, 1]")


def _among(*allowed: Any) -> Any:
    def check(key: str, value: Any) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise _wrong(key, value, " or ".join(map(str, allowed)))
        return value

    return check


def _background(key: str, value: Any) -> float:
    if not _number(value) or not 0 <= value <= 1:
        raise _wrong(key, value, "a grey level from 0 (black) to 1 (white)")
    return float(value)


def _splits(key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not value or not set(value) <= set(_BOTH):
        raise _wrong(key, value, "{train: <name>, test: <name>}, by the names that the source has")
    if value.get("train") == value.get("test"):
        raise _wrong(key, value, "two different splits: the same images cannot be train and test")
    return {split: str(name) for split, name in value.items()}


def _share(key: str, value: Any) -> float:
    if not _number(value) or not 0 < value < 1:
        raise _wrong(key, value, "a share between 0 and 1")
    return float(value)


def _classes(key: str, value: Any) -> tuple[str | int, ...]:
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise _wrong(key, value, "a list of two classes at least, in order")
    twice = [name for name in value if list(map(str, value)).count(str(name)) > 1]
    if twice:
        raise _wrong(key, list(value), f"every class once, {twice[0]!r} stands there twice")
    return tuple(value) if all(_whole(name, -(2**63)) for name in value) else tuple(map(str, value))


def _first(key: str, value: Any) -> int:
    if not _whole(value, -(2**63)):
        raise _wrong(key, value, "a whole number, that of the first class")
    return value


def _skip(key: str, value: Any) -> int:
    if not _whole(value, 0):
        raise _wrong(key, value, "how many damaged images may be left out")
    return value


def _function(key: str, value: Any) -> str:
    if not isinstance(value, str) or value.count(":") != 1:
        raise _wrong(key, value, "package.module:function")
    return value


_CHECKS = {
    "size": _pixels,
    "crop": _crop,
    "interpolation": _among(*INTERPOLATIONS),
    "channels": _among(1, 3),
    "range": _range,
    "orientation": _among(*ORIENTATIONS),
    "background": _background,
    "splits": _splits,
    "test_share": _share,
    "classes": _classes,
    "first_label": _first,
    "skip_damaged": _skip,
    "transform": _function,
}
