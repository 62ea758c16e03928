"""A large set of features that nobody has to own: a mixture of classes in groups, rectified, and a head fitted to it.

Vertices (n, d) and queries (m, d) are float32 .npy files, written piece by piece and meant to be mapped. A set that was
interrupted is gone on with: each piece has random numbers of its own.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from phiscope.arrays import blocks, generator
from phiscope.files import write_json

PIECE = 8192  # rows that are drawn at a time
_FITTED = 65_536  # vertices that the head is fitted to, at most
_SPLITS = {"vertices": 1, "queries": 2}
_RIDGE = 1e-3  # of the mean variance, added to the covariance that the head is fitted with


@dataclass(frozen=True)
class Mixture:
    """n vertices and m queries of d features and c classes.

    x = max(μ + g + k + Eε, 0) with ε ~ N(0, 1): E has the singular values (1 + j)^-0.5 along random orthogonal
    directions. Each coordinate of μ is N(0, 0.05²), of the mean g of a group of twenty classes N(0, 0.06²); the mean k
    of a class lies in the directions of the noise, k = 0.15 Eη with η ~ N(0, 1). So classes of a group overlap, as
    those of a network do that is often wrong, and about half of the coordinates are 0.
    """

    n: int = 1_280_000
    m: int = 50_000
    d: int = 2048
    c: int = 1000
    seed: int = 0

    @cached_property
    def factor(self) -> NDArray[np.float32]:
        """Eᵀ (d, d)."""
        basis, _ = np.linalg.qr(generator(self.seed, 0, 0).normal(size=(self.d, self.d)).astype(np.float32))
        return np.ascontiguousarray((basis * (1 + np.arange(self.d, dtype=np.float32)) ** -0.5).T)

    @cached_property
    def means(self) -> NDArray[np.float32]:
        """Of the classes, before they are rectified (c, d)."""
        random, groups = generator(self.seed, 0, 1), -(-self.c // 20)
        common, of_group = random.normal(0, 0.05, self.d), random.normal(0, 0.06, (groups, self.d))
        own = 0.15 * random.normal(size=(self.c, self.d)) @ self.factor
        return (common + of_group[np.arange(self.c) % groups] + own).astype(np.float32)

    def piece(self, split: str, number: int, size: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Features (size, d) and labels (size,) of a piece, the same whatever else is drawn."""
        random = generator(self.seed, _SPLITS[split], number)
        labels = random.integers(self.c, size=size)
        features = random.standard_normal((size, self.d), dtype=np.float32) @ self.factor
        features += self.means[labels]
        return np.maximum(features, 0, out=features), labels


def make(mixture: Mixture, folder: Path) -> None:
    """vertices.npy, queries.npy, their labels and head.npz in a folder; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    about = folder / "about.json"
    if about.is_file() and json.loads(about.read_text()) != asdict(mixture):
        raise SystemExit(
            f"{folder}: holds another set, {about.read_text().strip()}; choose another folder, or empty it"
        )
    write_json(asdict(mixture), about)
    _write(mixture, folder, "vertices", mixture.n)
    _write(mixture, folder, "queries", mixture.m)
    if not (folder / "head.npz").is_file():
        weight, bias = fit(np.load(folder / "vertices.npy", mmap_mode="r"), np.load(folder / "vertices-labels.npy"))
        np.savez(folder / "head.npz", weight=weight, bias=bias)


def _write(mixture: Mixture, folder: Path, split: str, rows: int) -> None:
    features, labels, done = (folder / f"{split}{end}" for end in (".npy", "-labels.npy", "-done.txt"))
    first = int(done.read_text()) if done.is_file() else 0
    mode = "r+" if first else "w+"
    for number, part in enumerate(blocks(rows, PIECE)):
        if number < first:
            continue
        x = open_memmap(features, mode, np.float32, (rows, mixture.d))  # opened anew: pages are let go
        y = open_memmap(labels, mode, np.int64, (rows,))
        x[part], y[part] = mixture.piece(split, number, part.stop - part.start)
        x.flush()
        y.flush()
        mode = "r+"
        done.write_text(str(number + 1))


def fit(features: NDArray, labels: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weight (d, c) and bias (c,) of a linear discriminant: w = Σ⁻¹μ, b = -½ μᵀΣ⁻¹μ.

    μ: the means of the classes over all vertices; Σ: the covariance within classes of the first of them, and a little
    of the unit matrix.
    """
    sums, counts = np.zeros((labels.max() + 1, features.shape[1])), np.bincount(labels)
    for part in blocks(len(features), PIECE):
        order = np.argsort(labels[part], kind="stable")
        present, starts = np.unique(labels[part][order], return_index=True)
        sums[present] += np.add.reduceat(features[part][order].astype(np.float64), starts)
    means = sums / np.maximum(counts, 1)[:, None]
    within, used = np.zeros((features.shape[1],) * 2), min(_FITTED, len(features))
    for part in blocks(used, PIECE):
        apart = features[part] - means[labels[part]]
        within += apart.T @ apart / used
    within[np.diag_indices(len(within))] += _RIDGE * np.trace(within) / len(within)
    weight = np.linalg.solve(within, means.T)
    return weight, -0.5 * (means.T * weight).sum(0)
