"""Whether vertices are priced on a card: where there is one, and where they fit."""

from __future__ import annotations

from phiscope.arrays import choose_device
from phiscope.errors import DeviceError
from phiscope.geometry.hull.products import require_float32

_BESIDE = 3 * 2**30  # bytes on a card for prices (selection.CELLS), for what is picked out of them, and for libraries


def placed(device: str, size: int) -> str:
    """`cpu` or a card, for vertices of so many bytes. `auto` is a card where there is one and they fit.

    Raises DeviceError where a card is asked for by name and is not there or too small, or where one does not multiply
    in full float32.
    """
    there = choose_device(device)
    if there == "cpu":
        return there
    if size + _BESIDE > (free := free_bytes(there)):
        if device == "auto":
            return "cpu"
        raise DeviceError(
            f"device: {there} has {free / 1e9:.1f} GB free; vertices of a hull take {size / 1e9:.1f} there, and their "
            f"prices {_BESIDE / 1e9:.1f}: use device: cpu, or auto"
        )
    require_float32(there)
    return there


def free_bytes(device: str) -> int:
    import torch  # deferred: small projections do without

    return torch.cuda.mem_get_info(device)[0]
