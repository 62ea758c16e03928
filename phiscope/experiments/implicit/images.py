"""The images to draw: photographs that libraries bundle, samples of the run, files, and controls.

A set of images is described as in the configuration, `implicit.images`: where it is `from`, its `group` (by default
that place), what it needs, and the `size` of its images. Images are (h, w, c) float64 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.datasets import PreparedDataset, load_collection
from phiscope.errors import ConfigError, DataError
from phiscope.implicit.images import control, phase_scrambled, squeezed

Named = tuple[str, NDArray[np.float64]]
Spec = Mapping[str, Any]

# What scikit-image and scikit-learn install with themselves, so that nothing is downloaded.
SCIKIT_IMAGE = (
    *("astronaut", "brick", "camera", "cat", "cell", "clock", "coffee", "coins", "grass", "gravel", "horse"),
    *("hubble_deep_field", "immunohistochemistry", "moon", "page", "retina", "rocket", "text"),
)
SCIKIT_LEARN = ("china", "flower")


def group_of(spec: Spec) -> str:
    """Name of the set that an image's row carries."""
    return spec.get("group", spec["from"])


def count_of(spec: Spec) -> int:
    """How many images a set has, told from its description alone."""
    return spec["count"] if "count" in spec else len(spec["names"]) * spec.get("draws", 1)


def gather(specs: Sequence[Spec], test: PreparedDataset, seed: int) -> dict[str, NDArray[np.float64]]:
    """Every image of every set under `group/name`, in order; test: the run's test split, for sets `from: samples`."""
    images: dict[str, NDArray] = {}
    for spec in specs:
        members = list(_SOURCES[spec["from"]](spec, test, seed))
        if len(members) != count_of(spec):
            raise ConfigError(
                f"config: implicit.images: {group_of(spec)}: {len(members)} images are there, expected "
                f"{count_of(spec)}; lower its count"
            )
        for name, image in members:
            full = f"{group_of(spec)}/{name}"
            if full in images:
                raise ConfigError(f"config: implicit.images: {full} is there twice; give one of the sets a group")
            images[full] = image
    return images


def photograph(name: str) -> NDArray[np.float64]:
    """A bundled photograph at its own size; raises ConfigError for a name that is not there."""
    if name in SCIKIT_IMAGE:
        from skimage import data  # deferred: slow to import

        return _channels_last(unit_range(np.asarray(getattr(data, name)())))
    if name in SCIKIT_LEARN:
        from sklearn.datasets import load_sample_image

        return _channels_last(unit_range(load_sample_image(f"{name}.jpg")))
    raise ConfigError(f"photograph {name!r}: expected one of {', '.join((*SCIKIT_IMAGE, *SCIKIT_LEARN))}")


def fitted(image: NDArray, size: int | Sequence[int] | None, grey: bool = False) -> NDArray[np.float64]:
    """Cut to the aspect of (h, w) = size about the centre, and averaged down to it; None keeps the size."""
    if grey and image.shape[2] > 1:
        image = image @ np.array([[0.299], [0.587], [0.114]])  # luma of ITU-R BT.601
    if size is None:
        return image
    from skimage.transform import resize  # deferred: slow to import

    height, width = _pair(size)
    scale = min(image.shape[0] / height, image.shape[1] / width)
    kept = [max(1, min(round(scale * side), most)) for side, most in zip((height, width), image.shape)]
    top, left = ((most - side) // 2 for side, most in zip(kept, image.shape))
    cut = image[top : top + kept[0], left : left + kept[1]]
    return resize(cut, (height, width), anti_aliasing=True).clip(0, 1)


def _bundled(spec: Spec, test: PreparedDataset, seed: int) -> Iterator[Named]:
    for name in spec["names"]:
        yield name, fitted(photograph(name), spec.get("size"), spec.get("grey", False))


def _scrambled(spec: Spec, test: PreparedDataset, seed: int) -> Iterator[Named]:
    """Bundled photographs with the phases of noise: the same spectrum, no edges."""
    for name, image in _bundled(spec, test, seed):
        yield name, squeezed(phase_scrambled(image, seed=seed))


def _controls(spec: Spec, test: PreparedDataset, seed: int) -> Iterator[Named]:
    channels = 1 if spec.get("grey", False) else 3
    for name in spec["names"]:
        for draw in range(spec.get("draws", 1)):
            yield f"{name}-{draw}", control(name, _pair(spec["size"]), channels, seed=seed + draw)


def _samples(spec: Spec, test: PreparedDataset, seed: int) -> Iterator[Named]:
    images = unit_range(test.images(slice(0, min(spec["count"], len(test)))))
    for number, image in zip(test.samples, images):
        yield (
            str(number),
            fitted(np.moveaxis(image, 0, 2).astype(np.float64), spec.get("size"), spec.get("grey", False)),
        )


def _folder(spec: Spec, test: PreparedDataset, seed: int) -> Iterator[Named]:
    collection = load_collection(spec["path"])
    for name, image in list(zip(collection.names, collection.images))[: spec["count"]]:
        pixels = np.moveaxis(unit_range(image), 0, 2).astype(np.float64)
        yield name, fitted(pixels, spec.get("size"), spec.get("grey", False))


_SOURCES: dict[str, Callable[[Spec, PreparedDataset, int], Iterator[Named]]] = {
    "bundled": _bundled,
    "scrambled": _scrambled,
    "controls": _controls,
    "samples": _samples,
    "folder": _folder,
}


def _pair(size: int | Sequence[int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))


def _channels_last(image: NDArray) -> NDArray[np.float64]:
    """(h, w), (h, w, 3) or (h, w, 4) of any number type -> (h, w, 1 or 3) float64; transparency is left out."""
    image = np.asarray(image, dtype=np.float64)
    if image.ndim not in (2, 3):
        raise DataError(f"image {image.shape}: expected (h, w) or (h, w, c)")
    return image[..., None] if image.ndim == 2 else image[..., :3]
