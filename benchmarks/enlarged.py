"""A ResNet-18 for images of 224 pixels, trained here, and images that map to its hull projections.

    python -m benchmarks.enlarged --targets 5

CIFAR-10 (JPEG) enlarged to 224 pixels; weights, targets and rows are kept in a folder, and a stopped call goes on.

Two stages, each a one-cycle of its own: most images at 64 pixels, the last at 224. The network ends in an average over
places, so that one set of weights serves all sizes; what the last stage adapts most is what batch norm has seen.
ASSUME: the hull is that of the first 1,000 training images; more vertices would bring the targets nearer.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks import sets
from benchmarks.output import circumstances, write_table
from phiscope.arrays import unit_range
from phiscope.datasets import load
from phiscope.geometry import hull, inversion
from phiscope.models.classifier import Normalised
from phiscope.models.feature_map import FeatureMap, split
from phiscope.models.resnet18 import resnet18
from phiscope.training.classifier import train

FOLDER = Path("results/benchmarks/resnet18-224")
SIDE, VERTICES = 224, 1000
MEMORY = 5e9  # bytes that a search may fill
COMMON = {"weight_decay": 5e-4, "shift": None, "flip": True, "precision": "bf16-mixed"}
# side, images, and what else a stage has of its own: some 18 minutes of one core with AMX in all.
STAGES = (
    (64, 30_000, {"epochs": 3, "batch_size": 128, "learning_rate": 0.1}),
    (SIDE, 12_500, {"epochs": 1, "batch_size": 32, "learning_rate": 0.03}),
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
    labels = load(preset["path"], "test", reader="parquet", **preset["options"]).labels[:count]
    with torch.inference_mode():
        found = torch.cat([network(enlarged(part)).argmax(1) for part in _images("test", count).split(16)])
    return float((found.numpy() == labels).mean())


def feature_map(network: nn.Module) -> FeatureMap:
    """Its features: the 512 that the head reads."""
    return split(network, torch.rand(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)))


def hull_targets(network: FeatureMap, folder: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Test images (count, 3, 224, 224) in [0, 1] and the projections of their features onto the hull, (count, 512)."""
    kept = folder / f"targets-{count}.npz"
    if not kept.is_file():
        images = {split_: _images(split_, number) for split_, number in (("train", VERTICES), ("test", count))}
        features = {name: _features(network, part).astype(np.float64) for name, part in images.items()}
        projected = hull.project(features["test"], features["train"])
        test = torch.cat([enlarged(part) for part in images["test"].split(16)]).double().numpy()
        np.savez(kept, images=test, points=projected.nearest, distance=projected.distance)
    stored = np.load(kept)
    return stored["images"], stored["points"]


def _images(part: str, count: int) -> Tensor:
    preset = sets.preset()["dataset"]
    return torch.from_numpy(
        unit_range(load(preset["path"], part, reader="parquet", **preset["options"]).images[:count])
    )


def _features(network: FeatureMap, images: Tensor) -> np.ndarray:
    with torch.inference_mode():
        return torch.cat([network(enlarged(part)) for part in images.split(16)]).numpy()


def invert_all(
    network: FeatureMap, images: np.ndarray, points: np.ndarray, folder: Path, backtracks: int
) -> list[dict]:
    """One row per target, each of which is written as soon as it is there."""
    file = folder / f"inversions-{backtracks}.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []
    for k in range(len(rows), len(images)):
        start = time.process_time()
        found = inversion.invert(
            network, points[k : k + 1], images[k : k + 1], streams=[k], memory=MEMORY, backtracks=backtracks
        )
        row = {
            "target": k,
            "backtracks": backtracks,
            "status": str(found.status[0]),
            "relative": float(found.relative[0]),
            "distance": float(found.distance[0]),
            "jacobians": int(found.jacobians[0]),
            "seconds": time.process_time() - start,
            "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
            "load": os.getloadavg()[0],
        }
        rows.append(row)
        with file.open("a") as stream:
            stream.write(json.dumps(row) + "\n")
        print(row, flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of weights, checkpoints, targets and rows")
    parser.add_argument("--tested", type=int, default=0, help="test images whose accuracy is printed")
    parser.add_argument("--targets", type=int, default=0, help="hull projections that are inverted")
    parser.add_argument(
        "--backtracks", type=int, default=0, help="searches from nearer; default 0, half of the time of 1"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    network = trained(options.folder)
    if options.tested:
        print(
            f"accuracy of the first {options.tested} test images: {accuracy(network, options.tested):.3f}", flush=True
        )
    if options.targets:
        features = feature_map(network)
        images, points = hull_targets(features, options.folder, options.targets)
        rows = invert_all(features, images, points, options.folder, options.backtracks)
        write_table(rows, "Inversion at 224 pixels", options.folder, "inversion-224", circumstances(1))


if __name__ == "__main__":
    main()
