"""How many directions of latent space show an image of a class? The axes of a basis, beside random orthonormal frames.

Toledo-Marín and Glazier 2021, section III: about 20 of 100. The null matters, since a direction of a frame that
knows no label is, at the length of an axis, nothing but a latent that the generator was trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.latent.bases import Bases
from phiscope.experiments.latent.judges import Judges, Vectors
from phiscope.latent.basis import random_frame

COUNTED = ("gram-schmidt", "lowdin")  # bases whose axes are judged
FRAMES = 40  # random orthonormal frames that are the null
TESTED = 2000  # test images, at most: every other one of a class says what is usual, the others are judged themselves


@dataclass(frozen=True)
class ShownDirections:
    """Test images (n, c, h, w) with their vectors and labels (n,); see: images (m, c, h, w) -> `Vectors`; decode:
    latents (m, M) -> images; training and training_labels: as in `Judges`.
    """

    bases: Bases
    decode: Callable[[NDArray], NDArray]
    see: Callable[[NDArray], Vectors]
    training: NDArray
    training_labels: NDArray[np.int64]
    images: NDArray
    vectors: Vectors
    labels: NDArray[np.int64]
    threads: int = 1

    def rows(self, seed: int) -> pd.DataFrame:
        """kind, basis, frame, set, label, and the columns of `Judges.judge`: a row per direction and per control.

        kind: `axis` of `basis`, `average`, `frame` (a direction of random orthonormal frame number `frame`), `real`
        (a test image that calibrated nothing), `blend` (half one of those and half another, of another class). label
        and set are -1 and 0 where there is none.
        """
        calibrating, judged = _halves(self.labels)
        judges = Judges(
            self.training,
            self.training_labels,
            self.vectors.take(calibrating),
            self.labels[calibrating],
            self.threads,
        )
        parts = [
            about.assign(**judges.judge(self.see(self.decode(latents)))) for about, latents in self._directions(seed)
        ]
        parts.append(_about("real", self.labels[judged]).assign(**judges.judge(self.vectors.take(judged))))
        first, second = _of_two_classes(self.labels[judged])
        if len(first):
            blends = (self.images[judged[first]] + self.images[judged[second]]) / 2
            parts.append(_about("blend", np.full(len(first), -1)).assign(**judges.judge(self.see(blends))))
        return pd.concat(parts, ignore_index=True)

    def _directions(self, seed: int) -> Iterator[tuple[pd.DataFrame, NDArray]]:
        """What each direction is, and the latents."""
        averages = self.bases.averages
        yield _about("average", averages.labels, averages.sets), averages.vectors
        for name in COUNTED:
            basis = self.bases[name]
            yield _about("axis", basis.labels, basis.sets, basis=name), basis.vectors
        dimension = averages.vectors.shape[1]
        for number in range(FRAMES):
            yield _about("frame", np.full(dimension, -1), frame=number), random_frame(dimension, seed, number)


def _about(kind: str, labels: NDArray, sets: NDArray | int = 0, *, basis: str = "", frame: int = -1) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "basis": basis, "frame": frame, "set": sets, "label": labels})


def _halves(labels: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of every other sample of each class, from the first, and of the others; both in order."""
    turn = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        turn[labels == label] = np.arange((labels == label).sum()) % 2
    return np.flatnonzero(turn == 0), np.flatnonzero(turn == 1)


def _of_two_classes(labels: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of pairs of neighbours of different classes, no place twice."""
    first = np.arange(0, len(labels) - 1, 2)
    first = first[labels[first] != labels[first + 1]]
    return first, first + 1
