"""Find the affine head of a network by differentiating its logits by a tensor inside it.

The problem: find a tensor f(x) of the forward pass, and W, b, so that logits(x) = f(x) W + b for every image x. f is
what flows into the last products with weights on the way to the logits (linear layers, convolutions, `x @ W`), the rows
of W are derivatives of the logits by f, and b is what remains. Whatever is written around them (a temperature, a fixed
prior, pooling, an average of heads) is in W and b then. Nothing is taken on trust: W is the same at all images, W and b
reproduce the logits of all images to rounding, and the graph between f and the logits holds affine operations only.
Where the products are divided by the norm of what they take, as in cosine heads, the features are f / ‖f‖.
"""

from __future__ import annotations

from phiscope.models.affine.finding import NO_GRADIENT, find, has_gradient, is_last
from phiscope.models.affine.head import AffineHead
from phiscope.models.affine.places import at, is_call
from phiscope.models.affine.weights import ROUNDING

__all__ = ["NO_GRADIENT", "ROUNDING", "AffineHead", "at", "find", "has_gradient", "is_call", "is_last"]
