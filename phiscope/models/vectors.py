"""Networks for vectors that come without one: the head alone, from a file or from logits."""

from __future__ import annotations

import os
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from phiscope.errors import DataError, ModelError
from phiscope.factories import HEAD_ALONE
from phiscope.geometry.margin.head import Rows, affine_map
from phiscope.models.contents import few, states_in

_WEIGHTS, _BIASES = ("weight", "coef_", "W", "w"), ("bias", "intercept_", "b")
_RANK = 1e-6  # of the largest singular value: below, directions count as those in which float32 vectors do not differ
_AGREE = 1e-3  # of the largest logit, by which those given may differ from those of the head


def head(features: int, classes: int) -> nn.Sequential:
    """(b, features, 1, 1) -> logits (b, classes): a linear layer, whose input is the vector itself; in float32, as
    the vectors are kept."""
    layers = (("flatten", nn.Flatten()), ("linear", nn.Linear(features, classes)))
    return nn.Sequential(OrderedDict(layers))


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
        raise ModelError(f"{where}: {path}: {error}") from error


def _read(path: Path, features: int, classes: int, prefix: str, key: str | None) -> Affine:
    rows: Rows | None = "classes"
    bound = None
    if path.suffix == ".npz":
        arrays = _of_npz(path)
        rows = "classes" if "coef_" in arrays else None
    else:
        states = states_in(path)
        if key is not None and key not in states:
            raise ModelError(f"no tensors below the key {key!r}; there are some below {few(list(states))}")
        state = states[key] if key is not None else next(iter(states.values()))
        arrays = {name: value.double().numpy() for name, value in state.items()}
        if (own := _own_bound(path)) is not None:
            rows, bound = "features", own[0]
    weight, bias = _chosen({name.removeprefix(prefix): value for name, value in arrays.items()}, features, classes)
    if weight.ndim == 2 and 1 in weight.shape and bias.shape == (1,) and classes == 2:
        half = weight.reshape(-1) / 2
        weight, bias, rows = np.stack([-half, half]), np.array([-bias[0] / 2, bias[0] / 2]), "classes"
    square = weight.shape == (features, features) and len(bias) == features
    matrix, offset = affine_map(weight, bias, features, rows if square else None)
    if len(offset) != classes:
        raise ModelError(f"the head tells {len(offset)} classes apart, the data set has {classes}; expected as many")
    return Affine(matrix, offset, bound)


def _of_npz(path: Path) -> dict[str, NDArray]:
    try:
        with np.load(path, allow_pickle=False) as content:
            return {name: content[name] for name in content.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ModelError(f"not a whole .npz file of plain arrays ({error})") from error


def _own_bound(path: Path) -> tuple[float | None] | None:
    """The lower bound of a head that a run has kept, in a tuple; None for any other file."""
    from phiscope.head import Head

    try:
        return (Head.load(path).lower_bound,)
    except Exception:  # whatever another file lacks
        return None


def _chosen(arrays: Mapping[str, NDArray], features: int, classes: int) -> tuple[NDArray, NDArray]:
    """The weight and the bias: by their own names, or the only layer of a network that fits; no bias is 0."""
    named = next((name for name in _WEIGHTS if name in arrays), None)
    if named is not None:
        weight = np.asarray(arrays[named])
        bias = next((arrays[name] for name in _BIASES if name in arrays), np.zeros(_outputs(weight, features)))
        return weight, np.asarray(bias)
    fitting = [
        name
        for name, value in arrays.items()
        if name.endswith(".weight") and value.shape in ((classes, features), (1, features))
    ]
    if len(fitting) != 1:
        found = few([f"{name} {value.shape}" for name, value in arrays.items()], 5)
        raise ModelError(
            f"holds {found}; expected `weight` ({classes}, {features}) and `bias` ({classes},), alone or as the only "
            "layer of that size"
        )
    weight = arrays[fitting[0]]
    return weight, arrays.get(fitting[0].removesuffix("weight") + "bias", np.zeros(len(weight)))


def _outputs(weight: NDArray, features: int) -> int:
    if weight.ndim != 2:
        return 0
    return weight.shape[1] if weight.shape[0] == features else weight.shape[0]


def from_logits(vectors: NDArray, logits: NDArray) -> tuple[Affine, int]:
    """The head that gives these logits (m, n) of these vectors (m, f), by least squares; directions left open.

    In directions in which the vectors do not differ, such as a feature that is 0 for all, nothing tells the weight: it
    is 0 there. Raises ModelError where no affine map gives the logits.
    """
    x = vectors.astype(np.float64)
    mean = x.mean(axis=0)
    weight, _, rank, _ = np.linalg.lstsq(x - mean, logits - logits.mean(axis=0), rcond=_RANK)
    found = Affine(weight, logits.mean(axis=0) - mean @ weight)
    require_agreement(found, vectors, logits, "no affine map of the features gives the logits")
    return found, x.shape[1] - int(rank)


def require_agreement(head: Affine, vectors: NDArray, logits: NDArray, otherwise: str) -> None:
    """Raise ModelError where a head does not give these logits, to 1e-3 of the largest; otherwise: what that means."""
    differences = np.abs(head.logits(vectors) - logits)
    scale = max(float(np.abs(logits).max()), 1e-30)
    if differences.max() > _AGREE * scale:
        row, column = np.unravel_index(int(differences.argmax()), differences.shape)
        raise ModelError(
            f"{otherwise}: they differ by {differences.max():.3g} at vector {row}, class {column}; expected at most "
            f"{_AGREE:g} of the largest logit, {scale:.3g}"
        )


def description(affine: Affine, **about: Any) -> dict[str, Any]:
    """How a network of `head` is built, as `save_artifact` keeps it; about: where its head is from."""
    features, classes = affine.weight.shape
    arguments = {"features": features, "classes": classes}
    known = {"lower_bound": affine.lower_bound}
    return {"factory": HEAD_ALONE, "arguments": arguments, "normalise": None, "head_alone": dict(about) | known}
