"""Find the affine head of a network by differentiating its logits by a tensor inside it.

The problem: find a tensor f(x) of the forward pass, and W, b, so that logits(x) = f(x) W + b for every image x. f is
what flows into the last products with weights on the way to the logits (linear layers, convolutions, `x @ W`), the rows
of W are derivatives of the logits by f, and b is what remains. Whatever is written around them (a temperature, a fixed
prior, pooling, an average of heads) is in W and b then. Nothing is taken on trust: W is the same at all images, W and b
reproduce the logits of all images to rounding, and the graph between f and the logits holds affine operations only.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from phiscope.errors import ModelError

ROUNDING = 256  # units in the last place, of the sum of magnitudes, that two ways of summing may differ by
_PRODUCTS = re.compile(r"_*(r?matmul|mm|bmm|addmm|baddbmm|linear|bilinear|einsum|tensordot|conv\d?d?|conv_.*)_*")
_PROBABILITIES = ("softmax", "log_softmax")
_CALL = re.compile(r"\w+\[-(\d+)(?:, (\d+))?\]")
# Operations of autograd's graph that are affine in what comes from the image, or else show in the derivatives.
_AFFINE = re.compile(
    r"(Addmm|Mm|Bmm|Baddbmm|Linear|\w*Convolution\w*|\w*Conv\d?d?|Add|Sub|Rsub|Mul|Div|Neg|View|UnsafeView|ReshapeAlias|"
    r"Unsqueeze|Squeeze|Permute|Transpose|T|Clone|Alias|Expand|Slice|Select|Index|IndexSelect|Gather|Mean|Sum|"
    r"AvgPool\w*|AdaptiveAvgPool\w*|MkldnnAdaptiveAvgPool\w*|Cat|Stack|ToCopy|Split\w*|Unbind|Chunk|Flip|Roll|Repeat|"
    r"ConstantPadNd|\w*BatchNorm|Upsample\w*|AsStrided|CopySlices|Copy|Contiguous|Unfold|Diagonal|Narrow|Dot|Mv|Movedim|"
    r"AccumulateGrad)"
)


@dataclass(frozen=True)
class AffineHead:
    """logits = features @ weight + bias; weight (f, n) and bias (n,), float64, of features at `place`.

    place: names of layers whose input the features are, and calls of the forward pass, `linear[-1]` for what the last
    product takes (`matmul[-1, 1]`: its second operand), joined by ` + ` where features come from several; see `at`.
    tensors: what flows there.
    """

    place: str
    weight: Tensor
    bias: Tensor
    tensors: Sequence[Tensor]


@dataclass(frozen=True)
class _Call:
    name: str
    given: list[Tensor]
    moving: list[Tensor]  # those of them that depend on the images
    output: Any  # node of autograd's graph


class _Products(TorchFunctionMode):
    """Watches products with weights, and what goes into functions that make probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[_Call] = []
        self.before: dict[Any, Tensor] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if not isinstance(result, Tensor):
            return result
        given = [each for each in tree_leaves((args, kwargs or {})) if isinstance(each, Tensor)]
        if _PRODUCTS.fullmatch(name):
            moving = [each for each in given if each.requires_grad]
            self.calls.append(_Call(name.strip("_"), given, moving, result.grad_fn))
        elif name in _PROBABILITIES and result.grad_fn is not None:
            self.before[result.grad_fn] = given[0]
        return result


def is_call(place: str) -> bool:
    """Whether a place is one that `at` reads, beside the name of one layer."""
    return " + " in place or bool(_CALL.fullmatch(place))


def at(network: nn.Module, place: str, images: Tensor) -> Tensor:
    """The features (b, f) at a place of the forward pass that `find` has found, differentiable."""
    parts = place.split(" + ")
    with _inputs_of(network, [part for part in parts if not _CALL.fullmatch(part)]) as layers, _Products() as seen:
        network(images)
    found = []
    for part in parts:
        if not (call := _CALL.fullmatch(part)):
            if part not in layers:
                raise ModelError(f"layer {part!r} exists but no image flows through it; name a layer that is used")
            found.append(layers[part][0])
        elif int(call[1]) <= len(seen.calls):
            found.append(seen.calls[-int(call[1])].given[int(call[2] or 0)])
        else:
            raise ModelError(f"the network has no product {part!r}; name the head with `head`, or null to find it")
    return torch.cat([each.reshape(len(images), -1) for each in found], dim=1)


def find(network: nn.Module, images: Tensor, layer: str | None = None) -> AffineHead:
    """The affine head of a network in evaluation mode, verified on all of images (b, channels, h, w).

    layer: the name of a layer whose input the features are to be. Computed in float64 where the network can. Raises
    ModelError in one sentence that says what is not affine.
    """
    try:
        exact = copy.deepcopy(network).double()
        with torch.no_grad():
            exact(images[:1].double())
    except Exception:  # somebody's code may insist on float32, or not let itself be copied
        return _found(network, images, layer)
    return _found(exact, images.double(), layer)


def is_last(network: nn.Module, images: Tensor, layer: str) -> bool:
    """Whether between the input of a layer and the output there are affine operations only, up to a softmax."""
    with _of_images_only(network), torch.enable_grad(), _inputs_of(network, [layer]) as layers:
        output = network(images.detach().requires_grad_().clone())
    return not set(_not_affine(output, layers.get(layer, []))) - {"softmax", "logsoftmax"}


