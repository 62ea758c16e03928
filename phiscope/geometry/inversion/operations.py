"""The operations of a network that `repeated` computes once for all rows, forward, and for all of them at once back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from phiscope.geometry.inversion.relaxed import RELUS, relu_slope

_VALUE, _CONVOLUTION = "_phiscope_value", "_phiscope_convolution"
_LAST = torch.channels_last


class Repeated(TorchFunctionMode):
    """Inside it, known operations on `count` repetitions of one image compute once what all have in common."""

    def __init__(self, count: int, softness: Tensor) -> None:
        super().__init__()
        self.count, self.softness = count, softness
        self.computed = self.elsewhere = 0  # numbers

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        known = KNOWN.get(function)
        if known is not None and self.holds(args[0]):
            result = known(self, *args, **kwargs)
            if result is not NotImplemented:
                self.computed += result.numel()
                return result
        if function in RELUS:  # of what is not repeated any more, or never was
            result = _Gated.apply(args[0], args[0].clamp(min=0), relu_slope(args[0], self.softness))
        else:
            result = function(*args, **kwargs)
        if isinstance(result, Tensor) and result.dim() > 1 and len(result) == self.count and result.stride(0):
            self.elsewhere += result.numel()
        return result

    def holds(self, tensor: Any) -> bool:
        return isinstance(tensor, Tensor) and tensor.dim() == 4 and len(tensor) == self.count and tensor.stride(0) == 0

    def repeat(self, value: Tensor, like: Tensor) -> Tensor:
        """The value (1, ...), in what flows, as often as there are rows."""
        return value.to(like.dtype).expand(self.count, *value.shape[1:])


def _value(repeated: Tensor) -> Tensor:
    """What is repeated, (1, ...), in float32."""
    known = getattr(repeated, _VALUE, None)
    return repeated[:1].detach().float() if known is None else known


def with_value(result: Tensor, value: Tensor) -> Tensor:
    """The tensor, which from now on knows what it repeats."""
    setattr(result, _VALUE, value)
    return result


# What flows back through the known operations. All of them get their values as an argument, computed once.


class _Convolved(torch.autograd.Function):
    @staticmethod
    def forward(ctx, given: Tensor, result: Tensor, weight: Tensor, geometry: tuple) -> Tensor:
        ctx.weight, ctx.geometry, ctx.shape, ctx.kind = weight, geometry, given.shape, None
        return result.view_as(result)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        stride, padding, dilation, groups = ctx.geometry
        gradient = gradient.contiguous(memory_format=_LAST)
        if ctx.kind is None:  # here, as a convolution that batch norm follows is never pulled back through itself
            ctx.kind, ctx.weight = gradient.dtype, ctx.weight.to(gradient.dtype).contiguous(memory_format=_LAST)
        given = torch.empty(ctx.shape, dtype=ctx.kind, memory_format=_LAST)  # of which only the shape is used
        pulled = torch.ops.aten.convolution_backward(
            gradient, given, ctx.weight, None, stride, padding, dilation, False, [0, 0], groups, [True, False, False]
        )
        return pulled[0], None, None, None


class _Gated(torch.autograd.Function):
    """Times a factor on the way back: ReLU's slope, a scale."""

    @staticmethod
    def forward(ctx, given: Tensor, result: Tensor, factor: Tensor) -> Tensor:
        ctx.factor = factor.to(given.dtype)
        return result.view_as(result)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None]:
        return gradient * ctx.factor, None, None


class _Added(torch.autograd.Function):
    @staticmethod
    def forward(ctx, one: Tensor, other: Tensor, result: Tensor) -> Tensor:
        return result.view_as(result)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        return gradient, gradient, None


class _Pooled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, given: Tensor, result: Tensor, places: Tensor, geometry: tuple) -> Tensor:
        ctx.places, ctx.geometry, ctx.shape = places, geometry, given.shape
        return result.view_as(result)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        gradient = gradient.contiguous(memory_format=_LAST)
        given = torch.empty(ctx.shape, dtype=gradient.dtype, memory_format=_LAST)
        places = ctx.places.expand(len(gradient), *ctx.places.shape[1:]).contiguous(memory_format=_LAST)
        return torch.ops.aten.max_pool2d_with_indices_backward(gradient, given, *ctx.geometry, places), None, None, None


class _Chosen(torch.autograd.Function):
    """Part of the places, or among more of them that are 0: slices and padding, which move numbers about."""

    @staticmethod
    def forward(ctx, given: Tensor, result: Tensor, back: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        ctx.back, ctx.shape = back, given.shape
        return result.view_as(result)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None]:
        pulled = torch.zeros(ctx.shape, dtype=gradient.dtype).contiguous(memory_format=_LAST)
        return ctx.back(pulled, gradient), None, None


# The known operations: (batch, arguments of the function) -> its result, or NotImplemented.


