"""The images of a split together: those that can be decoded, all of one shape, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded import Encoded, EncodedImages, in_blocks
from phiscope.datasets.options import DataOptions, OptionDoesNotFitError
from phiscope.datasets.pixels import Values, as_float, channels_first, one, require_bright, scaled, settled
from phiscope.datasets.rows import Rows
from phiscope.errors import DataError

_ADVICE = "dataset.options.channels: 3 (grey repeated) or 1 (colour made grey) makes all alike"
_SIZES = "dataset.options.size and crop bring all to one, as the evaluation transforms of torchvision and timm do"

Result = TypeVar("Result")


def images_of(
    rows: Rows, options: DataOptions, say: Callable[[str], None], *, dark: float = 0.5
) -> tuple[NDArray, NDArray[np.int64]]:
    """Images (n, channels, height, width), uint8 or float32 in [0, 1], and the rows that they are of.

    The rows are all but those that could not be decoded, as far as `options.skip_damaged` lets these be left out.
    Without `options.range`, a split whose brightest pixel is below `dark` of white is refused: its values are probably
    not of the depth that its file has. Raises DataError naming the image.
    """
    if isinstance(rows.images, EncodedImages):
        values, kept = _decoded(rows, rows.images, options, say)
        brightest = max(values, key=lambda each: each.highest / each.white)
        require_bright(brightest.highest, brightest.white, dark, options, rows.where)
    else:
        source = scaled(channels_first(rows.images(), rows.where, options), options, rows.where)
        white, kept = _white(source), np.arange(len(source))
        if source.size:
            require_bright(float(source.max()), white, dark, options, rows.where)
        if _is_plain(source, options):
            return source, kept
        values = [settled(Values(image, 0, white), options, rows.name(k)) for k, image in enumerate(source)]
    require_alike({int(row): each.pixels.shape for row, each in zip(kept, values)}, rows.name)
    arrays = [each.pixels for each in values]
    if len({array.dtype for array in arrays}) > 1:  # some of 16 bits, some of 8
        arrays = [as_float(array) for array in arrays]
    return np.stack(arrays), kept


def first_shape(rows: Rows, options: DataOptions) -> tuple[int, ...] | None:
    """(channels, height, width) of the first image as `images_of` would give it; None where that cannot be read."""
    first = rows.first()
    try:
        if isinstance(first, np.ndarray):
            plain = scaled(channels_first(first[None], rows.where, options), options, rows.where)
            return settled(Values(plain[0], 0, 1), options, "").pixels.shape
        return None if first is None else one(first, rows.where, options).pixels.shape
    except DataError:  # whoever reads that split says so
        return None


def _white(images: NDArray) -> float:
    return 255.0 if images.dtype == np.uint8 else 1.0


def _is_plain(images: NDArray, options: DataOptions) -> bool:
    """Whether nothing is left to do to an array of images."""
    untouched = options.size is None and options.crop is None and options.transform is None
    return untouched and options.channels in (None, images.shape[1])


def _decoded(
    rows: Rows, images: EncodedImages, options: DataOptions, say: Callable[[str], None]
) -> tuple[list[Values], NDArray[np.int64]]:
    decode = attempt(lambda source, row: one(source, rows.name(row), options))
    results = dict(in_blocks(images, range(len(images)), decode))
    values = undamaged(results, len(rows), options, say, rows.where)
    every = values.values()
    turned, several, transparent = (sum(flags) for flags in zip(*((v.turned, v.several, v.transparent) for v in every)))
    Chosen(turned, several, transparent).tell(options, say)
    kept = sorted(values)
    return [values[row] for row in kept], np.array(kept)


def attempt(function: Callable[[Encoded, int], Result]) -> Callable[[Encoded, int], Result | DataError]:
    """The function, but with an image that cannot be decoded as an error that is returned, not raised."""

    def attempted(source: Encoded, row: int) -> Result | DataError:
        try:
            return function(source, row)
        except OptionDoesNotFitError:
            raise
        except DataError as error:
            return error

    return attempted


def undamaged(
    results: Mapping[int, Result | DataError], of: int, options: DataOptions, say: Callable[[str], None], where: str
) -> dict[int, Result]:
    """The results by row, in the order of the rows, without the errors among them: as many as may be left out.

    of: how many images there are, of which these were tried.
    """
    damaged = [result for _, result in sorted(results.items()) if isinstance(result, DataError)]
    if len(damaged) > options.skip_damaged:
        raise _too_many(damaged, len(results), of)
    for error in damaged:
        say(f"left out: {error}")
    kept = {row: result for row, result in sorted(results.items()) if not isinstance(result, DataError)}
    if not kept:
        raise DataError(f"{where}: no image is left; expected some that can be decoded")
    return kept


def _too_many(damaged: list[DataError], tried: int, of: int) -> DataError:
    first = damaged[0]
    if len(damaged) == tried:
        every = f"all {tried} images {'that were tried ' if tried < of else ''}are so"
        return DataError(f"{first}; {every}" if tried > 1 else str(first))
    count = f"{len(damaged)} images are so" if len(damaged) > 1 else "one image is so"
    seen = f", of {tried:,} that were tried" if tried < of else ""
    return DataError(f"{first}; {count}{seen}: dataset.options.skip_damaged: {len(damaged)} leaves as many out")


@dataclass(frozen=True)
class Chosen:
    """Of how many images something was chosen without being asked for; decoded, looked: of how many it was looked for,
    by decoding them or at all, where that is not all of them."""

    turned: int
    several: int
    transparent: int
    decoded: int | None = None
    looked: int | None = None

    def tell(self, options: DataOptions, say: Callable[[str], None]) -> None:
        if self.turned and options.orientation == "stored":
            images = _which("images", self.looked)
            stored = "are read as stored, not turned as their EXIF says; options.orientation: exif turns them"
            say(f"{self.turned} {images} {stored}")
        if self.several:
            say(
                f"{self.several} {_which('files', self.looked)} hold several frames or pages; the first of each is read"
            )
        if self.transparent:
            images, level = _which("images", self.decoded), f"{options.background:g}"
            say(f"{self.transparent} {images} have transparent parts; they lie on grey level {level} (1 is white)")


def _which(noun: str, looked: int | None) -> str:
    return noun if looked is None else f"of {looked:,} {noun} that were looked at"


def require_alike(shapes: Mapping[int, tuple[int, ...]], name: Callable[[int], str]) -> None:
    """Raise DataError where images do not have one shape; shapes: (channels, height, width) by row."""
    wanted = next(iter(shapes.values()))
    for row, shape in shapes.items():
        if shape[1:] != wanted[1:]:
            raise DataError(
                f"{name(row)}: is {shape[2]}x{shape[1]}, the first image is {wanted[2]}x{wanted[1]}; expected all "
                f"images of one size: {_SIZES}"
            )
        if shape[0] != wanted[0]:
            raise _mixed(shapes, name)


def _mixed(shapes: Mapping[int, tuple[int, ...]], name: Callable[[int], str]) -> DataError:
    grey, colour = ([row for row, shape in shapes.items() if shape[0] == count] for count in (1, 3))
    words = f"images are mixed, {len(grey)} grey and {len(colour)} in colour"
    return DataError(f"{name(min(grey, colour, key=len)[0])}: {words}; {_ADVICE}")


def are_same(train: Rows, test: Rows) -> bool:
    """Whether two splits hold the same images in the same order; images are read only where labels give reason to."""
    if not len(train) or len(train) != len(test) or not np.array_equal(train.labels, test.labels):
        return False
    first, other = train.first(), test.first()
    if isinstance(first, np.ndarray) != isinstance(other, np.ndarray):
        return False
    return _equal(first, other) and all(map(_equal, _every(train), _every(test)))


def _every(rows: Rows) -> Iterator[NDArray | Encoded]:
    if not isinstance(rows.images, EncodedImages):
        return iter(rows.images())
    return (content for _, content in rows.images.read(range(len(rows))))


def _equal(one: NDArray | Encoded, other: NDArray | Encoded) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)  # type: ignore[arg-type]  # both are arrays
    contents = [source.read_bytes() if isinstance(source, Path) else source for source in (one, other)]
    return contents[0] == contents[1]


def differ(train: Sequence[int], test: Sequence[int], where: str) -> DataError:
    """The sentence for splits whose images do not have one shape."""
    advice = _ADVICE if train[0] != test[0] else _SIZES
    shapes = ["x".join(map(str, shape)) for shape in (train, test)]
    return DataError(
        f"{where}: images of the train split are {shapes[0]}, those of the test split {shapes[1]}; {advice}"
    )