def _found(network: nn.Module, images: Tensor, layer: str | None) -> AffineHead:
    modules = [name for name, module in network.named_modules() if name and not list(module.children())]
    wanted = [layer] if layer is not None else modules
    left: dict[str, list[Any]] = {}
    with (
        _of_images_only(network),
        torch.enable_grad(),
        _Products() as seen,
        _inputs_of(network, wanted, left) as layers,
    ):
        output = network(images.detach().requires_grad_().clone())
    if output.dim() != 2:
        raise ModelError(
            f"the network returns {tuple(output.shape)} for {len(images)} images; expected (images, classes), one "
            "logit for each class"
        )
    logits = seen.before.get(output.grad_fn, output)
    if layer is not None:
        tensors = _distinct(layers.get(layer, []))
        if not tensors:
            raise ModelError(f"layer {layer!r} exists but no image flows through it; name a layer that is used")
        places = [layer] if len(layers[layer]) == 1 else [_place(each, seen.calls, {}, ()) for each in tensors]
    else:
        tensors = _frontier(logits, seen.calls)
        way = set(_reached(logits.grad_fn, {each.grad_fn for each in tensors}))
        leading = [name for name, nodes in left.items() if way & set(nodes)]
        places = [_place(each, seen.calls, layers, leading) for each in tensors]
    if not tensors or logits.grad_fn is None:
        raise ModelError(
            f"{type(network).__name__} has no linear layer and no convolution on the way to its logits, so there is no "
            "linear head whose boundaries could be computed"
        )
    place = " + ".join(places)
    if between := _not_affine(logits, tensors):
        raise ModelError(
            f"the logits are not affine in the features: after {place!r}, the last product with weights, comes "
            f"{', then '.join(between)}; let the network return what it has before that, or name with `head` a layer "
            "after which everything is affine"
        )
    weight, bias = _differentiated(logits, tensors, place)
    return AffineHead(place, weight, bias, tensors)


def _frontier(logits: Tensor, calls: Sequence[_Call]) -> list[Tensor]:
    """What the last products on every way to the logits take, in the order of the forward pass."""
    chosen: list[Tensor] = []
    for call in reversed(calls):
        if call.output in _reached(logits.grad_fn, {each.grad_fn for each in chosen}):
            chosen += [each for each in call.moving if not any(each is other for other in chosen)]
    return chosen[::-1]


def _reached(start: Any, stops: set[Any]) -> list[Any]:
    """Nodes of autograd's graph from a node backwards, nearest first, not beyond those of `stops`."""
    reached: dict[Any, None] = {}
    waiting = [start]
    for node in waiting:
        if node is not None and node not in reached and node not in stops:
            reached[node] = None
            waiting.extend(parent for parent, _ in node.next_functions)
    return list(reached)


def _not_affine(logits: Tensor, tensors: Sequence[Tensor]) -> list[str]:
    """Names of operations between the features and the logits that are not affine, in their order."""
    nodes = _reached(logits.grad_fn, {each.grad_fn for each in tensors})
    names = [re.sub(r"(Backward)?\d*$", "", type(node).__name__) for node in nodes]
    return list(dict.fromkeys(name.lower() for name in reversed(names) if not _AFFINE.fullmatch(name)))


def _differentiated(logits: Tensor, tensors: Sequence[Tensor], place: str) -> tuple[Tensor, Tensor]:
    """W (f, n) and b (n,) with logits = f W + b, checked at every image; float64."""
    count = len(logits)
    features = torch.cat([each.detach().reshape(count, -1) for each in tensors], dim=1).double()
    coarse = max(torch.finfo(each.dtype).eps for each in (logits, *tensors))
    rows = []
    for column in range(logits.shape[1]):
        slopes = torch.autograd.grad(
            logits[:, column].sum(), list(tensors), retain_graph=True, allow_unused=True, materialize_grads=True
        )
        each = torch.cat([slope.reshape(count, -1) for slope in slopes], dim=1).double()
        scale = float(each.abs().max())
        if float((each - each[0]).abs().max()) > ROUNDING * coarse * max(scale, 1e-30):
            raise ModelError(
                f"the logits are not affine in the features at {place!r}: their derivatives differ from image to image "
                "(as where features or logits are divided by a norm after the last product); let the network do that "
                "before its last layer"
            )
        rows.append(each[0])
    weight = torch.stack(rows, dim=1)
    rest = logits.detach().double() - features @ weight
    bias = rest.mean(0)
    allowed = ROUNDING * coarse * (features.abs() @ weight.abs() + bias.abs())
    if bool(((rest - bias).abs() > allowed).any()):
        raise ModelError(
            f"the logits are not a function of the features at {place!r} alone: something else of the image is added, "
            f"by up to {float((rest - bias).abs().max()):.2g}; let the last layer see all of it"
        )
    return weight.contiguous(), bias


def _place(tensor: Tensor, calls: Sequence[_Call], layers: dict[str, list[Tensor]], leading: Sequence[str]) -> str:
    """The name of a layer that takes the tensor and nothing else, or the call that does, counted from the end.

    From the end, since what comes before may take another path where no gradient is asked for. leading: the layers on
    the way to the logits, of which one gives its name where several take the same.
    """
    taking = [name for name, given in layers.items() if len(given) == 1 and given[0] is tensor]
    if taking:
        return next((name for name in reversed(taking) if name in leading), taking[-1])
    behind, operand = next(
        (behind, operand)
        for behind, call in enumerate(reversed(calls), start=1)
        for operand, each in enumerate(call.given)
        if each is tensor
    )
    return f"{calls[-behind].name}[-{behind}{f', {operand}' * (operand > 0)}]"


def _distinct(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [each for place, each in enumerate(tensors) if not any(each is other for other in tensors[:place])]


@contextmanager
def _inputs_of(
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
def _of_images_only(network: nn.Module) -> Iterator[None]:
    """Only what depends on the images has a gradient within."""
    asked = [each for each in network.parameters() if each.requires_grad]
    for each in asked:
        each.requires_grad_(False)
    try:
        yield
    finally:
        for each in asked:
            each.requires_grad_(True)
