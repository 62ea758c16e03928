"""What a network returns, as one tensor of logits (b, classes)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from phiscope.errors import ModelError

Choice = str | int | None


def chosen(returned: Any, choice: Choice = None) -> tuple[Tensor, str]:
    """The tensor of logits among what a network returned, and where it stood, empty where that needs no saying.

    choice: a key, attribute or position; None takes a tensor as it is, `logits` of a mapping or object, the first of a
    sequence, and the only tensor of a mapping. Raises ModelError naming what there is instead.
    """
    if choice is not None:
        return _at(returned, choice), f"`{choice}`"
    if isinstance(returned, Tensor):
        return returned, ""
    logits = returned.get("logits") if isinstance(returned, Mapping) else getattr(returned, "logits", None)
    if isinstance(logits, Tensor):
        return logits, "`logits`"
    if isinstance(returned, Mapping):
        tensors = [key for key, value in returned.items() if isinstance(value, Tensor)]
        if len(tensors) == 1:
            return returned[tensors[0]], f"`{tensors[0]}`, its only tensor,"
    elif isinstance(returned, Sequence) and len(returned) and isinstance(returned[0], Tensor):
        return returned[0], "the first"
    raise ModelError(f"the network returns {in_words(returned)}; name the logits among it with classifier.output")


def as_logits(tensor: Tensor) -> Tensor:
    """(b, classes) of (b, classes, 1, 1), and of one number z for two classes: (b, 2) with 0 and z.

    So the boundary of two classes is where the one number is 0, and the second class lies where it is positive.
    """
    if tensor.dim() > 2 and math.prod(tensor.shape[2:]) == 1:
        tensor = tensor.flatten(1)
    if tensor.dim() == 1:
        tensor = tensor[:, None]
    if tensor.dim() == 2 and tensor.shape[1] == 1:
        return torch.cat([torch.zeros_like(tensor), tensor], dim=1)
    return tensor


def _at(returned: Any, choice: str | int) -> Tensor:
    try:
        found = returned[choice] if isinstance(returned, Mapping) or isinstance(choice, int) else None
        found = getattr(returned, str(choice)) if found is None else found
    except (KeyError, IndexError, AttributeError, TypeError):
        found = None
    if not isinstance(found, Tensor):
        raise ModelError(f"classifier.output: there is no tensor {choice!r}; the network returns {in_words(returned)}")
    return found


def in_words(returned: Any) -> str:
    """What there is to choose from."""
    if isinstance(returned, Tensor):
        return f"one tensor of shape {tuple(returned.shape)}"
    if isinstance(returned, Sequence):
        named = dict(enumerate(returned))
    else:
        named = dict(returned if isinstance(returned, Mapping) else getattr(returned, "__dict__", {}))
    parts = [
        f"{key!r}" + (f" {tuple(value.shape)}" if isinstance(value, Tensor) else "") for key, value in named.items()
    ]
    return f"{type(returned).__name__} with {', '.join(parts[:8]) or 'nothing'}"
