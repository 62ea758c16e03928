"""The affine map from features to logits, in whatever form a caller holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import is_tensor, require_finite
from phiscope.errors import DataError
from phiscope.geometry.inputs import float64

if TYPE_CHECKING:
    from torch import Tensor


class AffineLayer(Protocol):
    """What brings its own bias: an `nn.Linear`, or a `phiscope.head.Head`, whose weight is of numpy and (f, n)."""

    @property
    def weight(self) -> Any: ...

    @property
    def bias(self) -> Any: ...


Rows = Literal["features", "classes"]
Vector = NDArray[np.float64]


def affine_map(
    weight: NDArray | Tensor | AffineLayer, bias: NDArray | Tensor | None, features: int, rows: Rows | None = None
) -> tuple[Vector, Vector]:
    """W (f, n) and b (n,) of the logits z = xW + b, equation (4) of Yousefzadeh 2022; float64 copies.

    weight: an `nn.Linear` or a `phiscope.head.Head`, which bring their bias; or a matrix with a bias, (f, n) or, as
    torch has it, (n, f). Which of the two it is follows from the number of features and from the length of the bias,
    unless it is square: then `rows` says what its rows belong to. Raises DataError for what does not fit.
    """
    if bias is None:
        weight, bias, rows = _of_layer(weight)
    matrix, offset = np.array(float64(weight, "weight")), np.array(float64(bias, "bias"))
    if matrix.ndim != 2 or offset.ndim != 1:
        raise DataError(f"weight {matrix.shape} and bias {offset.shape}: expected a matrix and a vector")
    fitting = {"features": (features, len(offset)), "classes": (len(offset), features)}
    possible = [name for name, shape in fitting.items() if matrix.shape == shape and rows in (None, name)]
    if not possible:
        meant = f", and ({', '.join(map(str, fitting[rows]))}) for rows={rows!r}" if rows in fitting else ""
        raise DataError(
            f"weight {matrix.shape} and bias {offset.shape} do not fit {features} features; expected (f, n) or (n, f) "
            f"and (n,){meant}"
        )
    if len(possible) > 1:
        raise DataError(
            f"weight {matrix.shape} is square: its rows could belong to features or to classes; give the nn.Linear "
            "itself, or rows='classes' for the weight of one, rows='features' for its transpose"
        )
    if len(offset) < 2:
        raise DataError(f"weight {matrix.shape} and bias {offset.shape}: expected two classes at least")
    matrix = matrix if possible == ["features"] else matrix.T.copy()
    require_finite(matrix.T, "weight, by class")
    require_finite(offset, "bias")
    return matrix, offset


def _of_layer(layer: Any) -> tuple[Any, Any, Rows]:
    weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
    if weight is None:
        raise DataError(f"weight is {type(layer).__name__} and there is no bias; expected both, or an nn.Linear")
    if not is_tensor(weight):  # a Head
        return weight, bias, "features"
    if bias is None:
        bias = np.zeros(len(weight))
    return weight, bias, "classes"
