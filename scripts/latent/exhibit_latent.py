"""The images, densities and inner products that the figures of latent space show: Deep LSD, Figures 2, 3, 4, 7, 8."""

import numpy as np
import pandas as pd
from safetensors.numpy import load_file

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent import bases
from phiscope.latent import operators
from phiscope.latent.basis import gram
from phiscope.latent.spectral import truncate
from phiscope.models import load_artifact
from phiscope.models.codec import Codec
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

BATCH, SHOWN_OF_A_LABEL, TRUNCATED, ROTATED = 25, 12, 20, 10
COMPONENTS = (1, 2, 3, 4, 10)
EDGES = np.linspace(-4, 4, 81)


class Exhibits:
    """What one encoder, its generator and its bases have to show; every method gives a frame."""

    def __init__(self, inputs, basis: str, device: str) -> None:
        self.codec = Codec(*(load_artifact(inputs[n])[0] for n in ("generator", "classifier")), device=device)
        self.latents, self.drawn, self.bases = (
            load_file(inputs.encoded),
            load_file(inputs.drawn),
            bases.load(inputs.bases),
        )
        self.basis = self.bases[basis]
        self.mean, self.labels = self.latents["test/mean"], self.latents["test/labels"]
        self.images = unit_range(open_prepared(inputs.test).images(slice(0, BATCH + TRUNCATED)))

    def tiles(self) -> pd.DataFrame:
        """figure, panel, row, column, channels, height, width, image."""
        found = [*self._batches(), *self._sets(), *self._axes(), *self._truncations(), *self._rotations()]
        return pd.concat(found, ignore_index=True)

    def _batches(self):
        decoded = self.codec.decode(self.mean[:BATCH])
        random = self.codec.decode(self.drawn["latents"][:: max(len(self.drawn["latents"]) // BATCH, 1)][:BATCH])
        for panel, images in (("images", self.images[:BATCH]), ("decoded", decoded), ("generated", random)):
            yield tiles("batches", panel, images, 5)

    def _sets(self):
        averages = self.bases.averages
        for panel, number in (("encoded", 1), ("drawn", 2)):
            part = averages.of_set(number)
            if len(part.labels):
                yield tiles("sets", f"averages, {panel}", self.codec.decode(part.vectors), len(part.labels))
        z, labels = self.latents["train/z"], self.latents["train/decoded_labels"]
        rows = [z[labels == label][:SHOWN_OF_A_LABEL] for label in np.unique(labels)]
        for place, members in enumerate(rows):
            yield tiles("sets", "encoded latents", self.codec.decode(members), SHOWN_OF_A_LABEL, first_row=place)

    def _axes(self):
        averages, basis = self.bases.averages, self.bases["gram-schmidt"]
        for panel, vectors, labels, sets in (
            ("averages", averages.vectors, averages.labels, averages.sets),
            ("axes", basis.vectors, basis.labels, basis.sets),
        ):
            known = sets > 0
            frame = tiles("axes", panel, self.codec.decode(vectors[known]), 1)
            yield frame.assign(row=labels[known], column=sets[known] - 1)

    def _truncations(self):
        start = slice(BATCH, BATCH + TRUNCATED)
        z, images = self.mean[start], self.images[start]
        counts = [k for k in COMPONENTS if k <= self.basis.dimension]
        columns = [images, self.codec.decode(z), *(self.codec.decode(truncate(z, self.basis, k)) for k in counts)]
        for place, pictures in enumerate(columns):
            yield tiles("truncation", "", pictures, 1).assign(column=place)

    def _rotations(self):
        axes = sorted(self.basis.labels[self.basis.sets == 1].tolist())
        start = self.mean[self.labels == axes[0]][:ROTATED]
        for kind in ("givens", "projector"):
            for step, latents in enumerate(operators.rotate(start, self.basis, axes, kind=kind).latents):
                yield tiles("rotation", kind, self.codec.decode(latents), 1).assign(column=step)

    def densities(self) -> pd.DataFrame:
        """kind, label, x, density: of all entries of the latents of a label."""
        rows = []
        for kind, latents, labels in (
            ("encoded", self.latents["train/z"], self.latents["train/decoded_labels"]),
            ("drawn", self.drawn["latents"], self.drawn["labels"]),
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
            found = gram(vectors) / self.basis.dimension
            row, column = np.indices(found.shape)
            values = {"row": row.ravel(), "column": column.ravel(), "value": found.ravel()}
            rows.append(pd.DataFrame({"kind": kind} | values))
        return pd.concat(rows, ignore_index=True)


def tiles(figure: str, panel: str, images: np.ndarray, columns: int, first_row: int = 0) -> pd.DataFrame:
    """Images (n, c, h, w) in reading order, one row each."""
    place = np.arange(len(images))
    shape = dict(zip(("channels", "height", "width"), images.shape[1:]))
    where = {"row": place // columns + first_row, "column": place % columns}
    flat = images.reshape(len(images), -1).astype(np.float32)
    return pd.DataFrame({"figure": figure, "panel": panel} | where | shape | {"image": list(flat)})


def exhibit(inputs, basis: str, config: dict, output) -> None:
    shown = Exhibits(inputs, basis, choose_device(config["device"]))
    frames = {"tiles": shown.tiles(), "densities": shown.densities(), "products": shown.products()}
    write_frames(frames, output, config)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        exhibit(snakemake.input, snakemake.params.basis, snakemake.config, snakemake.output)
