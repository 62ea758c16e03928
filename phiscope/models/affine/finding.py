"""The search: where features are taken, whether all after them is affine, and what the head is then."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from phiscope.errors import ModelError
from phiscope.geometry.activations import images_at_a_time
from phiscope.models.affine.graph import frontier, not_affine, only_norms, reached
from phiscope.models.affine.head import AffineHead
from phiscope.models.affine.places import NORMALISED, image_dimensions, place_of
from phiscope.models.affine.watching import Products, distinct, inputs_of, of_images_only
from phiscope.models.affine.weights import differentiated, over_norm

NO_GRADIENT = (
    "the logits have no gradient by the images: the network computes something under torch.no_grad or inference_mode, "
    "or detaches it; let its forward pass keep gradients"
)


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
        with of_images_only(network), torch.enable_grad():
            output = network(images)
    finally:
        handle.remove()
    return output.requires_grad and not set(not_affine(output, taken)) - {"softmax", "logsoftmax"}


def has_gradient(network: nn.Module, images: Tensor) -> bool:
    """Whether logits can be differentiated by images."""
    with of_images_only(network), torch.enable_grad():
        return network(images.detach().requires_grad_().clone()).requires_grad


def _found(network: nn.Module, images: Tensor, layer: str | None, known: AffineHead | None = None) -> AffineHead:
    """The head at these images; known: that at others, which must be the same."""
    modules = [name for name, module in network.named_modules() if name and not list(module.children())]
    wanted = [layer] if layer is not None else modules
    left: dict[str, list[Any]] = {}
    with (
        of_images_only(network),
        torch.enable_grad(),
        Products() as seen,
        inputs_of(network, wanted, left) as layers,
    ):
        output = network(images.detach().requires_grad_().clone())
    if output.dim() != 2:
        raise ModelError(
            f"the network returns {tuple(output.shape)} for {len(images)} images; expected (images, classes), one "
            "logit for each class"
        )
    logits = seen.before.get(output.grad_fn, output)
    if layer is not None:
        tensors = distinct(layers.get(layer, []))
        if not tensors:
            raise ModelError(f"layer {layer!r} exists but no image flows through it; name a layer that is used")
        places = [layer] if len(layers[layer]) == 1 else [place_of(each, seen.calls, {}, ()) for each in tensors]
        dims = [0] * len(tensors)
    else:
        tensors = frontier(logits, seen.calls)
        way = set(reached(logits.grad_fn, {each.grad_fn for each in tensors}))
        leading = [name for name, nodes in left.items() if way & set(nodes)]
        dims = image_dimensions(network, images, tensors, seen.calls)
        places = [
            place_of(each, seen.calls, {} if dim else layers, leading) + (f".movedim({dim}, 0)" if dim else "")
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
    between = not_affine(logits, tensors)
    if not between:
        weight, bias = differentiated(logits, tensors, dims, place, known)
    elif only_norms(logits, tensors) and (over := over_norm(logits, tensors, dims, known)):
        weight, bias = over
        place += NORMALISED
    else:
        raise ModelError(
            f"the logits are not affine in the features: after {place!r}, the last product with weights, comes "
            f"{', then '.join(between)}; let the network return what it has before that, or name with `head` a layer "
            "after which everything is affine"
        )
    return AffineHead(place, weight, bias, tensors)
