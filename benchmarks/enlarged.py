"""A ResNet-18 for images of 224 pixels, trained here: CIFAR-10 (JPEG) enlarged, python -m benchmarks.enlarged.

Two stages, each a one-cycle of its own: most images at 64 pixels, the last at 224. The network ends in an average over
places, so that one set of weights serves all sizes; what the last stage adapts most is what batch norm has seen.
A stopped training goes on after its last epoch.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks import sets
from phiscope.arrays import unit_range
from phiscope.datasets import load
from phiscope.models.classifier import Normalised
from phiscope.models.feature_map import FeatureMap, split
from phiscope.models.resnet18 import resnet18
from phiscope.training.classifier import train

FOLDER = Path("results/benchmarks/resnet18-224")
SIDE = 224
COMMON = {"weight_decay": 5e-4, "shift": None, "flip": True, "precision": "bf16-mixed"}
# side, images, and what else a stage has of its own: 19 minutes of one core with AMX in all.
STAGES = (
    (64, 30_000, {"epochs": 3, "batch_size": 128, "learning_rate": 0.1}),
    (SIDE, 4_500, {"epochs": 1, "batch_size": 32, "learning_rate": 0.01}),
)
HELD_OUT = 500  # images of every stage that are only watched


class Enlarged(nn.Module):
    """The network on images that are brought to `side` pixels, bilinearly."""

    def __init__(self, network: nn.Module, side: int) -> None:
        super().__init__()
        self.network, self.side = network, side

    def forward(self, images: Tensor) -> Tensor:
        return self.network(enlarged(images, self.side))


def enlarged(images: Tensor, side: int = SIDE) -> Tensor:
    """Images (b, c, h, w) in [0, 1], bilinearly: they stay in [0, 1]."""
    return functional.interpolate(images, size=(side, side), mode="bilinear", align_corners=False)


def trained(folder: Path = FOLDER) -> nn.Module:
    """The network with its normalisation, in evaluation mode; trained where `folder` does not hold its weights."""
    normalise = sets.preset()["classifier"]["normalise"]
    torch.manual_seed(0)
    network = Normalised(resnet18(), normalise["mean"], normalise["deviation"])
    weights = folder / "weights.pt"
    if not weights.is_file():
        _train(network, folder)
        torch.save(network.state_dict(), weights)
    network.load_state_dict(torch.load(weights, weights_only=True))
    return network.eval()


def _train(network: nn.Module, folder: Path) -> None:
    preset = sets.preset()["dataset"]
    whole = load(preset["path"], "train", reader="parquet", **preset["options"])
    for number, (side, count, own) in enumerate(STAGES):
        images = torch.from_numpy(whole.images[:count].copy())
        labels = torch.from_numpy(whole.labels[:count].astype("int64"))
        options = {**COMMON, **own, "validation": HELD_OUT / count}
        print(f"{count - HELD_OUT} images of {side} pixels, {own['epochs']} epochs", flush=True)
        start = time.process_time()
        folder.mkdir(parents=True, exist_ok=True)
        train(Enlarged(network, side), images, labels, options, seed=number, checkpoints=folder / f"stage{side}")
        print(f"{time.process_time() - start:.0f} processor seconds", flush=True)


def accuracy(network: nn.Module, count: int) -> float:
    """Of the first `count` test images at 224 pixels."""
    preset = sets.preset()["dataset"]
    test = load(preset["path"], "test", reader="parquet", **preset["options"])
    right = 0
    with torch.no_grad():
        for images, labels in zip(
            torch.from_numpy(unit_range(test.images[:count])).split(16),
            torch.from_numpy(test.labels[:count].astype("int64")).split(16),
            strict=True,
        ):
            right += int((network(enlarged(images)).argmax(1) == labels).sum())
    return right / count


def feature_map(network: nn.Module) -> FeatureMap:
    """Its features: the 512 that the head reads."""
    return split(network, torch.rand(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of weights and checkpoints")
    parser.add_argument("--tested", type=int, default=1000, help="test images whose accuracy is printed")
    options = parser.parse_args()
    network = trained(options.folder)
    print(f"accuracy of the first {options.tested} test images: {accuracy(network, options.tested):.3f}")


if __name__ == "__main__":
    main()
