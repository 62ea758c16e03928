"""DeepFool in L2 (Moosavi-Dezfooli et al. 2016)."""

from __future__ import annotations

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.attacks.network import Attacked, by_batches

_BEYOND = 1e-4  # added to a step's length, so that one that ends on the boundary moves on
_TINY = 1e-8
_COPIES = 6  # of an image that a step holds: where it was, is and goes, two gradients, the sum of steps


def deepfool(
    network: nn.Module,
    images: NDArray,
    *,
    steps: int = 50,
    overshoot: float = 0.02,
    candidates: int = 10,
    batch_size: int = 100,
) -> Attacked:
    """A short perturbation in L2 that changes the predicted class, for images (m, channels, h, w) in [0, 1].

    Of the `candidates` most likely classes at the start, c the first, each step goes to the boundary of the network's
    linearisation that is closest: with w_k = ∇(z_k - z_c) and k that of the least |z_k - z_c| / ‖w_k‖,

        x <- x₀ + (1 + overshoot) · Σ (|z_k - z_c| / ‖w_k‖ + 10⁻⁴) w_k / ‖w_k‖, cut to [0, 1],

    until the class is another, image by image, or after `steps`. What it finds is an upper bound on the pixel distance
    to the decision boundary, not that distance. Steps and constants are those of foolbox's L2DeepFoolAttack.
    """

    def attack(x0: Tensor, _: slice) -> tuple[Tensor, Tensor]:
        x, total = x0.clone(), torch.zeros_like(x0)
        with torch.no_grad():
            likely = network(x0).argsort(dim=1, descending=True, stable=True)[:, :candidates]
        iterations = torch.full_like(likely[:, 0], steps)
        active = torch.arange(len(x0), device=x0.device)
        for step in range(1, steps + 1):
            total[active] += _to_the_closest_boundary(network, x[active], likely[active])
            x[active] = (x0[active] + (1 + overshoot) * total[active]).clamp(0, 1)
            with torch.no_grad():
                won = network(x[active]).argmax(1) != likely[active, 0]
            iterations[active[won]] = step
            active = active[~won]
            if not len(active):
                break
        return x, iterations

    return by_batches(network, images, batch_size, attack, copies=_COPIES)


def _to_the_closest_boundary(network: nn.Module, x: Tensor, classes: Tensor) -> Tensor:
    """The step (b, channels, h, w) to the linearisation's closest boundary; classes (b, k), x's own first."""
    x = x.requires_grad_()
    logits = network(x).gather(1, classes)
    closest, best = torch.full_like(logits[:, 0], torch.inf), torch.zeros_like(x)
    for k in range(1, classes.shape[1]):
        ahead = logits[:, k] - logits[:, 0]
        (gradient,) = torch.autograd.grad(ahead.sum(), x, retain_graph=k + 1 < classes.shape[1])
        length = torch.linalg.vector_norm(gradient.flatten(1), dim=1) + _TINY
        distance = ahead.detach().abs() / length
        step = ((distance + _BEYOND) / length)[:, None, None, None] * gradient
        nearer = distance < closest
        closest, best = closest.where(~nearer, distance), best.where(~nearer[:, None, None, None], step)
    return best.detach()
