"""Products of directions with vertices, in float32, by whom the vertices belong to; in bfloat16 where that is faster.

Each makes a function of vertices (k, d) that gives w verticesᵀ (b, k), in a buffer of b x k <= cells that the next call
overwrites; float32 is summed over panels of coordinates, so that no sum is longer than a panel.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import full_float32, is_tensor
from phiscope.errors import DeviceError

if TYPE_CHECKING:
    from torch import Tensor

PANEL = 256  # coordinates summed at a time
HALVED = 256  # coordinates from which products in bfloat16 pay: below, what is done with prices takes most of the time


def by_numpy(w: NDArray[np.float32], cells: int, step: int = PANEL) -> Callable[[NDArray], NDArray]:
    (size, d), buffer = w.shape, np.zeros(cells, np.float32)  # what is left in memory may be NaN
    of_panel = np.zeros(cells if d > step else 0, np.float32)

    def products(chunk: NDArray) -> NDArray:
        out = buffer[: size * len(chunk)].reshape(size, len(chunk))
        np.matmul(w[:, :step], chunk[:, :step].T, out=out)
        for first in range(step, d, step):
            panel, part = slice(first, first + step), of_panel[: out.size].reshape(out.shape)
            out += np.matmul(w[:, panel], chunk[:, panel].T, out=part)
        return out

    return products


def by_torch(w: NDArray[np.float32], cells: int, device: Any) -> Callable[[Tensor], Tensor]:
    import torch  # deferred: small projections do without

    there, buffer = torch.from_numpy(w).to(device), torch.empty(cells, dtype=torch.float32, device=device)

    def products(chunk: Tensor) -> Tensor:
        out = buffer[: len(w) * len(chunk)].view(len(w), len(chunk))
        torch.mm(there[:, :PANEL], chunk[:, :PANEL].T, out=out)
        for first in range(PANEL, w.shape[1], PANEL):
            panel = slice(first, first + PANEL)
            out.addmm_(there[:, panel], chunk[:, panel].T)
        return out

    return products


def halves_pay(vertices: NDArray[np.float32] | Tensor) -> bool:
    """Whether first pricings are faster in bfloat16: for vertices on a processor with matrix units for it."""
    if not is_tensor(vertices) or vertices.device.type != "cpu" or vertices.shape[1] < HALVED:
        return False
    import torch  # deferred: small projections do without

    return bool(torch.cpu.get_capabilities().get("amx_bf16"))


def by_halves(w: NDArray[np.float32], cells: int, device: Any) -> Callable[[Tensor], Tensor]:
    """In bfloat16. Pieces of the vertices are rounded as they come, so that no copy of all is held."""
    import torch  # deferred: small projections do without

    there = torch.from_numpy(w).to(device, torch.bfloat16)
    half = torch.empty(cells, dtype=torch.bfloat16, device=device)
    buffer = torch.empty(cells, dtype=torch.float32, device=device)

    def products(chunk: Tensor) -> Tensor:
        shape = len(w), len(chunk)
        out = half[: len(w) * len(chunk)].view(shape)
        torch.mm(there, chunk.to(torch.bfloat16).T, out=out)
        return buffer[: out.numel()].view(shape).copy_(out)

    return products


@cache
def require_float32(device: str) -> None:
    """Raise DeviceError where a device multiplies float32 in fewer digits all the same, as an environment can make it.

    (1 + 2^-22) times 1 is exact in float32 and 1 in fewer digits; so is the product of unit matrices times these.
    """
    import torch

    unit = torch.eye(PANEL, device=device)
    with full_float32():
        product = torch.mm((1 + 2.0**-22) * unit, unit)
    if not torch.equal(product, (1 + 2.0**-22) * unit):
        raise DeviceError(
            f"device: {device} multiplies float32 numbers in fewer digits, so that nothing that it finds is proven; "
            "unset what makes it do so, such as NVIDIA_TF32_OVERRIDE, or use device: cpu"
        )
