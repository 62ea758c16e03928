"""The graph of autograd between features and logits: the last products on the way, and what is not affine on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from phiscope.models.affine.watching import Call

# Names in autograd's graph of what a norm is computed by, and the derivative of a cosine.
_NORMS = re.compile(r"LinalgVectorNorm|Norm|Pow|Sqrt|Rsqrt|Square|Reciprocal|CosineSimilarity|Maximum|Max")
_NORM_EPSILON = 1e-3  # below which norms are not taken for what they are, at most
# Operations of autograd's graph that are affine in what comes from the image, or else show in the derivatives.
_AFFINE = re.compile(
    r"(Addmm|Mm|Bmm|Baddbmm|Linear|\w*Convolution\w*|\w*Conv\d?d?|Add|Sub|Rsub|Mul|Div|Neg|View|UnsafeView|ReshapeAlias|"
    r"Unsqueeze|Squeeze|Permute|Transpose|T|Clone|Alias|Expand|Slice|Select|Index|IndexSelect|Gather|Mean|Sum|"
    r"AvgPool\w*|AdaptiveAvgPool\w*|MkldnnAdaptiveAvgPool\w*|Cat|Stack|ToCopy|Split\w*|Unbind|Chunk|Flip|Roll|Repeat|"
    r"ConstantPadNd|\w*BatchNorm|Upsample\w*|AsStrided|CopySlices|Copy|Contiguous|Unfold|Diagonal|Narrow|Dot|Mv|Movedim|"
    r"AccumulateGrad)"
)


def frontier(logits: Tensor, calls: Sequence[Call]) -> list[Tensor]:
    """What the last products on every way to the logits take, in the order of the forward pass."""
    chosen: list[Tensor] = []
    for call in reversed(calls):
        if call.output in reached(logits.grad_fn, {each.grad_fn for each in chosen}):
            chosen += [each for each in call.moving if not any(each is other for other in chosen)]
    return chosen[::-1]


def reached(start: Any, stops: set[Any]) -> list[Any]:
    """Nodes of autograd's graph from a node backwards, nearest first, not beyond those of `stops`."""
    seen: dict[Any, None] = {}
    waiting = [start]
    for node in waiting:
        if node is not None and node not in seen and node not in stops:
            seen[node] = None
            waiting.extend(parent for parent, _ in node.next_functions)
    return list(seen)


def not_affine(logits: Tensor, tensors: Sequence[Tensor]) -> list[str]:
    """Names of operations between the features and the logits that are not affine, in their order."""
    names = [_name(node) for node in reached(logits.grad_fn, {each.grad_fn for each in tensors})]
    return list(dict.fromkeys(name.lower() for name in reversed(names) if not _AFFINE.fullmatch(name)))


def only_norms(logits: Tensor, tensors: Sequence[Tensor]) -> bool:
    """Whether what is not affine between the features and the logits are the parts of a norm, kept from 0."""
    nodes = reached(logits.grad_fn, {each.grad_fn for each in tensors})
    return all(
        _AFFINE.fullmatch(name := _name(node))
        or _NORMS.fullmatch(name)
        or (name == "ClampMin" and node._saved_min is not None and 0 < node._saved_min <= _NORM_EPSILON)
        for node in nodes
    )


def _name(node: Any) -> str:
    return re.sub(r"(Backward)?\d*$", "", type(node).__name__)
