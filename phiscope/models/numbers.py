"""Whether the tensors of a file are numbers that a network can compute with, as it has them itself.

`load_state_dict` copies what it is given: whole numbers without their scale, the real part of complex ones, NaN. None
of this is what somebody trained.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from phiscope.errors import ModelError

_REAL = {torch.float16, torch.bfloat16, torch.float32, torch.float64}
_REMEDY = "save the state dict that the network was trained with, as plain floats"


def require_numbers(state: Mapping[str, Tensor], network: nn.Module) -> None:
    """Raise ModelError for the first tensor that is not of the kind that the network has under its key, or not finite.

    A buffer may hold infinities, as masks do; the moments of batch norm may not, and no parameter.
    """
    parameters = dict(network.named_parameters())
    own = network.state_dict()
    for key, value in state.items():
        require_plain(key, value)
        kind = own[key].dtype
        if kind.is_floating_point:
            if value.dtype not in _REAL:
                raise ModelError(f"{key} is {_named(value.dtype)}; expected {_named(kind)}: {_REMEDY}")
            masks = key not in parameters and not key.endswith(("running_mean", "running_var"))
            _require_finite(key, value if is_lazy(own[key]) else value.to(kind), value, masks)
        elif kind.is_complex != value.dtype.is_complex or (value.is_floating_point() and not kind.is_complex):
            raise ModelError(f"{key} is {_named(value.dtype)}; expected {_named(kind)}: {_REMEDY}")
        if key.endswith("running_var") and value.numel() and float(value.min()) < 0:
            raise ModelError(f"{key} holds a negative number; expected variances: the file is damaged")


def require_plain(key: str, value: Tensor) -> None:
    """Raise ModelError for a tensor whose numbers do not lie one after the other in memory."""
    if value.is_quantized:
        raise ModelError(f"{key} is quantised, {_named(value.dtype)}; expected floats: {_REMEDY}")
    if value.layout is not torch.strided or value.is_nested:
        kind = "nested" if value.is_nested else _named(value.layout)
        raise ModelError(f"{key} is a {kind} tensor; expected a dense one: save it as `tensor.to_dense()`")
    if value.device.type == "meta":
        raise ModelError(f"{key} has a shape but no numbers; {_REMEDY}")


def real(key: str, value: Tensor) -> Tensor:
    """A tensor as float64, whose file holds as many numbers as it claims. Raises ModelError otherwise."""
    require_plain(key, value)
    if value.dtype not in _REAL:
        raise ModelError(f"{key} is {_named(value.dtype)}; expected floats: {_REMEDY}")
    if value.numel() * value.element_size() > value.untyped_storage().nbytes():
        raise ModelError(f"{key} claims {value.numel():,} numbers and repeats fewer; expected them all in the file")
    return value.double()


def _require_finite(key: str, value: Tensor, given: Tensor, masks: bool) -> None:
    if bool(value.isfinite().all()) or (masks and not bool(value.isnan().any())):
        return
    if bool(given.isfinite().all()):
        raise ModelError(f"{key} holds numbers that are too large for {_named(value.dtype)}; {_REMEDY}")
    bad = int((~value.isfinite()).sum())
    raise ModelError(
        f"{key} holds a value that is not finite, NaN or infinity ({bad:,} of {value.numel():,}): the training that "
        "made it had diverged, or the file is damaged; take an earlier checkpoint"
    )


def _named(kind: torch.dtype | torch.layout) -> str:
    return str(kind).removeprefix("torch.")
