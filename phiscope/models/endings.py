"""What a network does to its logits at the very end, and what it computes in, taken back.

Softmax keeps the order of logits and nothing of their distances, so that margins and attacks need what flows into it.
log softmax subtracts the same number from all logits of an image: differences of logits, on which margins and DeepFool
rest, and the cross-entropy, are the same with it and without. A sigmoid of one number is 1/2 where that is 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

_OVER_CLASSES = ("softmax", "log_softmax")
_OF_ONE = ("sigmoid",)


class Endings(TorchFunctionMode):
    """Within it, notes what flows into functions that make probabilities, whatever module or function calls them."""

    def __init__(self) -> None:
        super().__init__()
        self._last: tuple[str, Tensor, Tensor] | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "").strip("_")
        if name in _OVER_CLASSES + _OF_ONE and isinstance(result, Tensor):
            given = args[0] if args else kwargs["input"]
            if name in _OF_ONE or _of_classes(given, args, kwargs or {}):
                # In place, what flowed in is gone.
                self._last = None if result is given else (name, given, result)
        return result

    def before(self, returned: Tensor) -> tuple[Tensor, str]:
        """What flowed into a function that has just returned this, and the function's name; else this and no name."""
        name, given, result = self._last or ("", returned, None)
        if result is not returned or (name in _OF_ONE and returned.numel() != len(returned)):
            return returned, ""
        return given, name


def _of_classes(given: Tensor, args: Any, kwargs: Any) -> bool:
    """Whether it is over the second of two dimensions, or the second of more that the others hold one number of."""
    dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
    if dim is None:  # of torch's own choice: the second of two
        return given.dim() == 2
    return given.dim() > 1 and dim % given.dim() == 1


@contextmanager
def full_precision() -> Iterator[None]:
    """Autocast within has no effect: features of 8 or 11 bits would have no proofs."""
    entered = torch.autocast.__enter__

    def enter(self: torch.autocast) -> Any:
        self._enabled = False
        return entered(self)

    torch.autocast.__enter__ = enter  # type: ignore[method-assign]
    try:
        yield
    finally:
        torch.autocast.__enter__ = entered  # type: ignore[method-assign]
