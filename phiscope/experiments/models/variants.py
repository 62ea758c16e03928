"""Whether a classifier would do much better with the same images read in another way.

Images that lie on their side, inverted colours, blue first, values up to 255, another normalisation: each makes a
network silently wrong. So each is tried on the same images, and what makes most of them right is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.experiments.models.answers import Answers, explains
from phiscope.experiments.models.doubts import DIVIDED, is_of_bytes
from phiscope.experiments.models.record import BetterReading
from phiscope.models.classifier import Normalised

_BATCH = 32
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_MNIST = ((0.1307,), (0.3081,))
_HALF = ((0.5,), (0.5,))
_DARK = 0.1  # the largest of all pixels, below which white may be another value than was taken
_ALMOST = 0.02  # by which a reading may fall short of the best and be the one that is named: the likeliest stand first


@dataclass(frozen=True)
class OtherReading:
    """Another way to read images: what is done, in words; as a function of pixels in [0, 1]; and what to do then."""

    words: str
    read: Callable[[Tensor], Tensor]
    remedy: str


def readings(network: Normalised, images: Tensor) -> Iterator[OtherReading]:
    """Readings to try on images (n, channels, h, w) in [0, 1], the likeliest first."""
    yield from _normalisations(network, images)
    if images.shape[1] == 3:
        yield OtherReading(
            "with blue first and red last",
            lambda pixels: pixels.flip(1),
            "swap the channels with a function of yours in dataset.options.transform",
        )
    yield from _turns(square=images.shape[2] == images.shape[3])
    yield OtherReading(
        "with black and white exchanged",
        lambda pixels: 1 - pixels,
        "give dataset.options.transform: PIL.ImageOps:invert, or invert them in one of yours",
    )


def _turns(square: bool) -> Iterator[OtherReading]:
    own = "turn them by a function of yours in dataset.options.transform"
    if square:
        yield OtherReading(
            "with rows and columns exchanged",
            lambda pixels: pixels.transpose(2, 3),
            "for IDX files, such as EMNIST's, give dataset.options.transpose: true, else exchange them by a function "
            "of yours in dataset.options.transform",
        )
        yield OtherReading("turned left by 90°", lambda pixels: pixels.rot90(1, (2, 3)), own)
        yield OtherReading("turned right by 90°", lambda pixels: pixels.rot90(-1, (2, 3)), own)
    yield OtherReading(
        "upside down", lambda pixels: pixels.flip(2), "give dataset.options.transform: PIL.ImageOps:flip"
    )
    yield OtherReading("turned by 180°", lambda pixels: pixels.flip(2, 3), own)
    yield OtherReading("mirrored", lambda pixels: pixels.flip(3), "give dataset.options.transform: PIL.ImageOps:mirror")


def _normalisations(network: Normalised, images: Tensor) -> Iterator[OtherReading]:
    """Other means and deviations than the network's, as a change of its pixels."""
    mean, deviation = _listed(network.mean), _listed(network.deviation)
    own_mean, own_deviation = images.mean((0, 2, 3)), images.std((0, 2, 3))
    if is_of_bytes(mean, deviation):
        divided = ([m / 255 for m in mean], [d / 255 for d in deviation])
        yield OtherReading(
            DIVIDED, _normalised(network, *divided), f"give classifier.normalise: {_normalise(*divided)}"
        )
    candidates = [
        ("with ImageNet's mean and deviation", *IMAGENET),
        ("with MNIST's mean and deviation", *_MNIST),
        ("with values from -1 to 1", *_HALF),
        ("without normalisation", (0.0,), (1.0,)),
        ("with values up to 255", (0.0,), (1 / 255,)),
        ("with mean and deviation of these images", _listed(own_mean), _listed(own_deviation)),
    ]
    for words, m, d in candidates:
        if len(m) in (1, images.shape[1]) and all(each > 0 for each in d) and not _same(m, d, mean, deviation):
            yield OtherReading(words, _normalised(network, m, d), f"give classifier.normalise: {_normalise(m, d)}")
    if not is_of_bytes(mean, deviation) and float(images.max()) < _DARK:  # of others, white cannot be another value
        yield OtherReading(
            "with pixels 255 times as large",
            lambda pixels: 255 * pixels,
            "say with dataset.options.range which stored value is white, such as 1 for images of 0 and 1",
        )


def _normalised(network: Normalised, m: Sequence[float], d: Sequence[float]) -> Callable[[Tensor], Tensor]:
    """Pixels for which the network's own normalisation gives what that of mean m and deviation d gives for others."""
    mean, deviation = (torch.tensor(each).view(1, -1, 1, 1) for each in (m, d))
    return lambda pixels: network.mean + network.deviation * ((pixels - mean.to(pixels)) / deviation.to(pixels))


def _same(m: Sequence[float], d: Sequence[float], mean: Sequence[float], deviation: Sequence[float]) -> bool:
    return all(np.allclose(a, b, rtol=0.02, atol=0.01) for a, b in ((m, mean), (d, deviation)))


def _listed(values: Tensor) -> list[float]:
    return [float(each) for each in values.flatten()]


def _normalise(mean: Sequence[float], deviation: Sequence[float]) -> str:
    means, deviations = (", ".join(f"{each:.3g}" for each in values) for values in (mean, deviation))
    return f"{{mean: [{means}], deviation: [{deviations}]}}"


def better_reading(network: Normalised, images: Tensor, answers: Answers) -> BetterReading | None:
    """The reading with which the network is right much more often on these images, if there is one.

    images (n, channels, h, w) on the device of the network; answers: to them, as they are read now.
    """
    found, own = [], answers.labels == answers.predicted
    for reading in readings(network, images):
        right = predict(network, reading.read(images)) == answers.labels
        if explains(right, own, answers):
            found.append((reading, float(right.mean())))
    if not found:
        return None
    most = max(accuracy for _, accuracy in found)
    reading, accuracy = next(each for each in found if each[1] >= most - _ALMOST)
    return BetterReading(reading.words, reading.remedy, len(answers), accuracy, float(own.mean()))


@torch.no_grad()
def predict(network: nn.Module, images: Tensor) -> NDArray[np.int64]:
    """(n, channels, h, w) -> (n,): the place of the largest output."""
    return torch.cat([network(part).argmax(1) for part in images.split(_BATCH)]).cpu().numpy()
