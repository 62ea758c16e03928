"""Split a trained network into what computes features and the linear head that reads them.

Equation (3): x_φ = N_φ(x), the input of the last fully connected layer; equation (4): z = x_φ W_φ + b_φ.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any, NoReturn, cast

import torch
from torch import Tensor, nn

from phiscope.errors import ModelError


@dataclass(frozen=True)
class FeatureMap:
    """Φ of one network: `feature_map(images)` -> (b, f), differentiable.

    weight (f, n) and bias (n,) are those of equation (4), float64; None when the map stops at a layer that is
    not a linear head. `lower_bound` is 0.0 where the features are known to be non-negative, which is when
    constraint (10) holds, else None.
    """

    network: nn.Module
    layer: str
    weight: Tensor | None
    bias: Tensor | None
    lower_bound: float | None

    def __call__(self, images: Tensor) -> Tensor:
        return _flow(self.network, self.layer, images, at_input=self.weight is not None).flatten(1)

    def double(self) -> FeatureMap:
        """The same map in float64: a copy, this one stays as it is."""
        return replace(self, network=copy.deepcopy(self.network).double())

    def to(self, device: str) -> FeatureMap:
        """This map with its network on the device; the network is moved, not copied."""
        self.network.to(device)
        return self

    @property
    def example(self) -> Tensor:
        """A number of the network's own kind and device, for `tensor.to(example)`."""
        return next(self.network.parameters())

    def logits(self, features: Tensor) -> Tensor:
        """Equation (4) without the softmax: (b, f) -> (b, n); a map to a named layer has no head."""
        if self.weight is None or self.bias is None:
            raise ModelError(f"layer {self.layer!r} has no linear head; split the network at its head instead")
        return features @ self.weight.to(features) + self.bias.to(features)


def split(network: nn.Module, example: Tensor, *, head: str | None = None, layer: str | None = None) -> FeatureMap:
    """Find the last linear layer of a network never seen before, and what flows into it.

    example: (b, channels, h, w) in the network's input range. `head` names the linear layer where the search
    must not decide. `layer` instead stops at the output of any named module: features alone, no weight.
    Raises ModelError where there is no such layer, or where the network's output is not the head's output (up
    to a softmax, which changes no order).
    """
    if head is not None and layer is not None:
        raise ModelError(f"split: head {head!r} and layer {layer!r} were both given; give one of them")
    network = network.eval()
    if layer is not None:
        _require_module(network, layer, nn.Module)
        with torch.enable_grad():
            reached = _flow(network, layer, example, at_input=False)
        return FeatureMap(network, layer, None, None, _lower_bound(reached))
    name = head or _last_linear(network, example)
    linear = cast(nn.Linear, _require_module(network, name, nn.Linear))
    with torch.enable_grad():
        features = _flow(network, name, example, at_input=True)
    if features.dim() != 2:
        raise ModelError(
            f"linear layer {name!r} reads an input of shape {tuple(features.shape)}; expected (batch, features): "
            "name the head with `head`, or a layer with `layer`"
        )
    _require_head_is_output(network, name, linear(features), example)
    weight = linear.weight.detach().double().T.contiguous()
    bias = torch.zeros(weight.shape[1]).double() if linear.bias is None else linear.bias.detach().double()
    return FeatureMap(network, name, weight, bias, _lower_bound(features))


class _ReachedError(Exception):
    """Carries the tensor out of a forward pass, so that nothing behind the layer is computed."""

    def __init__(self, tensor: Tensor) -> None:
        super().__init__()
        self.tensor = tensor


def _flow(network: nn.Module, name: str, images: Tensor, *, at_input: bool) -> Tensor:
    def leave(module: nn.Module, inputs: tuple[Tensor, ...], *output: Tensor) -> NoReturn:
        raise _ReachedError(inputs[0] if at_input else output[0])

    module = network.get_submodule(name)
    handle = module.register_forward_pre_hook(leave) if at_input else module.register_forward_hook(leave)
    try:
        network(images)
    except _ReachedError as reached:
        return reached.tensor
    finally:
        handle.remove()
    raise ModelError(f"layer {name!r} exists but no image flows through it; name a layer that is used")


def _last_linear(network: nn.Module, example: Tensor) -> str:
    """Name of the linear layer that runs last; definition order says nothing about that."""
    order: list[str] = []
    linears = [(name, module) for name, module in network.named_modules() if isinstance(module, nn.Linear)]
    handles = [module.register_forward_hook(lambda *_, name=name: order.append(name)) for name, module in linears]
    try:
        with torch.no_grad():
            network(example)
    finally:
        for handle in handles:
            handle.remove()
    if not order:
        raise ModelError(
            f"{type(network).__name__} has no linear layer in its forward pass, so there is no linear head whose "
            "boundaries could be computed; phiscope needs a network that ends in torch.nn.Linear"
        )
    return order[-1]


def _require_module(network: nn.Module, name: str, kind: type[nn.Module]) -> nn.Module:
    modules = dict(network.named_modules())
    if name in modules and isinstance(modules[name], kind):
        return modules[name]
    names = [key for key, module in modules.items() if key and isinstance(module, kind)]
    raise ModelError(f"no {kind.__name__} named {name!r} in the network; it has {', '.join(names[-8:]) or 'none'}")


def _require_head_is_output(network: nn.Module, name: str, logits: Tensor, example: Tensor) -> None:
    with torch.no_grad():
        output = network(example)
        logits = logits.detach()
        for candidate in (logits, logits.softmax(-1), logits.log_softmax(-1)):
            if output.shape == candidate.shape and torch.allclose(output, candidate, rtol=1e-3, atol=1e-4):
                return
    raise ModelError(
        f"the network's output is not the output of its linear layer {name!r}: something other than a softmax "
        "comes after it; name the layer that gives the logits with `head`"
    )


_KEEPS_SIGN = (
    "View", "UnsafeView", "Reshape", "Squeeze", "Unsqueeze", "Permute", "Transpose", "Clone", "Alias", "Expand",
    "Slice", "Select", "Mean", "Sum", "AvgPool", "AdaptiveAvgPool", "MkldnnAdaptiveAvgPool", "MaxPool",
    "AdaptiveMaxPool", "Amax", "Max", "Cat", "Stack", "ToCopy", "T",
)  # fmt: skip
_NON_NEGATIVE = ("Relu", "Sigmoid", "Softplus", "Softmax", "Threshold", "Abs", "Exp")


def _lower_bound(tensor: Tensor) -> float | None:
    """0.0 if the graph that computed `tensor` shows that no entry can be negative, else None.

    Walks back from the tensor through operations that keep the sign (views, pooling, averages, sums of such)
    to ones whose output is not negative. What is not recognised counts as unknown, never as zero.
    """
    return 0.0 if _non_negative(tensor.grad_fn) else None


def _non_negative(node: Any) -> bool:  # of autograd's graph: its nodes have no common type
    name = type(node).__name__ if node is not None else ""
    name = name.rsplit("Backward", 1)[0].rstrip("0123456789")
    if name.startswith("Hardtanh"):  # ReLU6 is a hard tanh from 0
        return node._saved_min_val >= 0
    if name in _NON_NEGATIVE:
        return True
    parents = [parent for parent, _ in getattr(node, "next_functions", ()) if parent is not None]
    if name == "Add":
        return len(parents) == 2 and node._saved_alpha > 0 and all(map(_non_negative, parents))
    keeps = name.startswith(_KEEPS_SIGN[:-1]) or name == "T"
    return keeps and bool(parents) and all(map(_non_negative, parents))
