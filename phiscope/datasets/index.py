"""Encoded images of a prepared split: where they lie, and how one becomes the pixels that the split has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from phiscope.datasets.decode import decode
from phiscope.datasets.encoded import Encoded, EncodedImages, in_blocks, unpacked
from phiscope.datasets.fetch import expanded
from phiscope.datasets.fitting import fit
from phiscope.datasets.options import DataOptions, OptionDoesNotFitError
from phiscope.datasets.pixels import Values, as_float, one
from phiscope.datasets.stamps import ChangedFileError
from phiscope.errors import DataError
from phiscope.factories import content_of

# The options that pixels depend on.
_DECODING = ("size", "crop", "interpolation", "channels", "range", "orientation", "background", "transform")


@dataclass(frozen=True)
class Decoding:
    """options: of the data set. fit: the shape that images of another world are made to fit, see `fitting`.

    any_size: images of a collection, which have no options and may differ in size and number of channels.
    """

    options: DataOptions
    fit: tuple[int, ...] | None = None
    any_size: bool = False

    def values(self, source: Encoded, name: str) -> Values:
        """One image before it is made to fit. Raises DataError naming it."""
        if not self.any_size:
            return one(source, name, self.options)
        assert source is not None
        pixels = decode(source, name)
        return Values(pixels, float(pixels.max(initial=0)), 255.0 if pixels.dtype == np.uint8 else 1.0)

    def fitted(self, pixels: NDArray) -> NDArray:
        return pixels if self.fit is None else fit(pixels, self.fit)

    @property
    def described(self) -> dict[str, Any]:
        """What `of` makes the same of, in JSON; `code`: tells one version of the user's transformation from another."""
        options = {key: value for key, value in asdict(self.options).items() if key in _DECODING}
        code = None if self.options.transform is None else content_of(self.options.transform)
        return {"options": options, "fit": self.fit, "any_size": self.any_size, "code": code}

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Decoding:
        options, _ = DataOptions.of(described["options"])
        if options.transform is not None and content_of(options.transform) != described["code"]:
            raise ChangedFileError(f"dataset.options.transform {options.transform}: its code has changed since then")
        return cls(options, None if described["fit"] is None else tuple(described["fit"]), described["any_size"])


@dataclass(frozen=True)
class ImageIndex:
    """images: of the split, in its order. shape, kind: of what each becomes, `uint8` or `float32`.

    prepared: the file that holds the index, for messages.
    """

    images: EncodedImages
    decoding: Decoding
    shape: tuple[int, ...]
    kind: str
    prepared: Path

    @classmethod
    def opened(cls, prepared: Path, about: Mapping[str, Any]) -> ImageIndex:
        """What `described` and the arrays of `packed` tell of, in the file of the split."""
        try:
            decoding = Decoding.of(about["decoding"])
        except ChangedFileError as error:
            raise _changed(error, prepared) from error
        path = expanded(about["path"])
        below = path if about["is_folder"] else path.parent
        with safe_open(prepared, framework="numpy") as file:
            images = unpacked(file.get_slice, about["images"], below)
        return cls(images, decoding, tuple(about["shape"]), about["kind"], prepared)

    def packed(self, path: str) -> tuple[dict[str, NDArray], dict[str, Any]]:
        """Arrays and other values that `opened` makes the same of; path: of the data set, in the user's words."""
        place = expanded(path)
        arrays, images = self.images.packed(place if place.is_dir() else place.parent)
        about = {"path": path, "is_folder": place.is_dir(), "images": images, "decoding": self.decoding.described}
        return arrays, about | {"shape": self.shape, "kind": self.kind}

    def pixels(self, rows: NDArray[np.int64]) -> NDArray:
        """(m, channels, height, width) of the images at these positions; beside it only few are in memory at once."""
        pixels = np.empty((len(rows), *self.shape), self.kind)
        try:
            for k, image in in_blocks(self.images, rows, self._one):
                pixels[k] = image
        except ChangedFileError as error:
            raise _changed(error, self.prepared) from error
        return pixels

    def _one(self, source: Encoded, row: int) -> NDArray:
        name = self.images.name(row)
        try:
            image = self.decoding.fitted(self.decoding.values(source, name).pixels)
        except OptionDoesNotFitError:
            raise
        except DataError as error:
            raise DataError(
                f"{error}; one image at least is so: dataset.options.skip_damaged tries every image beforehand, and "
                "leaves out as many as it says"
            ) from error
        if image.shape != self.shape:
            raise DataError(
                f"{name}: is {_by(image.shape)}, the others are {_by(self.shape)} (channels, height, width); expected "
                "all alike: dataset.options.size, crop and channels make them so"
            )
        if image.dtype == np.float32 and self.kind == "uint8":
            raise DataError(
                f"{name}: has more than 8 bits a channel, unlike the images that were looked at before; delete "
                f"{self.prepared} to prepare the split anew"
            )
        return image if image.dtype == self.kind else as_float(image)


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _changed(error: ChangedFileError, prepared: Path) -> DataError:
    return DataError(f"{error}; delete {prepared} to prepare the split anew")
