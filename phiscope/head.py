"""The linear head of a classifier as arrays: all that geometry, statistics and figures need of a network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from phiscope.files import write_arrays


@dataclass(frozen=True)
class Head:
    """Equation (4) without the softmax: logits = features @ weight + bias.

    weight (f, n) and bias (n,), float64; `layer` names the linear layer; `lower_bound` bounds every feature
    from below, for constraint (10), or is None.
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    layer: str
    lower_bound: float | None

    def logits(self, features: NDArray) -> NDArray[np.float64]:
        """(m, f) -> (m, n) in float64, whatever the features came in."""
        return features.astype(np.float64) @ self.weight + self.bias

    def classify(self, features: NDArray) -> NDArray[np.int64]:
        """(m, f) -> (m,): the class with the largest logit, the lowest index among equals."""
        return self.logits(features).argmax(1)

    def save(self, path: str | Path) -> None:
        about = {"layer": self.layer, "lower_bound": json.dumps(self.lower_bound)}
        write_arrays({"weight": self.weight, "bias": self.bias}, path, about)

    @classmethod
    def load(cls, path: str | Path) -> Head:
        with safe_open(path, framework="numpy") as file:
            about = file.metadata()
            bound = json.loads(about["lower_bound"])
            return cls(file.get_tensor("weight"), file.get_tensor("bias"), about["layer"], bound)


def features_of(path: str | Path) -> int | None:
    """How many features the head in a file weighs; None where there is no such file yet, or none that can be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            return int(file.get_slice("weight").get_shape()[0])
    except (OSError, SafetensorError):
        return None
