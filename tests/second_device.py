"""A second device on a processor: tensors that lie there compute as elsewhere, and refuse what a CUDA card refuses.

    with second_device.played():
        network.to(second_device.NAME)(images)  # RuntimeError: images lie on the processor

No card is needed to find a tensor that was not moved. An operation with tensors of both devices raises, but for
numbers of no dimension in pointwise operations, indices that lie on the processor, and copies; so does NumPy's view of
a tensor that was not brought back, and a generator of the processor that shall draw there. Not played: `is_cuda` and
what hangs on it, operations that a card lacks or does otherwise, memory, streams and rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

NAME = "second"
POSSIBLE = hasattr(backend_registration, "_setup_privateuseone_for_python_backend")  # experimental: torch may change it
_aten = torch.ops.aten
_INDEXING = {_aten.index.Tensor, _aten.index_put.default, _aten.index_put_.default, _aten._index_put_impl_.default}
_COPIES = {_aten.copy_.default, _aten._to_copy.default, _aten.set_.source_Tensor}

_AUTOCAST = [torch.library.Library(name, "IMPL") for name in ("_", "aten")]  # kept: what they say goes with them
_PRODUCTS = ("linear", "conv2d", "matmul", "mm", "bmm", "addmm", "baddbmm")  # of autocast, those that occur here


class _Backend(getattr(backend_registration, "_DummyBackendModule", object)):  # type: ignore[misc]
    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]


class Placed(torch.Tensor):
    """A tensor on the second device; `here`: its numbers, on the processor."""

    here: torch.Tensor

    @staticmethod
    def __new__(cls, here: torch.Tensor) -> Placed:
        about = {"strides": here.stride(), "storage_offset": here.storage_offset(), "dtype": here.dtype}
        with torch.inference_mode(False):  # one made there cannot be told of later changes
            placed = torch.Tensor._make_wrapper_subclass(cls, here.shape, device=torch.device(NAME, 0), **about)
        placed.here = here
        return placed

    def __repr__(self) -> str:
        return f"Placed({self.here!r})"

    def tolist(self) -> Any:
        return self.detach().here.tolist()

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, given: tuple = (), named: dict | None = None) -> Any:
        return _run(operation, given, named or {})


class _Mode(TorchDispatchMode):
    """What tensors of the processor alone are asked for: to be moved, or made on the second device."""

    def __torch_dispatch__(self, operation: Any, types: Any, given: tuple = (), named: dict | None = None) -> Any:
        return _run(operation, given, named or {})


class _Made(TorchFunctionMode):
    """Tensors made of lists, indices among them, which torch moves out of a dispatch mode's sight."""

    def __torch_function__(self, function: Any, types: Any, given: tuple = (), named: dict | None = None) -> Any:
        named = dict(named or {})
        if function in (torch.Tensor.__getitem__, torch.Tensor.__setitem__):
            tensor, places, *values = given
            places = places if isinstance(places, tuple) else (places,)
            given = tensor, tuple(torch.tensor(each) if isinstance(each, list) else each for each in places), *values
        if function is torch.Tensor.new_tensor:
            like, *given = given
            function, named = torch.tensor, {"dtype": like.dtype, "device": like.device} | named
        if function not in (torch.tensor, torch.as_tensor) or named.get("device") is None:
            return function(*given, **named)
        place = named.pop("device")
        return function(*given, **named).to(place)


@contextmanager
def played() -> Iterator[str]:
    """The second device is there meanwhile; gives its name. Backward passes run in the thread that asks for them."""
    if not hasattr(torch, NAME):
        backend_registration._setup_privateuseone_for_python_backend(NAME, _Backend())
        _AUTOCAST[0].fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")
        for name in _PRODUCTS:
            _AUTOCAST[1].impl(name, partial(_in_fewer_digits, name), "AutocastPrivateUse1")
    before = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)  # their numbers cannot be exchanged in place
    try:
        with _Made(), _Mode(), torch.autograd.set_multithreading_enabled(False):
            yield NAME
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(before)


def _in_fewer_digits(name: str, *given: Any, **named: Any) -> Any:
    """As autocast computes a product."""
    kind = torch.get_autocast_dtype(NAME)
    with torch._C._ExcludeDispatchKeyGuard(torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastPrivateUse1)):
        cast = [each.to(kind) if isinstance(each, torch.Tensor) else each for each in given]
        return getattr(_aten, name)(*cast, **named)


def _run(operation: Any, given: tuple, named: dict) -> Any:
    if torch._C._dispatch_has_kernel_for_dispatch_key(operation.name(), "CompositeImplicitAutograd"):
        with _Mode():  # in inference mode operations come whole
            return operation.decompose(*given, **named)
    if operation is _aten._efficientzerotensor.default:  # tangents: without memory, which a wrapped tensor must have
        operation = _aten.zeros.default
    tensors = [leaf for leaf in tree_leaves((given, named)) if isinstance(leaf, torch.Tensor)]
    placed = [tensor for tensor in tensors if isinstance(tensor, Placed)]
    wanted = named.get("device")
    there = bool(placed) if wanted is None else torch.device(wanted).type == NAME
    if wanted is not None:
        named = named | {"device": torch.device("cpu") if there else wanted}
    if placed:
        _require_one_device(operation, given, named, tensors)
    generator = named.get("generator")
    if there and generator is not None and generator.device.type != NAME:
        raise RuntimeError(f"Expected a '{NAME}' device type for generator but found '{generator.device.type}'")
    back = {id(tensor.here): tensor for tensor in placed}  # written in place, or into `out`
    result = operation(*tree_map(_unwrapped, given), **tree_map(_unwrapped, named))
    if operation is _aten.copy_.default:
        return given[0]

    def wrapped(leaf: Any) -> Any:
        if not isinstance(leaf, torch.Tensor) or not there:
            return leaf
        return back.get(id(leaf)) if id(leaf) in back else Placed(leaf)

    return tree_map(wrapped, result)


def _unwrapped(leaf: Any) -> Any:
    return leaf.here if isinstance(leaf, Placed) else leaf


def _require_one_device(operation: Any, given: tuple, named: dict, tensors: list[torch.Tensor]) -> None:
    """As CUDA's operations do."""
    if operation in _COPIES:
        return
    if operation in _INDEXING and isinstance(given[0], Placed):
        tensors = [leaf for leaf in tree_leaves((given[2:], named)) if isinstance(leaf, torch.Tensor)]
    first = next((leaf for leaf in tree_leaves(given) if isinstance(leaf, torch.Tensor)), None)
    numbers = torch.Tag.pointwise in operation.tags or operation in _INDEXING
    for tensor in tensors:
        allowed = numbers and tensor.dim() == 0 and not (operation._schema.is_mutable and tensor is first)
        if not isinstance(tensor, Placed) and not allowed:
            raise RuntimeError(
                "Expected all tensors to be on the same device, but found at least two devices, "
                f"{NAME}:0 and {tensor.device}! ({operation})"
            )
