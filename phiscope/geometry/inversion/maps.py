"""A feature map as an inversion computes with it: where it lies, in float32 for derivatives, in float64 for residuals.

`phiscope.geometry.inversion.invert` says what a map is; the caller's own stays as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.arrays import device_of
from phiscope.errors import DataError

Map = Callable[[Tensor], Tensor]


def placed(feature_map: Map, device: str | None) -> tuple[Map, str]:
    """The map where it is computed, and where that is; a module that lies elsewhere is copied."""
    if isinstance(feature_map, nn.Module):
        lies = device_of(feature_map)
        if device is None or torch.device(device) == lies:
            return feature_map, str(lies)
        return copy.deepcopy(feature_map).to(device), device
    known: torch.device | None = getattr(feature_map, "device", None)
    if device is None:
        return feature_map, "cpu" if known is None else str(known)
    if known is not None and known.type != torch.device(device).type:
        raise DataError(
            f"invert: feature_map lies on {known}, and device is {device}; move it there first, or leave device out"
        )
    return feature_map, device


def in_float32(feature_map: Map) -> Map:
    """The map as derivatives are taken of it; of a module in float64 or in training mode, a copy."""
    if not isinstance(feature_map, nn.Module):
        return feature_map
    as_it_is = all(tensor.dtype == torch.float32 for tensor in _floating(feature_map))
    as_it_is &= not any(module.training for module in feature_map.modules())
    return feature_map if as_it_is else copy.deepcopy(feature_map).float().eval()


def in_float64(feature_map: Map, image: NDArray, device: str) -> Map:
    """The map in float64, tried on one image; the caller's own stays as it is."""
    if isinstance(feature_map, nn.Module):
        exact: Map = copy.deepcopy(feature_map).double().eval()
    else:
        exact = feature_map.double() if hasattr(feature_map, "double") else feature_map
    try:
        with torch.no_grad():
            features = exact(torch.from_numpy(image.copy()).to(device))
    except RuntimeError as error:
        raise DataError(
            f"invert: feature_map cannot be called with a float64 image ({' '.join(str(error).split())}); give an "
            "nn.Module, which is copied into float64, or a callable with a method `double` that returns its float64 "
            "version"
        ) from error
    if not isinstance(features, Tensor) or features.dtype != torch.float64 or features.ndim != 2:
        is_array = isinstance(features, Tensor)
        found = f"{features.dtype} {tuple(features.shape)}" if is_array else type(features).__name__
        raise DataError(
            f"invert: feature_map gives {found} for a float64 image; expected float64 features (b, f). What computes "
            "in float32 alone needs a method `double` that returns its float64 version"
        )
    return exact


def _floating(module: nn.Module) -> Iterator[Tensor]:
    return (tensor for tensor in (*module.parameters(), *module.buffers()) if tensor.is_floating_point())
