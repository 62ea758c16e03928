"""The linear head of a classifier as arrays: all that geometry, statistics and figures need of a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from phiscope.arrays import blocks
from phiscope.files import write_arrays

ROUNDING = 2.0**-24  # of a number that is kept in float32
_NUMBERS = 2**20  # of features that are in float64 at a time


@dataclass(frozen=True)
class FeatureNoise:
    """How far the features φ(x) of an image, and the boundaries of a float32 head, may be off.

    features, head: r and h, relative to max(‖φ(x)‖, length); the largest that were found among `images` images, times
    `factor`, and r no less than the rounding of float32. length: the median ‖φ‖ of these images, as what was rounded on
    the way is no smaller where features happen to be. float64, alone, float32_head: what was found, see
    `phiscope.experiments.geometry.noise`; float64 is None where the network does not compute in it. Measured, not
    proven. `FeatureNoise()`: nothing was measured, and features are numbers rounded to float32.
    """

    features: float = ROUNDING
    head: float = 0.0
    length: float = 0.0
    float64: float | None = None
    alone: float = 0.0
    float32_head: float = 0.0
    images: int = 0
    factor: float = 1.0

    @classmethod
    def of(
        cls, float64: float | None, alone: float, float32_head: float, *, length: float, images: int, factor: float
    ) -> FeatureNoise:
        """From the largest relative differences that were found."""
        rounding = max(factor * max(float64 or 0.0, alone), ROUNDING)
        return cls(rounding, factor * float32_head, length, float64, alone, float32_head, images, factor)

    def of_features(self, features: NDArray) -> NDArray[np.float64]:
        """δ(x) = r max(‖φ(x)‖, length) for features (m, f): so far may each be from those of exact arithmetic."""
        return self.features * self._lengths(features)

    def of_margins(self, features: NDArray) -> NDArray[np.float64]:
        """The same for the margin of each: that of its features, and what a head in float32 moves a boundary."""
        return (self.features + self.head) * self._lengths(features)

    def _lengths(self, features: NDArray) -> NDArray[np.float64]:
        lengths = np.empty(len(features))
        for part in _parts(features):
            lengths[part] = np.linalg.norm(features[part].astype(np.float64), axis=1)
        return np.maximum(lengths, self.length)


@dataclass(frozen=True)
class Head:
    """Equation (4) without the softmax: logits = features @ weight + bias.

    weight (f, n) and bias (n,), float64; `layer` names the linear layer; `lower_bound` bounds every feature
    from below, for constraint (10), or is None; noise: of the features that the network gives this head.
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    layer: str
    lower_bound: float | None
    noise: FeatureNoise = FeatureNoise()

    def logits(self, features: NDArray) -> NDArray[np.float64]:
        """(m, f) -> (m, n) in float64, whatever the features came in."""
        return features.astype(np.float64) @ self.weight + self.bias

    def classify(self, features: NDArray) -> NDArray[np.int64]:
        """(m, f) -> (m,): the class with the largest logit, the lowest index among equals."""
        classes = np.empty(len(features), np.int64)
        for part in _parts(features):
            classes[part] = self.logits(features[part]).argmax(1)
        return classes

    def save(self, path: str | Path) -> None:
        about = {
            "layer": self.layer,
            "lower_bound": json.dumps(self.lower_bound),
            "noise": json.dumps(asdict(self.noise)),
        }
        write_arrays({"weight": self.weight, "bias": self.bias}, path, about)

    @classmethod
    def load(cls, path: str | Path) -> Head:
        with safe_open(path, framework="numpy") as file:
            about = file.metadata()
            bound = json.loads(about["lower_bound"])
            noise = FeatureNoise(**json.loads(about.get("noise", "{}")))
            return cls(file.get_tensor("weight"), file.get_tensor("bias"), about["layer"], bound, noise)


def _parts(features: NDArray) -> Iterator[slice]:
    """Rows of features (m, f) that are in float64 at a time: all may be mapped, and larger than memory."""
    return blocks(len(features), max(1, _NUMBERS // max(1, features.shape[1])))


def features_of(path: str | Path) -> int | None:
    """How many features the head in a file weighs; None where there is no such file yet, or none that can be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            return int(file.get_slice("weight").get_shape()[0])
    except (OSError, SafetensorError):
        return None
