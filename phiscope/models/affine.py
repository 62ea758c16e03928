"""Find the affine head of a network by differentiating its logits by a tensor inside it.

The problem: find a tensor f(x) of the forward pass, and W, b, so that logits(x) = f(x) W + b for every image x. f is
what flows into the last products with weights on the way to the logits (linear layers, convolutions, `x @ W`), the rows
of W are derivatives of the logits by f, and b is what remains. Whatever is written around them (a temperature, a fixed
prior, pooling, an average of heads) is in W and b then. Nothing is taken on trust: W is the same at all images, W and b
reproduce the logits of all images to rounding, and the graph between f and the logits holds affine operations only.
Where the products are divided by the norm of what they take, as in cosine heads, the features are f / ‖f‖.
"""

from __future__ import annotations

import copy
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from phiscope.errors import ModelError
from phiscope.geometry.activations import images_at_a_time

NO_GRADIENT = (
    "the logits have no gradient by the images: the network computes something under torch.no_grad or inference_mode, "
    "or detaches it; let its forward pass keep gradients"
)
ROUNDING = 256  # units in the last place, of the sum of magnitudes, that two ways of summing may differ by
_PRODUCTS = re.compile(
    r"_*(r?matmul|mm|mv|bmm|addmm|addmv|baddbmm|linear|bilinear|einsum|tensordot|inner|vecdot|cosine_similarity|"
    r"conv\d?d?|conv_.*)_*"
)
_ELEMENTWISE = re.compile(r"_*(r?mul|multiply)_*")  # a product with weights where it makes more numbers than it takes
_PROBABILITIES = ("softmax", "log_softmax")
_CALL = re.compile(r"\w+\[-(\d+)(?:, (\d+))?\](?:\.movedim\((\d+), 0\))?")
_NORMALISED = ".normalised()"
# Names in autograd's graph of what a norm is computed by, and the derivative of a cosine.
_NORMS = re.compile(r"LinalgVectorNorm|Norm|Pow|Sqrt|Rsqrt|Square|Reciprocal|CosineSimilarity|Maximum|Max")
_NORM_ROUNDING = 4 * torch.finfo(torch.float32).eps
_NORM_EPSILON = 1e-3  # below which norms are not taken for what they are, at most
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
    product takes (`matmul[-1, 1]`: its second operand; `.movedim(1, 0)`: whose second dimension is that of the images),
    joined by ` + ` where features come from several, and followed by `.normalised()` where they are divided by their
    norm; see `at`. tensors: what flows there.
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
    """Watches products with weights, the last ones or all, and what goes into functions that make probabilities."""

    def __init__(self, last: int | None = None) -> None:
        super().__init__()
        self.calls: deque[_Call] = deque(maxlen=last)
        self.before: dict[Any, Tensor] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if not isinstance(result, Tensor):
            return result
        given = [each for each in tree_leaves((args, kwargs or {})) if isinstance(each, Tensor)]
        if _PRODUCTS.fullmatch(name) or (_ELEMENTWISE.fullmatch(name) and _spreads(given, result)):
            moving = [each for each in given if each.requires_grad]
            self.calls.append(_Call(name.strip("_"), given, moving, result.grad_fn))
        elif name in _PROBABILITIES and result.grad_fn is not None:
            self.before[result.grad_fn] = given[0]
        return result


def _spreads(given: Sequence[Tensor], result: Tensor) -> bool:
    """Whether a product by elements takes each number several times, as (b, 1, f) by (n, f) does."""
    return len(given) == 2 and result.numel() > max(each.numel() for each in given)


def is_call(place: str) -> bool:
    """Whether a place is one that `at` reads, beside the name of one layer."""
    return " + " in place or place.endswith(_NORMALISED) or bool(_CALL.fullmatch(place))


def at(network: nn.Module, place: str, images: Tensor) -> Tensor:
    """The features (b, f) at a place of the forward pass that `find` has found, differentiable."""
    if place.endswith(_NORMALISED):
        return _normalised(at(network, place.removesuffix(_NORMALISED), images))
    parts = place.split(" + ")
    calls = [int(call[1]) for part in parts if (call := _CALL.fullmatch(part))]
    layer_names = [part for part in parts if not _CALL.fullmatch(part)]
    with _inputs_of(network, layer_names) as layers, _Products(last=max(calls, default=0)) as seen:
        network(images)
    found = []
    for part in parts:
        if not (call := _CALL.fullmatch(part)):
            if part not in layers:
                raise ModelError(f"layer {part!r} exists but no image flows through it; name a layer that is used")
            found.append(_rows(layers[part][0], len(images)))
        elif int(call[1]) <= len(seen.calls):
            given = seen.calls[-int(call[1])].given[int(call[2] or 0)]
            found.append(_rows(given, len(images), int(call[3] or 0)))
        else:
            raise ModelError(f"the network has no product {part!r}; name the head with `head`, or null to find it")
    return torch.cat(found, dim=1)


