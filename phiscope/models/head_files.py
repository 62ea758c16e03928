"""Linear heads in files: weight and bias in .npz, .safetensors or .pt, alone or as a layer of a whole network."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from phiscope.datasets.numpy_files import array, keys
from phiscope.errors import DataError, ModelError, shown
from phiscope.geometry.margin.head import Rows, affine_map
from phiscope.models.contents import few, states_in
from phiscope.models.numbers import real

_WEIGHTS, _BIASES = ("weight", "coef_", "W", "w"), ("bias", "intercept_", "b")


@dataclass(frozen=True)
class Affine:
    """weight (f, n) and bias (n,) of logits = x weight + bias, float64; lower_bound of every feature, None if there is
    none or none is known."""

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    lower_bound: float | None = None

    def logits(self, vectors: NDArray) -> NDArray[np.float64]:
        return vectors.astype(np.float64) @ self.weight + self.bias

    def fill(self, network: nn.Sequential) -> None:
        """Into a network of `head`."""
        import torch

        linear = network.get_submodule("linear")
        state = {"weight": torch.from_numpy(self.weight.T.copy()), "bias": torch.from_numpy(self.bias)}
        linear.load_state_dict(state)


def read_head(
    path: str | Path, features: int, classes: int, *, prefix: str = "", key: str | None = None, where: str = "weights"
) -> Affine:
    """Weight and bias in .npz, .safetensors or .pt, in either orientation; of a whole network, the only layer
    that fits.

    A file of our own, `models/head.safetensors` of a run, brings the lower bound of its features. One output for two
    classes, as scikit-learn has it, becomes two that differ by it. Raises ModelError in one sentence.
    """
    path = Path(os.path.expandvars(path)).expanduser()
    try:
        return _read(path, features, classes, prefix, key)
    except (DataError, ModelError) as error:
        raise _at(where, path, error) from error


def _at(where: str, path: Path, error: Exception) -> ModelError:
    """Errors of arrays name their file already."""
    return ModelError(f"{where}: {path}: {str(error).removeprefix(shown(f'{path}: '))}")


def outputs(weights: Mapping[str, Any]) -> Callable[[int], int]:
    """A function that says how many classes the head of a file tells apart, for vectors of so many features.

    weights: path, and prefix and key where they are needed, as `classifier.weights` says it.
    """
    path = Path(os.path.expandvars(weights["path"])).expanduser()

    def counted(features: int) -> int:
        try:
            arrays = _arrays(path, weights.get("prefix") or "", weights.get("key"))
            bias = _chosen(arrays, features, None)[1]
        except (DataError, ModelError) as error:
            raise _at("classifier.weights", path, error) from error
        return max(2, len(bias))  # one output stands for two classes

    return counted


def _read(path: Path, features: int, classes: int, prefix: str, key: str | None) -> Affine:
    rows: Rows | None = "classes"
    bound = None
    arrays = _arrays(path, prefix, key)
    if path.suffix == ".npz":
        rows = "classes" if "coef_" in arrays else None
    elif (own := _own_bound(path)) is not None:
        rows, bound = "features", own[0]
    weight, bias = _chosen(arrays, features, classes)
    if weight.ndim == 2 and 1 in weight.shape and bias.shape == (1,) and classes == 2:
        half = weight.reshape(-1) / 2
        weight, bias, rows = np.stack([-half, half]), np.array([-bias[0] / 2, bias[0] / 2]), "classes"
    square = weight.shape == (features, features) and len(bias) == features
    matrix, offset = affine_map(weight, bias, features, rows if square else None)
    if len(offset) != classes:
        raise ModelError(f"the head tells {len(offset)} classes apart, the data set has {classes}; expected as many")
    return Affine(matrix, offset, bound)


def _arrays(path: Path, prefix: str, key: str | None) -> dict[str, Any]:
    """What a file holds by name, without the prefix: arrays, or tensors as they are, which may claim to be large."""
    if path.suffix == ".npz":
        arrays: dict[str, Any] = {name: array(path, name) for name in keys(path)}
    else:
        states = states_in(path)
        if key is not None and key not in states:
            raise ModelError(f"no tensors below the key {key!r}; there are some below {few(list(states))}")
        state = states[key] if key is not None else next(iter(states.values()))
        arrays = dict(state)
    return {name.removeprefix(prefix): value for name, value in arrays.items()}


def _own_bound(path: Path) -> tuple[float | None] | None:
    """The lower bound of a head that a run has kept, in a tuple; None for any other file."""
    from phiscope.head import Head

    try:
        bound = Head.load(path).lower_bound
    except Exception:  # whatever another file lacks
        return None
    if bound is not None and not (isinstance(bound, int | float) and math.isfinite(bound)):
        raise ModelError(f"its metadata give the lower bound {bound!r}; expected a number, or null: get it once more")
    return (bound,)


def _chosen(arrays: Mapping[str, Any], features: int, classes: int | None) -> tuple[NDArray, NDArray]:
    """The weight and the bias: by their own names, or the only layer of a network that fits; no bias is 0.

    classes: None where any number of them fits.
    """
    named = next((name for name in _WEIGHTS if name in arrays), None)
    if named is not None:
        weight = _numbers(arrays[named], named)
        bias = next((_numbers(arrays[name], name) for name in _BIASES if name in arrays), None)
        return weight, np.zeros(_outputs(weight, features)) if bias is None else bias
    fitting = [
        name for name, value in arrays.items() if name.endswith(".weight") and _fits(value.shape, features, classes)
    ]
    if len(fitting) != 1:
        found = few([f"{name} {tuple(value.shape)}" for name, value in arrays.items()], 5)
        rows = "classes" if classes is None else classes
        raise ModelError(
            f"holds {found}; expected `weight` ({rows}, {features}) and `bias` ({rows},), alone or as the only "
            "layer of that size"
        )
    weight = _numbers(arrays[fitting[0]], fitting[0])
    beside = fitting[0].removesuffix("weight") + "bias"
    return weight, _numbers(arrays[beside], beside) if beside in arrays else np.zeros(len(weight))


def _numbers(value: Any, name: str) -> NDArray:
    """An array of real numbers, of a tensor in float64."""
    if not isinstance(value, np.ndarray):
        return real(name, value).numpy()
    if value.dtype.kind not in "fiu":
        raise ModelError(f"{name} is {value.dtype}; expected numbers: floats, or whole ones")
    return value


def _fits(shape: tuple[int, ...], features: int, classes: int | None) -> bool:
    if len(shape) != 2 or shape[1] != features:
        return False
    return classes is None or shape[0] in (classes, 1)


def _outputs(weight: NDArray, features: int) -> int:
    if weight.ndim != 2:
        return 0
    return weight.shape[1] if weight.shape[0] == features else weight.shape[0]
