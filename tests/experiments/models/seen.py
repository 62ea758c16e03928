"""A classifier that needs no training, images of its classes, and what was seen of it."""

import numpy as np
import torch
from torch import nn

from phiscope.experiments.models.record import Accuracy, Check, FoundHead, Passes, Pixels
from phiscope.models.classifier import Normalised

MEAN, DEVIATION = [0.5, 0.4, 0.3], [0.2, 0.25, 0.3]
SIDE, CLASSES = 8, 12
NAMES = tuple(f"class {chr(ord('a') + k)}" for k in range(CLASSES))


def patterns() -> np.ndarray:
    """One of each class (classes, 3, 8, 8), in [0, 1]: of some contrast, the same in green."""
    pattern = np.random.default_rng(3).uniform(0, 1, size=(CLASSES, 3, SIDE, SIDE))
    pattern *= np.linspace(0.4, 1, CLASSES)[:, None, None, None]
    pattern[:, 1] = 0.5
    return pattern.astype(np.float32)


def images(per_class: int = 25) -> tuple[np.ndarray, np.ndarray]:
    """Noisy patterns as 8-bit images (n, 3, 8, 8) and labels, classes in turn."""
    labels = np.tile(np.arange(CLASSES), per_class)
    noise = np.random.default_rng(4).normal(0, 0.05, size=(len(labels), 3, SIDE, SIDE))
    return np.rint(255 * np.clip(patterns()[labels] + noise, 0, 1)).astype(np.uint8), labels


class Nearest(nn.Module):
    """The nearest pattern, of pixels that were normalised by a mean and deviation: 2 x·p − |p|², up to |x|²."""

    def __init__(self, after=lambda logits: logits, normalised=(MEAN, DEVIATION)) -> None:
        super().__init__()
        mean, deviation = (np.array(each, dtype=np.float32)[:, None, None] for each in normalised)
        scaled = torch.from_numpy((patterns() - mean) / deviation).flatten(1)
        self.head, self.after = nn.Linear(scaled.shape[1], CLASSES), after
        with torch.no_grad():
            self.head.weight.copy_(2 * scaled)
            self.head.bias.copy_(-(scaled**2).sum(1))

    def forward(self, x):
        return self.after(self.head(x.flatten(1)))


def classifier(network: nn.Module | None = None, mean=MEAN, deviation=DEVIATION) -> Normalised:
    return Normalised(network or Nearest(), mean, deviation).eval()


def check(**changes) -> Check:
    """Of a loaded network of three classes with nothing to doubt."""
    pixels = Pixels(300, (3, 8, 8), "uint8", (0, 255), (0.0, 1.0), (-2.0, 2.0), 0.0, 0.0)
    head = FoundHead("network.fc", "linear layer", "found somehow", 16, 3, "logits", 1e-7, True, False)
    accuracy = Accuracy(300, 270, 0.4, True, (0, 0.5, 0.4))
    seen = {
        "pixels": pixels,
        "head": head,
        "passes": Passes(32, 0.0, 1e-7, 2e-7, 0.002),
        "classes": ("ant", "bee", "cow"),
        "is_loaded": True,
        "normalise": ((0.5,), (0.2,)),
        "accuracy": accuracy,
        "outputs": ((120, 150, 118), (90, 80, 80), (90, 70, 72)),
        "test": 300,
        "train": 3000,
    }
    return Check(**(seen | changes))
