"""How well filter responses after a ReLU keep an image: the error of the image that least squares make of them.

for recovery in recoveries(images, seed=0):
    print(recovery.bank, recovery.both_signs, recovery.filters, recovery.noise, recovery.error)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from phiscope.denoising.filterbank import FilterResponses, invert, orientation_bank, random_bank, respond

COUNTS = (1, 2, 4, 8, 16, 32, 64)
NOISES = (0.0, 0.001, 0.01, 0.1, 1.0)
_SIDE = 5
_SCALES = (0.6, 1.2)  # ASSUME: the finest on a pixel grid, and twice that; coarser ones do not fit small images
_PER_ANGLE = 2 * len(_SCALES)  # an edge and a line at each scale


@dataclass(frozen=True)
class Recovery:
    """What came back of one image.

    bank: `random` or `orientation`; filters: how many; both_signs: whether ReLU(-f ⋆ x) was kept, too; noise: standard
    deviation in the responses, in pixel values, as filters are of unit norm; image: its number; equations: how many
    responses gave one, per pixel; error: root mean square, in pixel values.
    """

    bank: str
    filters: int
    both_signs: bool
    noise: float
    image: int
    equations: float
    error: float


def _turned(count: int, seed: int) -> NDArray[np.float64]:
    return orientation_bank(count // _PER_ANGLE, _SCALES)


def _drawn(count: int, seed: int) -> NDArray[np.float64]:
    return random_bank(count, _SIDE, seed)


BANKS: dict[str, Callable[[int, int], NDArray[np.float64]]] = {"random": _drawn, "orientation": _turned}


def recoveries(images: NDArray, *, seed: int) -> Iterator[Recovery]:
    """images: (m, h, w). Every bank, in every size that it comes in, with one sign and both, under every noise."""
    for bank, make in BANKS.items():
        for count in COUNTS if make is _drawn else [count for count in COUNTS if count % _PER_ANGLE == 0]:
            for both_signs, noise, number in product((False, True), NOISES, range(len(images))):
                yield recovery(images[number], number, bank, count, both_signs, noise, seed)


def recovery(image: NDArray, number: int, bank: str, count: int, both_signs: bool, noise: float, seed: int) -> Recovery:
    """The image (h, w), called `number`, from its responses to `count` filters of a bank, with noise."""
    filters = BANKS[bank](count, seed)
    responses = disturbed(respond(image, filters, both_signs), noise, np.random.default_rng([seed, number, count]))
    inversion = invert(responses, filters)
    error = float(np.sqrt(np.square(inversion.image - image).mean()))
    return Recovery(bank, count, both_signs, noise, number, inversion.equations / image.size, error)


def disturbed(responses: FilterResponses, noise: float, random: np.random.Generator) -> FilterResponses:
    """Gaussian noise of that deviation on every response that an inversion looks at, once for each pair of signs.

    Of a single sign those above 0 are disturbed, and stay above 0: what survived the ReLU remains known.
    """
    drawn = noise * random.standard_normal(responses.positive.shape)
    if responses.negative is not None:
        return replace(responses, positive=responses.positive + drawn)
    spoke = responses.positive > 0
    tiny = np.finfo(float).tiny
    return replace(responses, positive=np.where(spoke, np.maximum(responses.positive + drawn, tiny), 0.0))
