"""Split a trained network into what computes features and the linear head that reads them.

Equation (3): x_φ = N_φ(x), the input of the last fully connected layer; equation (4): z = x_φ W_φ + b_φ. Where the
logits are not what a linear layer returns but affine in a tensor of the forward pass, see `phiscope.models.affine`.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from phiscope.arrays import device_of
from phiscope.errors import ModelError
from phiscope.models import affine
from phiscope.models.trial import ENOUGH, require_runs, require_steady, returned

_FEW = 2  # images that a graph is built of, where all images have the same


@dataclass(frozen=True)
class FeatureMap:
    """Φ of one network: `feature_map(images)` -> (b, f), differentiable.

    weight (f, n) and bias (n,) are those of equation (4), float64, on the processor wherever the network lies; None
    when the map stops at a layer that is not a linear head. `lower_bound` is 0.0 where the features are known to be
    non-negative, which is when constraint (10) holds, else None. layer: the name of a layer, or places of
    `affine.AffineHead`. Features come in the kind of number that the images are.
    """

    network: nn.Module
    layer: str
    weight: Tensor | None
    bias: Tensor | None
    lower_bound: float | None

    def __call__(self, images: Tensor) -> Tensor:
        if affine.is_call(self.layer):
            return affine.at(self.network, self.layer, images).to(images.dtype)
        reached = _flow(self.network, self.layer, images, at_input=self.weight is not None)
        # What is not one row an image is several in a row: tokens that were put into the batch.
        flat = reached.flatten(1) if len(reached) == len(images) else reached.reshape(len(images), -1)
        return flat.to(images.dtype)

    def double(self) -> FeatureMap:
        """The same map in float64: a copy, this one stays as it is."""
        return replace(self, network=copy.deepcopy(self.network).double())

    def to(self, device: str) -> FeatureMap:
        """This map with its network on the device; the network is moved, not copied."""
        self.network.to(device)
        return self

    @property
    def device(self) -> torch.device:
        """Where its network lies."""
        return device_of(self.network)

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
    """Find the features of a network never seen before, and the affine head that reads them.

    example: (b, channels, h, w) in the network's input range, moved to where the network lies; what is found is
    verified on all of them. `head` names the layer whose input the features are, where the search must not decide.
    `layer` instead stops at the output of any named module: features alone, no weight. The last linear layer gives its
    own weight and bias where the network's output is its output (up to a softmax, which changes no order); else they
    are found by differentiation. Raises ModelError where the network cannot read the images, or where the logits are
    not affine in what flows there.
    """
    if head is not None and layer is not None:
        raise ModelError(f"split: head {head!r} and layer {layer!r} were both given; give one of them")
    example = example.to(device_of(network, example.device))
    if layer is not None:
        require_runs(network, example[:_FEW])
        network = network.eval()
        _require_module(network, layer)
        with torch.enable_grad():
            reached = _flow(network, layer, example[:_FEW], at_input=False)
        return FeatureMap(network, layer, None, None, _lower_bound(reached))
    calls = head is not None and affine.is_call(head)
    if head is not None and f"network.{head}" in dict(network.named_modules()):  # as the factory's network names it
        head = f"network.{head}"
    if head is not None and not calls:
        _require_module(network, head)
    output, rows = _run(network, example)
    network = network.eval()
    name = None if calls else head or next(iter(rows), None)
    if name in rows and (own := _own_head(network, name, rows[name], example, output)):
        return own
    found = affine.find(network, example, None if calls else head)
    if calls and found.place != head:
        raise ModelError(f"the head is at {found.place!r}, not at {head!r}; name that with `head`, or null to find it")
    bound = 0.0 if all(_lower_bound(each) == 0.0 for each in found.tensors) else None
    feature_map = FeatureMap(network, found.place, found.weight.cpu(), found.bias.cpu(), bound)
    _require_same_way(feature_map, example, output)
    return feature_map


@torch.no_grad()
def _require_same_way(feature_map: FeatureMap, example: Tensor, output: Tensor) -> None:
    """Features as they will be computed, without gradients, must give the network's output too."""
    logits = feature_map.logits(feature_map(example).double())
    scale = float(logits.abs().max()) + float(output.abs().max())
    candidates = (logits, logits.softmax(-1), logits.log_softmax(-1))
    if not any(float((output - each).abs().max()) <= 1e-4 * scale for each in candidates):
        raise ModelError(
            f"without gradients the network computes other features at {feature_map.layer!r} than with them; name its "
            "last layer with `head`"
        )


def _own_head(network: nn.Module, name: str, features: Tensor, example: Tensor, output: Tensor) -> FeatureMap | None:
    """The head that a linear layer is, if its output is the network's. features: what flows into it, (b, f)."""
    linear = network.get_submodule(name)
    assert isinstance(linear, nn.Linear)
    if not _is_output(linear, features, output):
        return None
    # What the graph alone tells, such as a clamp that cuts nothing of the example, it tells of few images too.
    if not affine.is_last(network, example[:_FEW], name):
        return None
    with torch.enable_grad():
        bound = _lower_bound(_flow(network, name, example[:_FEW], at_input=True))
    weight = linear.weight.detach().cpu().double().T.contiguous()
    bias = torch.zeros(weight.shape[1]).double() if linear.bias is None else linear.bias.detach().cpu().double()
    return FeatureMap(network, name, weight, bias, bound)


