"""How much memory the activations of a network take, and how many images at a time fit into a given amount."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

BATCH_BYTES = 2 * 2**30  # of a batch's activations: the same everywhere, so that no number rests on a machine's memory
_WIDEST = 4  # tensors as large as the largest activation that a layer holds at a time, inputs and outputs


@dataclass(frozen=True)
class Activations:
    """Bytes per image: saved, that a backward pass needs; widest, the largest of them."""

    saved: int
    widest: int


def measured(compute: Callable[[Tensor], object], image: Tensor) -> Activations:
    """By one forward pass of one image (1, ...); parameters, which all images share, do not count."""
    sizes: dict[int, int] = {}
    kept = []  # so that no two tensors had the same place

    def pack(tensor: Tensor) -> Tensor:
        whole = tensor if tensor._base is None else tensor._base  # of a transposed weight, the weight
        if not isinstance(whole, nn.Parameter):
            sizes[tensor.data_ptr()] = max(tensor.nbytes, sizes.get(tensor.data_ptr(), 0))
            kept.append(tensor)
        return tensor

    image = image.detach().requires_grad_(True)
    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        compute(image)
    return Activations(sum(sizes.values()), max([image.nbytes, *sizes.values()]))


def images_at_a_time(
    compute: Callable[[Tensor], object], image: Tensor, most: int, *, gradient: bool, copies: int = 0
) -> int:
    """`most` images, or that halved until their activations take `BATCH_BYTES` or less; one at least.

    gradient: whether a backward pass follows; copies: tensors of an image's size that are held beside.
    """
    each = measured(compute, image)
    needed = each.saved * gradient + _WIDEST * each.widest + copies * image.nbytes
    while most > 1 and most * needed > BATCH_BYTES:
        most = (most + 1) // 2
    return most
