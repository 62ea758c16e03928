"""What is projected: CIFAR-10 (JPEG) under the loaded ResNet-20 where its files are, synthetic features elsewhere.

Arrays are kept as .npy, so that every measurement can run in a process of its own and read them itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import yaml

from phiscope.arrays import generator, unit_range
from phiscope.datasets import load
from phiscope.features import extract
from phiscope.models import build, load_weights, split
from phiscope.models.feature_map import FeatureMap

CACHE = Path("results/benchmarks/arrays")
PRESET = Path(__file__).parents[1] / "presets/cifar10-loaded.yaml"


@dataclass(frozen=True)
class Set:
    """Two .npy files, points (m, d) and vertices (n, d) in float32, and the tolerance of the projection."""

    name: str
    points: Path
    vertices: Path
    tol: float

    def arrays(self, queries: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        return np.load(self.points)[:queries], np.load(self.vertices)


def real_sets() -> list[Set]:
    """Features (d = 64) and pixels (d = 3072) of CIFAR-10; empty without data or weights."""
    if not has_files():
        return []
    _prepare()
    return [
        Set(space, CACHE / f"{space}-test.npy", CACHE / f"{space}-train.npy", tol)
        for space, tol in (("feature", 1e-10), ("pixel", 1e-6))
    ]


def head() -> tuple[np.ndarray, np.ndarray]:
    """Weight (64, 10) and bias (10,) of the loaded ResNet-20, after `real_sets`."""
    stored = np.load(CACHE / "head.npz")
    return stored["weight"], stored["bias"]


def synthetic_set(m: int, n: int, d: int) -> Set:
    """As `synthetic`, kept as files."""
    folder = CACHE / f"synthetic-{m}-{n}-{d}"
    chosen = Set(f"synthetic {n} x {d}", folder / "points.npy", folder / "vertices.npy", 1e-10)
    if not chosen.vertices.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        points, vertices = synthetic(m, n, d)
        np.save(chosen.points, points)
        np.save(chosen.vertices, vertices)
    return chosen


def synthetic(m: int, n: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features as a ReLU network makes them: ten clusters, each a Gaussian of falling spectrum, rectified.

    Cluster means are N(0, 1) per coordinate; the deviation along the k-th of d random orthogonal directions is
    (1 + k)^-0.5; negative coordinates become 0. Queries and vertices are drawn alike.
    """
    random = generator(seed, d)
    means = random.normal(size=(10, d)).astype(np.float32)
    basis, _ = np.linalg.qr(random.normal(size=(d, d)))
    factor = (basis * (1 + np.arange(d)) ** -0.5).astype(np.float32)

    def draw(count: int) -> np.ndarray:
        out = np.empty((count, d), np.float32)
        for first in range(0, count, 10_000):
            size = min(10_000, count - first)
            noise = random.standard_normal((size, d), dtype=np.float32)
            out[first : first + size] = np.maximum(means[random.integers(10, size=size)] + noise @ factor.T, 0)
        return out

    return draw(m), draw(n)


def has_files() -> bool:
    data = os.environ.get("PHISCOPE_DATA", "")
    weights = os.path.expandvars(preset()["classifier"]["weights"]["path"])
    return (Path(data) / "cifar10-jpeg").is_dir() and Path(weights).is_file()


def preset() -> dict:
    """The preset whose data and network are measured."""
    return yaml.safe_load(PRESET.read_text())


def _prepare() -> None:
    """Write features and pixels of both splits and the head; minutes, the first time."""
    if (CACHE / "head.npz").is_file():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    chosen = preset()["dataset"]
    for part in ("test", "train"):
        dataset = load(chosen["path"], part, reader="parquet", **chosen["options"])
        network = feature_map(torch.from_numpy(unit_range(dataset.images[:2])))
        np.save(CACHE / f"feature-{part}.npy", extract(network, dataset.images))
        np.save(CACHE / f"pixel-{part}.npy", unit_range(dataset.images).reshape(len(dataset), -1))
    np.savez(CACHE / "head.npz", weight=network.weight.numpy(), bias=network.bias.numpy())


def feature_map(example: torch.Tensor) -> FeatureMap:
    """φ of the preset's network, from its weights; example: two images."""
    chosen = preset()["classifier"]
    network = build(chosen["factory"], chosen["arguments"], chosen["normalise"])
    load_weights(network.network, chosen["weights"]["path"], prefix=chosen["weights"]["prefix"])
    return split(network.eval(), example)
