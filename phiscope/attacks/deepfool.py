"""DeepFool in L2 (Moosavi-Dezfooli et al. 2016), by foolbox."""

from __future__ import annotations

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.attacks.network import Attacked, by_batches


class _Watched(nn.Module):
    """Counts, image by image, the passes that still give the first pass's class: foolbox does not tell its steps."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network, self.origin, self.passes = network, None, 0

    def forward(self, x: Tensor) -> Tensor:
        logits = self.network(x)
        predicted = logits.detach().argmax(1)
        self.origin = predicted if self.origin is None else self.origin
        self.passes = self.passes + (predicted == self.origin).long()
        return logits


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

    Steps of the network's linearisation to the closest boundary with the `candidates` most likely classes, each
    (1 + overshoot) times too long, until the class changes. What it finds is an upper bound on the pixel distance to
    the decision boundary, not that distance. A batch takes as many steps as its slowest image, so that small ones end
    sooner; the images are the same.
    """
    import foolbox  # deferred: it brings requests and git with it

    method = foolbox.attacks.L2DeepFoolAttack(steps=steps, overshoot=overshoot, candidates=candidates)

    def attack(x0: Tensor, _: slice) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            logits = network(x0)
        watched = _Watched(network).eval()
        model = foolbox.PyTorchModel(watched, bounds=(0, 1), device=x0.device)
        attacked = method.run(model, x0, foolbox.Misclassification(logits.argmax(1)))
        # One pass to rank the classes, then one per candidate and step.
        per_step = min(candidates, logits.shape[1]) - 1
        return attacked.detach(), (watched.passes - 1) // per_step

    return by_batches(network, images, batch_size, attack)
