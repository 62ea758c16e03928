"""What a forward pass does: its products with weights and what they take, and what flows into layers."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

_PRODUCTS = re.compile(
    r"_*(r?matmul|mm|mv|bmm|addmm|addmv|baddbmm|linear|bilinear|einsum|tensordot|inner|vecdot|cosine_similarity|"
    r"conv\d?d?|conv_.*)_*"
)
_ELEMENTWISE = re.compile(r"_*(r?mul|multiply)_*")  # a product with weights where it makes more numbers than it takes
_PROBABILITIES = ("softmax", "log_softmax")


@dataclass(frozen=True)
class Call:
    name: str
    given: list[Tensor]
    moving: list[Tensor]  # those of them that depend on the images
    output: Any  # node of autograd's graph


class Products(TorchFunctionMode):
    """Watches products with weights, the last ones or all, and what goes into functions that make probabilities."""

    def __init__(self, last: int | None = None) -> None:
        super().__init__()
        self.calls: deque[Call] = deque(maxlen=last)
        self.before: dict[Any, Tensor] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if not isinstance(result, Tensor):
            return result
        given = [each for each in tree_leaves((args, kwargs or {})) if isinstance(each, Tensor)]
        if _PRODUCTS.fullmatch(name) or (_ELEMENTWISE.fullmatch(name) and _spreads(given, result)):
            moving = [each for each in given if each.requires_grad]
            self.calls.append(Call(name.strip("_"), given, moving, result.grad_fn))
        elif name in _PROBABILITIES and result.grad_fn is not None:
            self.before[result.grad_fn] = given[0]
        return result


def _spreads(given: Sequence[Tensor], result: Tensor) -> bool:
    """Whether a product by elements takes each number several times, as (b, 1, f) by (n, f) does."""
    return len(given) == 2 and result.numel() > max(each.numel() for each in given)


def call_of(tensor: Tensor, calls: Sequence[Call]) -> tuple[int, int]:
    """The last call that takes a tensor, counted from the end, and as which of its operands."""
    return next(
        (behind, operand)
        for behind, call in enumerate(reversed(calls), start=1)
        for operand, each in enumerate(call.given)
        if each is tensor
    )


def distinct(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [each for place, each in enumerate(tensors) if not any(each is other for other in tensors[:place])]


@contextmanager
def inputs_of(
    network: nn.Module, names: Sequence[str], left: dict[str, list[Any]] | None = None
) -> Iterator[dict[str, list[Tensor]]]:
    """What flows into these layers within, by name, in the order of calls; left: gets the nodes of what flows out."""
    given: dict[str, list[Tensor]] = {}
    handles = []
    for name in names:

        def note(module: nn.Module, inputs: tuple[Any, ...], name: str = name) -> None:
            if inputs and isinstance(inputs[0], Tensor):
                given.setdefault(name, []).append(inputs[0])

        def leave(module: nn.Module, _: Any, output: Any, name: str = name) -> None:
            if left is not None and isinstance(output, Tensor):
                left.setdefault(name, []).append(output.grad_fn)

        module = network.get_submodule(name)
        handles += [module.register_forward_pre_hook(note), module.register_forward_hook(leave)]
    try:
        yield given
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def of_images_only(network: nn.Module) -> Iterator[None]:
    """Only what depends on the images has a gradient within."""
    asked = [each for each in network.parameters() if each.requires_grad]
    for each in asked:
        each.requires_grad_(False)
    try:
        yield
    finally:
        for each in asked:
            each.requires_grad_(True)
