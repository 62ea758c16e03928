"""Places of a forward pass, by name: the input of a layer, or what a product takes, counted from the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from phiscope.errors import ModelError
from phiscope.models.affine.watching import Call, Products, call_of, inputs_of

_CALL = re.compile(r"\w+\[-(\d+)(?:, (\d+))?\](?:\.movedim\((\d+), 0\))?")
NORMALISED = ".normalised()"


def is_call(place: str) -> bool:
    """Whether a place is one that `at` reads, beside the name of one layer."""
    return " + " in place or place.endswith(NORMALISED) or bool(_CALL.fullmatch(place))


def at(network: nn.Module, place: str, images: Tensor) -> Tensor:
    """The features (b, f) at a place of the forward pass that `find` has found, differentiable."""
    if place.endswith(NORMALISED):
        return normalised(at(network, place.removesuffix(NORMALISED), images))
    parts = place.split(" + ")
    calls = [int(call[1]) for part in parts if (call := _CALL.fullmatch(part))]
    layer_names = [part for part in parts if not _CALL.fullmatch(part)]
    with inputs_of(network, layer_names) as layers, Products(last=max(calls, default=0)) as seen:
        network(images)
    found = []
    for part in parts:
        if not (call := _CALL.fullmatch(part)):
            if part not in layers:
                raise ModelError(f"layer {part!r} exists but no image flows through it; name a layer that is used")
            found.append(rows_of(layers[part][0], len(images)))
        elif int(call[1]) <= len(seen.calls):
            given = seen.calls[-int(call[1])].given[int(call[2] or 0)]
            found.append(rows_of(given, len(images), int(call[3] or 0)))
        else:
            raise ModelError(f"the network has no product {part!r}; name the head with `head`, or null to find it")
    return torch.cat(found, dim=1)


def place_of(tensor: Tensor, calls: Sequence[Call], layers: dict[str, list[Tensor]], leading: Sequence[str]) -> str:
    """The name of a layer that takes the tensor and nothing else, or the call that does, counted from the end.

    From the end, since what comes before may take another path where no gradient is asked for. leading: the layers on
    the way to the logits, of which one gives its name where several take the same.
    """
    taking = [name for name, given in layers.items() if len(given) == 1 and given[0] is tensor]
    if taking:
        return next((name for name in reversed(taking) if name in leading), taking[-1])
    behind, operand = call_of(tensor, calls)
    return f"{calls[-behind].name}[-{behind}{f', {operand}' * (operand > 0)}]"


def image_dimensions(network: nn.Module, images: Tensor, tensors: Sequence[Tensor], calls: Sequence[Call]) -> list[int]:
    """Which dimension of each tensor is that of the images: the one that differs among another number of them."""
    others = images[:1] if len(images) > 1 else images.repeat(2, *[1] * (images.dim() - 1))
    with torch.no_grad(), Products() as seen:
        network(others)
    dims = []
    for tensor in tensors:
        behind, operand = call_of(tensor, calls)
        other = seen.calls[-behind].given[operand] if behind <= len(seen.calls) else tensor
        sizes = list(zip(tensor.shape, other.shape))
        fitting = [dim for dim, (here, there) in enumerate(sizes) if here * len(others) == there * len(images)]
        differing = [dim for dim, (here, there) in enumerate(sizes) if here != there]
        dims.append(next((dim for dim in differing if differing == [dim] and dim in fitting), 0))
    return dims


def rows_of(tensor: Tensor, count: int, dim: int = 0) -> Tensor:
    """Numbers of each of so many images, (count, -1); dim: the dimension that is theirs, alone or with tokens."""
    return tensor.movedim(dim, 0).reshape(count, -1)


def normalised(rows: Tensor) -> Tensor:
    return rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True)
