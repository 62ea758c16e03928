"""Which features images in [0, 1] can have at all: intervals that are proven to hold them, by interval arithmetic.

Bounds go through the network layer by layer (Gowal et al. 2018): a linear layer W x + b maps centre c and radius r to
W c + b and |W| r, what is monotone maps both ends. They hold for every image of the box and are far too wide after a
few layers, so that they seldom prove that a point of feature space has no image. A layer that is not known here ends
the proof: no bound, never a wrong one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

_ROUNDING = 1e-9  # relative: float64 sums of some thousand terms are known to 1e-12


@dataclass(frozen=True)
class Interval:
    """lower and upper (1, ...): every entry lies between them."""

    lower: Tensor
    upper: Tensor

    def linear(self, signed: Callable[[Tensor], Tensor], absolute: Callable[[Tensor], Tensor]) -> Interval:
        """Of a linear map with a bias, signed, and of the map with the absolute weights and none."""
        centre, radius = (self.upper + self.lower) / 2, (self.upper - self.lower) / 2
        middle, width = signed(centre), absolute(radius)
        width = width + _ROUNDING * (width + middle.abs())
        return Interval(middle - width, middle + width)

    def each(self, rising: Callable[[Tensor], Tensor]) -> Interval:
        """Of a map each of whose entries rises with every entry."""
        return Interval(rising(self.lower), rising(self.upper))


class UnknownLayerError(Exception):
    """A layer, or an operation, whose bounds are not known."""


@torch.no_grad()
def features_in_reach(network: nn.Module, layer: str | None, shape: tuple[int, ...], given: Any) -> Interval | None:
    """Bounds (1, f) of the features that images of `shape` in [0, 1] have; None where a layer is not known.

    network: a torch module that `torch.fx` can trace, taking normalised images; layer: the name of the one whose input
    the features are, None for the output; given: maps pixels to what the network takes, each entry rising.
    """
    double = network.double().eval()
    try:
        graph = fx.symbolic_trace(double)
    except Exception:  # whatever somebody's forward does that cannot be traced
        return None
    box = Interval(torch.zeros(1, *shape).double(), torch.ones(1, *shape).double())
    try:
        return _Bounds(graph, layer).bounds(box.each(given))
    except UnknownLayerError:
        return None


class _Bounds(fx.Interpreter):
    """Runs a traced network on an interval until the layer whose input is asked for."""

    def __init__(self, graph: fx.GraphModule, layer: str | None) -> None:
        super().__init__(graph)
        self._nodes, self._layer = list(graph.graph.nodes), layer

    def bounds(self, box: Interval) -> Interval:
        for node in self._nodes:
            if node.op == "call_module" and node.target == self._layer:
                return _flat(self.env[node.args[0]])
            if node.op == "output":
                break
            self.env[node] = box if node.op == "placeholder" else self.run_node(node)
        if self._layer is not None:
            raise UnknownLayerError(self._layer)
        return _flat(self.env[node.args[0]])

    def call_module(self, target: Any, args: tuple, kwargs: dict) -> Any:
        module, (x, *more) = self.fetch_attr(target), args
        if not isinstance(x, Interval) or more or kwargs:
            raise UnknownLayerError(target)
        return _of_module(module, x)

    def call_function(self, target: Any, args: tuple, kwargs: dict) -> Any:
        return _of_function(target, args, kwargs)

    def call_method(self, target: Any, args: tuple, kwargs: dict) -> Any:
        x, *more = args
        if not isinstance(x, Interval):
            return getattr(x, target)(*more, **kwargs)
        if target == "size" or target in _RISING_METHODS:
            if target == "size":
                return x.lower.size(*more, **kwargs)
            return x.each(lambda part: getattr(part, target)(*more, **kwargs))
        raise UnknownLayerError(target)


_RISING: tuple[type[nn.Module], ...] = (
    *(nn.ReLU, nn.ReLU6, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Hardtanh, nn.Identity, nn.Flatten),
    *(nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.Dropout, nn.Dropout2d),
)
_RISING_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    *(functional.relu, torch.relu, torch.sigmoid, torch.tanh, functional.pad, torch.flatten, operator.getitem),
    *(functional.avg_pool2d, functional.max_pool2d, functional.adaptive_avg_pool2d),
)
_RISING_METHODS = ("mean", "view", "reshape", "flatten", "relu", "sum", "contiguous", "squeeze", "unsqueeze")


def _of_module(module: nn.Module, x: Interval) -> Interval:
    if isinstance(module, nn.Linear):
        return x.linear(module, lambda radius: functional.linear(radius, module.weight.abs()))
    if isinstance(module, nn.Conv2d) and module.padding_mode == "zeros":
        return x.linear(module, lambda radius: module._conv_forward(radius, module.weight.abs(), None))
    if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d) and module.running_var is not None:
        scale = 1 / (module.running_var + module.eps).sqrt()
        scale = (scale if module.weight is None else scale * module.weight).abs()
        return x.linear(module, lambda radius: radius * scale.view(1, -1, *[1] * (radius.ndim - 2)))
    if isinstance(module, _RISING):
        return x.each(module)
    raise UnknownLayerError(type(module).__name__)


def _of_function(target: Any, args: tuple, kwargs: dict) -> Any:
    intervals = [isinstance(each, Interval) for each in args]
    if not any(intervals):
        return target(*args, **kwargs)
    if target in (operator.add, torch.add) and all(intervals) and not kwargs:
        first, second = args
        return Interval(first.lower + second.lower, first.upper + second.upper)
    if target in _RISING_FUNCTIONS and intervals[0] and sum(intervals) == 1:
        x, *more = args
        return x.each(lambda part: target(part, *more, **kwargs))
    raise UnknownLayerError(str(target))


def _flat(x: Any) -> Interval:
    if not isinstance(x, Interval):
        raise UnknownLayerError("the output is not one tensor")
    return x.each(lambda part: part.flatten(1))