def _rows(tensor: Tensor, count: int, dim: int = 0) -> Tensor:
    """Numbers of each of so many images, (count, -1); dim: the dimension that is theirs, alone or with tokens."""
    return tensor.movedim(dim, 0).reshape(count, -1)


def _normalised(rows: Tensor) -> Tensor:
    return rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True)


def find(network: nn.Module, images: Tensor, layer: str | None = None) -> AffineHead:
    """The affine head of a network in evaluation mode, verified on all of images (b, channels, h, w).

    layer: the name of a layer whose input the features are to be. Computed in float64 where the network can. Raises
    ModelError in one sentence that says what is not affine.
    """
    try:
        exact = copy.deepcopy(network).double()
        with torch.no_grad():
            exact(images[:1].double())
        network, images = exact, images.double()
    except Exception:  # somebody's code may insist on float32, or not let itself be copied
        pass
    # The search holds what flows into every layer beside what a gradient needs: half as many as for a gradient alone.
    at_a_time = images_at_a_time(network, images[:1], 2 * len(images), gradient=True) // 2
    first, *others = images.split(max(2, at_a_time))
    head = _found(network, first, layer)
    for part in others:
        _found(network, part, layer, known=head)
    return head


def is_last(network: nn.Module, images: Tensor, layer: str) -> bool:
    """Whether between the input of a layer and the output there are affine operations only, up to a softmax."""
    taken: list[Tensor] = []

    def take(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        # What comes before may be without gradients; what comes after is asked about.
        taken.append(inputs[0].detach().requires_grad_().clone())
        return (taken[-1], *inputs[1:])

    handle = network.get_submodule(layer).register_forward_pre_hook(take)
    try:
        with _of_images_only(network), torch.enable_grad():
            output = network(images)
    finally:
        handle.remove()
    return output.requires_grad and not set(_not_affine(output, taken)) - {"softmax", "logsoftmax"}


def has_gradient(network: nn.Module, images: Tensor) -> bool:
    """Whether logits can be differentiated by images."""
    with _of_images_only(network), torch.enable_grad():
        return network(images.detach().requires_grad_().clone()).requires_grad


def _found(network: nn.Module, images: Tensor, layer: str | None, known: AffineHead | None = None) -> AffineHead:
    """The head at these images; known: that at others, which must be the same."""
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
        dims = [0] * len(tensors)
    else:
        tensors = _frontier(logits, seen.calls)
        way = set(_reached(logits.grad_fn, {each.grad_fn for each in tensors}))
        leading = [name for name, nodes in left.items() if way & set(nodes)]
        dims = _image_dimensions(network, images, tensors, seen.calls)
        places = [
            _place(each, seen.calls, {} if dim else layers, leading) + (f".movedim({dim}, 0)" if dim else "")
            for each, dim in zip(tensors, dims)
        ]
    if logits.grad_fn is None:
        raise ModelError(NO_GRADIENT)
    if not tensors:
        raise ModelError(
            f"{type(network).__name__} has no linear layer and no convolution on the way to its logits, so there is no "
            "linear head whose boundaries could be computed"
        )
    place = " + ".join(places)
    between = _not_affine(logits, tensors)
    if not between:
        weight, bias = _differentiated(logits, tensors, dims, place, known)
    elif _only_norms(logits, tensors) and (over_norm := _over_norm(logits, tensors, dims, known)):
        weight, bias = over_norm
        place += _NORMALISED
    else:
        raise ModelError(
            f"the logits are not affine in the features: after {place!r}, the last product with weights, comes "
            f"{', then '.join(between)}; let the network return what it has before that, or name with `head` a layer "
            "after which everything is affine"
        )
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


def _image_dimensions(
    network: nn.Module, images: Tensor, tensors: Sequence[Tensor], calls: Sequence[_Call]
) -> list[int]:
    """Which dimension of each tensor is that of the images: the one that differs among another number of them."""
    others = images[:1] if len(images) > 1 else images.repeat(2, *[1] * (images.dim() - 1))
    with torch.no_grad(), _Products() as seen:
        network(others)
    dims = []
    for tensor in tensors:
        behind, operand = _call_of(tensor, calls)
        other = seen.calls[-behind].given[operand] if behind <= len(seen.calls) else tensor
        sizes = list(zip(tensor.shape, other.shape))
        fitting = [dim for dim, (here, there) in enumerate(sizes) if here * len(others) == there * len(images)]
        differing = [dim for dim, (here, there) in enumerate(sizes) if here != there]
        dims.append(next((dim for dim in differing if differing == [dim] and dim in fitting), 0))
    return dims


def _name(node: Any) -> str:
    return re.sub(r"(Backward)?\d*$", "", type(node).__name__)


def _not_affine(logits: Tensor, tensors: Sequence[Tensor]) -> list[str]:
    """Names of operations between the features and the logits that are not affine, in their order."""
    names = [_name(node) for node in _reached(logits.grad_fn, {each.grad_fn for each in tensors})]
    return list(dict.fromkeys(name.lower() for name in reversed(names) if not _AFFINE.fullmatch(name)))


def _only_norms(logits: Tensor, tensors: Sequence[Tensor]) -> bool:
    """Whether what is not affine between the features and the logits are the parts of a norm, kept from 0."""
    nodes = _reached(logits.grad_fn, {each.grad_fn for each in tensors})
    return all(
        _AFFINE.fullmatch(name := _name(node))
        or _NORMS.fullmatch(name)
        or (name == "ClampMin" and node._saved_min is not None and 0 < node._saved_min <= _NORM_EPSILON)
        for node in nodes
    )


def _slopes(logits: Tensor, tensors: Sequence[Tensor], dims: Sequence[int]) -> Iterator[Tensor]:
    """Of each logit by the features, (b, f), one class after the other."""
    for column in range(logits.shape[1]):
        slopes = torch.autograd.grad(
            logits[:, column].sum(), list(tensors), retain_graph=True, allow_unused=True, materialize_grads=True
        )
        yield torch.cat([_rows(slope, len(logits), dim) for slope, dim in zip(slopes, dims)], dim=1).double()


def _flat(tensors: Sequence[Tensor], dims: Sequence[int], count: int) -> Tensor:
    return torch.cat([_rows(each.detach(), count, dim) for each, dim in zip(tensors, dims)], dim=1).double()


def _differentiated(
    logits: Tensor, tensors: Sequence[Tensor], dims: Sequence[int], place: str, known: AffineHead | None
) -> tuple[Tensor, Tensor]:
    """W (f, n) and b (n,) with logits = f W + b, checked at every image; float64."""
    features = _flat(tensors, dims, len(logits))
    coarse = max(torch.finfo(each.dtype).eps for each in (logits, *tensors))
    rows = []
    for column, each in enumerate(_slopes(logits, tensors, dims)):
        row = each[0] if known is None else known.weight[:, column]
        scale = float(each.abs().max())
        if float((each - row).abs().max()) > ROUNDING * coarse * max(scale, 1e-30):
            raise ModelError(
                f"the logits are not affine in the features at {place!r}: their derivatives differ from image to image "
                "(as where features or logits are divided by a sum after the last product); let the network do that "
                "before its last layer"
            )
        rows.append(row)
    weight = torch.stack(rows, dim=1)
    rest = logits.detach().double() - features @ weight
    bias = rest.mean(0) if known is None else known.bias
    allowed = ROUNDING * coarse * (features.abs() @ weight.abs() + bias.abs())
    if bool(((rest - bias).abs() > allowed).any()):
        raise ModelError(
            f"the logits are not a function of the features at {place!r} alone: something else of the image is added, "
            f"by up to {float((rest - bias).abs().max()):.2g}; let the last layer see all of it"
        )
    return weight.contiguous(), bias


def _over_norm(
    logits: Tensor, tensors: Sequence[Tensor], dims: Sequence[int], known: AffineHead | None
) -> tuple[Tensor, Tensor] | None:
    """W and b with logits = g W + b, g = f / ‖f‖, or None where that does not hold at every image; float64.

    The derivative by f is (I - g gᵀ) W / ‖f‖, which lacks the part of W along g; images of other directions have it:
    the mean of ‖f‖ times it is the mean of I - g gᵀ, times W. A constant that keeps the norm from 0 is left out, so
    that the logits are held to rounding of float32.
    """
    features = _flat(tensors, dims, len(logits))
    length, g = torch.linalg.vector_norm(features, dim=1), _normalised(features)
    if known is None:
        along = torch.stack([(slope * length[:, None]).mean(0) for slope in _slopes(logits, tensors, dims)], dim=1)
        across = torch.eye(g.shape[1], dtype=g.dtype, device=g.device) - g.T @ g / len(g)
        weight = torch.linalg.lstsq(across, along).solution
        bias = (logits.detach().double() - g @ weight).mean(0)
    else:
        weight, bias = known.weight, known.bias
    off = (logits.detach().double() - g @ weight - bias).abs()
    allowed = _NORM_ROUNDING * (g.abs() @ weight.abs() + bias.abs())
    return (weight.contiguous(), bias) if bool((off <= allowed).all()) else None


def _place(tensor: Tensor, calls: Sequence[_Call], layers: dict[str, list[Tensor]], leading: Sequence[str]) -> str:
    """The name of a layer that takes the tensor and nothing else, or the call that does, counted from the end.

    From the end, since what comes before may take another path where no gradient is asked for. leading: the layers on
    the way to the logits, of which one gives its name where several take the same.
    """
    taking = [name for name, given in layers.items() if len(given) == 1 and given[0] is tensor]
    if taking:
        return next((name for name in reversed(taking) if name in leading), taking[-1])
    behind, operand = _call_of(tensor, calls)
    return f"{calls[-behind].name}[-{behind}{f', {operand}' * (operand > 0)}]"


def _call_of(tensor: Tensor, calls: Sequence[_Call]) -> tuple[int, int]:
    """The last call that takes a tensor, counted from the end, and as which of its operands."""
    return next(
        (behind, operand)
        for behind, call in enumerate(reversed(calls), start=1)
        for operand, each in enumerate(call.given)
        if each is tensor
    )


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
