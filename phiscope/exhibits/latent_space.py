"""Decoded images, densities and inner products that figures of latent space show.

Figures 2, 3, 4, 7 and 8 of Toledo-Marín and Glazier 2021.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.latent.bases import Bases
from phiscope.experiments.latent.operators import component_counts
from phiscope.latent import operators
from phiscope.latent.basis import Basis, gram
from phiscope.latent.sets import LatentSets
from phiscope.latent.spectral import truncate
from phiscope.models.codec import Codec

BATCH, SHOWN_OF_A_LABEL = 25, 12
TRUNCATED, ROTATED = 125, 10  # as many images as figures 7 and 8 of the text show
PUBLISHED, OWN, PLANE = "published", "own", "plane"  # panels; the published one in a plane instead of by equation (11)
EDGES = np.linspace(-4, 4, 81)


@dataclass(frozen=True)
class LatentExhibits:
    """What one encoder, its generator and its bases have to show; every method gives a frame.

    images: the first test images (n, c, h, w) in [0, 1]; mean, sampled, labels: latents and labels of all;
    train_latents, train_labels: encoded training images, and what they decode to; drawn: latents drawn at random;
    basis: of turns and truncations that are not as published.
    """

    codec: Codec
    bases: Bases
    basis: Basis
    images: NDArray[np.float32]
    mean: NDArray[np.float32]
    sampled: NDArray[np.float32]
    labels: NDArray[np.int64]
    train_latents: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    drawn: LatentSets

    def frames(self) -> dict[str, pd.DataFrame]:
        return {"tiles": self.tiles(), "densities": self.densities(), "products": self.products()}

    def tiles(self) -> pd.DataFrame:
        """figure, panel, row, column, channels, height, width, image."""
        parts = [*self._batches(), *self._sets(), *self._axes(), *self._truncations(), *self._rotations()]
        return pd.concat(parts, ignore_index=True)

    def _batches(self) -> Iterator[pd.DataFrame]:
        decoded = self.codec.decode(self.mean[:BATCH])
        random = self.codec.decode(self.drawn.latents[:: max(len(self.drawn.latents) // BATCH, 1)][:BATCH])
        for panel, images in (("images", self.images[:BATCH]), ("decoded", decoded), ("generated", random)):
            yield tiled("batches", panel, images, 5)

    def _sets(self) -> Iterator[pd.DataFrame]:
        averages = self.bases.averages
        for panel, number in (("encoded", 1), ("drawn", 2)):
            part = averages.of_set(number)
            if len(part.labels):
                yield tiled("sets", f"averages, {panel}", self.codec.decode(part.vectors), len(part.labels))
        z, labels = self.train_latents, self.train_labels
        rows = [z[labels == label][:SHOWN_OF_A_LABEL] for label in np.unique(labels)]
        for place, members in enumerate(rows):
            yield tiled("sets", "encoded latents", self.codec.decode(members), SHOWN_OF_A_LABEL, first_row=place)

    def _axes(self) -> Iterator[pd.DataFrame]:
        averages, basis = self.bases.averages, self.bases["gram-schmidt"]
        for panel, vectors, labels, sets in (
            ("averages", averages.vectors, averages.labels, averages.sets),
            ("axes", basis.vectors, basis.labels, basis.sets),
        ):
            known = sets > 0
            frame = tiled("axes", panel, self.codec.decode(vectors[known]), 1)
            yield frame.assign(row=labels[known], column=sets[known] - 1)

    @property
    def _readings(self) -> dict[str, tuple[NDArray, Basis]]:
        """Panel -> latents of the test images, and the axes that they are decomposed in."""
        return {PUBLISHED: (self.sampled, self.bases["gram-schmidt"]), OWN: (self.mean, self.basis)}

    def _truncations(self) -> Iterator[pd.DataFrame]:
        start = slice(BATCH, BATCH + TRUNCATED)
        for panel, (latents, basis) in self._readings.items():
            z, images = latents[start], self.images[start]
            cut = (self.codec.decode(truncate(z, basis, count)) for count in component_counts(basis))
            columns = [images, self.codec.decode(z), *cut] if len(z) else []
            for place, pictures in enumerate(columns):
                yield tiled("truncation", panel, pictures, 1).assign(column=place)

    def _rotations(self) -> Iterator[pd.DataFrame]:
        (sampled, published), (mean, basis) = self._readings.values()
        for panel, kind, latents, own in (
            (PUBLISHED, "projector", sampled, published),
            (PLANE, "givens", sampled, published),
            (OWN, "givens", mean, basis),
        ):
            axes = own.first_labels
            start = latents[self.labels == axes[0]][:ROTATED]
            for step, turned in enumerate(operators.rotate(start, own, axes, kind=kind).latents):
                yield tiled("rotation", panel, self.codec.decode(turned), 1).assign(column=step)

    def densities(self) -> pd.DataFrame:
        """kind, label, x, density: of all entries of the latents of a label."""
        rows = []
        for kind, latents, labels in (
            ("encoded", self.train_latents, self.train_labels),
            ("drawn", self.drawn.latents, self.drawn.labels),
        ):
            for label in np.unique(labels):
                density, _ = np.histogram(latents[labels == label], EDGES, density=True)
                centres = (EDGES[1:] + EDGES[:-1]) / 2
                rows.append(pd.DataFrame({"kind": kind, "label": label, "x": centres, "density": density}))
        return pd.concat(rows, ignore_index=True)

    def products(self) -> pd.DataFrame:
        """kind, row, column, value: inner products over M, of averages and of Gram-Schmidt's axes."""
        rows = []
        for kind, vectors in (
            ("averages", self.bases.averages.vectors),
            ("axes", self.bases["gram-schmidt"].vectors),
        ):
            products = gram(vectors) / self.basis.dimension
            row, column = np.indices(products.shape)
            values = {"row": row.ravel(), "column": column.ravel(), "value": products.ravel()}
            rows.append(pd.DataFrame({"kind": kind} | values))
        return pd.concat(rows, ignore_index=True)


def tiled(figure: str, panel: str, images: NDArray, columns: int, first_row: int = 0) -> pd.DataFrame:
    """Images (n, c, h, w) in reading order, one row each."""
    place = np.arange(len(images))
    shape = dict(zip(("channels", "height", "width"), images.shape[1:]))
    where = {"row": place // columns + first_row, "column": place % columns}
    flat = images.reshape(len(images), -1).astype(np.float32)
    return pd.DataFrame({"figure": figure, "panel": panel} | where | shape | {"image": list(flat)})