def checked(network: nn.Module, images: Tensor, classes: int, head: str | None = None) -> FeatureMap:
    """`split` of a classifier after a trial on `trial.ENOUGH` images of the data, whose findings are printed.

    Raises ModelError where an image's logits are not its own, see `require_steady`, or are not as many as classes.
    """
    images = images.to(device_of(network, images.device))
    said = [returned(network, images[:_FEW]), require_steady(network, images)]
    print("\n".join(filter(None, said)))
    feature_map = split(network, images, head=head)
    _require_logits(feature_map, images)
    if not affine.has_gradient(network, images[:_FEW]):
        print(f"attacks and inversions will fail: {affine.NO_GRADIENT}")
    if feature_map.weight is not None and feature_map.weight.shape[1] != classes:
        raise ModelError(
            f"the network tells {feature_map.weight.shape[1]} classes apart (after {feature_map.layer!r}), the data "
            f"set has {classes}; correct classifier.arguments, choose outputs with classifier.columns, or name the "
            "head with classifier.head"
        )
    return feature_map


@torch.no_grad()
def _require_logits(feature_map: FeatureMap, images: Tensor) -> None:
    """That the network returns the logits of its head, as attacks follow them, or these less one number an image."""
    logits, output = feature_map.logits(feature_map(images[:ENOUGH])), feature_map.network(images[:ENOUGH])
    rest = output - logits
    spread = float((rest - rest.mean(1, keepdim=True)).abs().max())
    if spread > 1e-3 * float(logits.abs().max() + output.abs().max()):
        raise ModelError(
            f"the network returns outputs of softmax: that comes after the affine head at {feature_map.layer!r}, and "
            "before something else; let the network return the logits, which flow into it, or choose them with "
            "classifier.output"
        )


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


def _run(network: nn.Module, example: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """The logits, and what flows into linear layers as rows, by name, that of the layer that runs last first.

    Definition order says nothing about that. A layer that runs several times has its first rows here, as `_flow` does.
    """
    order: list[str] = []
    rows: dict[str, Tensor] = {}

    def note(name: str, given: tuple[Tensor, ...]) -> None:
        order.append(name)
        if given and given[0].dim() == 2 and len(given[0]) == len(example):
            rows.setdefault(name, given[0])

    linears = [(name, module) for name, module in network.named_modules() if isinstance(module, nn.Linear)]
    handles = [
        module.register_forward_hook(lambda _, given, __, name=name: note(name, given)) for name, module in linears
    ]
    try:
        output = require_runs(network, example)
    finally:
        for handle in handles:
            handle.remove()
    return output, {name: rows[name] for name in dict.fromkeys(reversed(order)) if name in rows}


def _require_module(network: nn.Module, name: str) -> nn.Module:
    modules = dict(network.named_modules())
    if name in modules:
        return modules[name]
    names = [key for key, module in modules.items() if key and not list(module.children())]
    raise ModelError(f"no layer named {name!r} in the network; it has {', '.join(names[-8:]) or 'none'}")


@torch.no_grad()
def _is_output(linear: nn.Linear, features: Tensor, output: Tensor) -> bool:
    """Whether a linear layer's output is the network's to rounding, or becomes it by a softmax."""
    logits = linear(features)
    bias = 0 if linear.bias is None else linear.bias.abs()
    largest = features.abs() @ linear.weight.abs().T + bias
    rounding = affine.ROUNDING * torch.finfo(logits.dtype).eps * largest.amax(1, keepdim=True)
    return any(
        output.shape == candidate.shape and bool(((output - candidate).abs() <= rounding).all())
        for candidate in (logits, logits.softmax(-1), logits.log_softmax(-1))
    )


_KEEPS_SIGN = (
    "View", "UnsafeView", "Reshape", "Squeeze", "Unsqueeze", "Permute", "Transpose", "Clone", "Alias", "Expand",
    "Slice", "Select", "Mean", "Sum", "AvgPool", "AdaptiveAvgPool", "MkldnnAdaptiveAvgPool", "MaxPool",
    "AdaptiveMaxPool", "Amax", "Max", "Cat", "Stack", "ToCopy", "T",
)  # fmt: skip
_NON_NEGATIVE = ("Relu", "Sigmoid", "Softplus", "Softmax", "Abs", "Exp", "LinalgVectorNorm")


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
    if name == "Div":  # by a tensor, such as a norm
        return len(parents) == 2 and all(map(_non_negative, parents))
    if name == "ClampMin" and node._saved_min >= 0:
        return True
    keeps = name.startswith(_KEEPS_SIGN[:-1]) or name == "T"
    return keeps and bool(parents) and all(map(_non_negative, parents))