def _convolve(batch: Repeated, x: Tensor, /, weight: Tensor, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if isinstance(padding, str) or weight.dim() != 4:
        return NotImplemented
    geometry = (_pair(stride), _pair(padding), _pair(dilation), groups)
    value = functional.conv2d(_value(x), weight, bias, *geometry)
    result = _convolved(batch, x, value, weight, geometry)
    setattr(result, _CONVOLUTION, (x, weight, geometry))
    return result


def _convolved(batch: Repeated, x: Tensor, value: Tensor, weight: Tensor, geometry: tuple) -> Tensor:
    return with_value(_Convolved.apply(x, batch.repeat(value, x), weight.detach(), geometry), value)


def _normalise(
    batch: Repeated, x: Tensor, /, mean, variance, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5, *rest
):
    """Batch norm in evaluation is a scale and a shift; behind a convolution, one with scaled weights."""
    if training or mean is None or variance is None:
        return NotImplemented
    value = functional.batch_norm(_value(x), mean, variance, weight, bias, False, momentum, eps)
    scale = torch.rsqrt(variance + eps) * (1 if weight is None else weight)
    if (before := getattr(x, _CONVOLUTION, None)) is not None:
        source, kernel, geometry = before
        return _convolved(batch, source, value, kernel * scale.view(-1, 1, 1, 1), geometry)
    return with_value(_Gated.apply(x, batch.repeat(value, x), scale.view(1, -1, 1, 1).detach()), value)


def _rectify(batch: Repeated, x: Tensor, /, inplace: bool = False) -> Tensor:
    value = _value(x)
    slope = relu_slope(value, batch.softness).contiguous(memory_format=_LAST)
    value = value.clamp(min=0)
    return with_value(_Gated.apply(x, batch.repeat(value, x), slope), value)


def _add(batch: Repeated, x: Tensor, /, other: Any, *, alpha: float = 1):
    if alpha != 1 or not batch.holds(other) or other.shape != x.shape:
        return NotImplemented
    value = _value(x) + _value(other)
    return with_value(_Added.apply(x, other, batch.repeat(value, x)), value)


def _shift(batch: Repeated, x: Tensor, /, other: Any):
    if not _constant(other):
        return NotImplemented
    value = _value(x) - other
    return with_value(_Gated.apply(x, batch.repeat(value, x), torch.ones(1)), value)


def _divide(batch: Repeated, x: Tensor, /, other: Any):
    if not _constant(other):
        return NotImplemented
    value = _value(x) / other
    factor = torch.as_tensor(1 / other).expand(1, value.shape[1], 1, 1) if isinstance(other, Tensor) else None
    return with_value(
        _Gated.apply(x, batch.repeat(value, x), torch.tensor(1 / other) if factor is None else factor), value
    )


def _constant(other: Any) -> bool:
    """A number, or one for each channel."""
    if isinstance(other, Tensor):
        return other.dim() == 4 and other.shape[0] == other.shape[2] == other.shape[3] == 1 and not other.requires_grad
    return isinstance(other, (int, float))


def _pool(
    batch: Repeated, x: Tensor, /, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, **indices: bool
):
    if any(indices.values()):
        return NotImplemented
    geometry = (_pair(kernel_size), _pair(stride or kernel_size), _pair(padding), _pair(dilation), ceil_mode)
    value, places = torch.ops.aten.max_pool2d_with_indices(_value(x).contiguous(memory_format=_LAST), *geometry)
    return with_value(_Pooled.apply(x, batch.repeat(value, x), places, geometry), value)


def _slice(batch: Repeated, x: Tensor, /, index: Any):
    whole = slice(None)
    if not isinstance(index, tuple) or index[0] != whole or not all(isinstance(part, slice) for part in index):
        return NotImplemented

    def back(pulled: Tensor, gradient: Tensor) -> Tensor:
        pulled[index] = gradient
        return pulled

    value = _value(x)[index]
    return with_value(_Chosen.apply(x, batch.repeat(value, x), back), value)


def _pad(batch: Repeated, x: Tensor, /, pad, mode: str = "constant", value: float | None = None):
    if mode != "constant" or value or len(pad) > 6 or min(pad) < 0:
        return NotImplemented
    padded = functional.pad(_value(x), tuple(pad))
    before = [0] * (4 - len(pad) // 2) + [pad[2 * k] for k in reversed(range(len(pad) // 2))]
    inner = tuple(slice(first, first + size) for first, size in zip(before, x.shape, strict=True))

    def back(pulled: Tensor, gradient: Tensor) -> Tensor:
        return gradient[inner]

    return with_value(_Chosen.apply(x, batch.repeat(padded, x), back), padded)


def _pair(number: Any) -> tuple[int, int]:
    return (number, number) if isinstance(number, int) else tuple(number) * (2 // len(number))


KNOWN: dict[Any, Callable] = {
    torch.conv2d: _convolve, functional.batch_norm: _normalise, torch.batch_norm: _normalise,
    **dict.fromkeys(RELUS, _rectify),
    **dict.fromkeys((torch.add, Tensor.add, Tensor.add_, Tensor.__add__, Tensor.__iadd__, Tensor.__radd__), _add),
    **dict.fromkeys((torch.sub, Tensor.sub, Tensor.__sub__), _shift),
    **dict.fromkeys((torch.div, Tensor.div, Tensor.__truediv__), _divide),
    functional.max_pool2d: _pool, torch.max_pool2d: _pool,
    Tensor.__getitem__: _slice, functional.pad: _pad,
}  # fmt: skip
