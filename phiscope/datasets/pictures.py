"""Images for denoising: those of a folder, of any sizes, or those of a prepared split, one by one with their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.datasets import load_collection, open_prepared
from phiscope.datasets.images import ImageCollection
from phiscope.errors import DataError


def pictures(folder: str | None, prepared: str | Path | None, most: int | None, split: str) -> ImageCollection:
    """The first `most` images of a folder, by name, or of a prepared split, where no folder is given."""
    if folder:
        collection = load_collection(folder)
        return ImageCollection(collection.images[:most], collection.names[:most])
    if prepared is None:
        raise DataError(f"{split} images: neither a folder nor a prepared split is given; expected one of them")
    opened = open_prepared(prepared)
    part = slice(0, len(opened) if most is None else min(most, len(opened)))
    names = [f"{split}:{number}" for number in opened.samples[part]]
    return ImageCollection(tuple(opened.images(part)), tuple(names))


def shuffled(collection: ImageCollection, seed: int) -> ImageCollection:
    """The same images in an order of which any part is a fair sample: folders are often sorted by what they show."""
    order = generator(seed, len(collection)).permutation(np.arange(len(collection)))
    return ImageCollection(*(tuple(part[k] for k in order) for part in (collection.images, collection.names)))


def write_png(image: NDArray, path: Path) -> None:
    """Write an image (channels, h, w) in [0, 1] with 8 bits a channel."""
    from PIL import Image  # deferred: readers of prepared splits need none

    pixels = np.rint(image.clip(0, 1) * 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(path)
