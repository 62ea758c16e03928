"""Does an image look like one of a class? Three judges, two of them calibrated on real images held out of training.

A softmax that is sure says only which class an image is not: classifiers are sure of pictures of nothing. So an image
also has to have features that those of its class could have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.detection.conformal import p_values
from phiscope.geometry import hull

# ASSUME: what the text counted 'by eye' is an image that all three judges let pass. At least `SURE` of the softmax goes
# to one class; and each of the others would turn away at most `REJECTED` of the real images of that class.
SURE, REJECTED = 0.9, 0.05
JUDGES = ("sure", "dense", "near")


class Vectors(NamedTuple):
    """Images as the classifier has them: features (n, f), logits (n, classes)."""

    features: NDArray
    logits: NDArray

    def take(self, rows: NDArray) -> Vectors:
        return Vectors(self.features[rows], self.logits[rows])

    @property
    def predicted(self) -> NDArray[np.int64]:
        """(n,) the class with the largest logit."""
        return self.logits.argmax(1).astype(np.int64)

    @property
    def probability(self) -> NDArray[np.float64]:
        """(n,) what the softmax gives that class."""
        scores = self.logits.astype(np.float64)
        return 1 / np.exp(scores - scores.max(1, keepdims=True)).sum(1)


@dataclass(frozen=True)
class Judges:
    """training: features (t, f) and labels (t,) of the images that span hulls and make densities; real: other real
    images with labels (n,), which say how far from its own class a real image is; threads: of the hull solver.
    """

    training: NDArray
    training_labels: NDArray[np.int64]
    real: Vectors
    real_labels: NDArray[np.int64]
    threads: int = 1

    def judge(self, images: Vectors) -> pd.DataFrame:
        """One row per image: decoded (the class it is taken for), probability, density and hull (distances to that
        class), density_p and hull_p (the shares of real images of the class that are at least as far), what each judge
        says (`sure`, `dense`, `near`), and `shown`, whether all of them let it pass.

        density: squared Mahalanobis distance from the mean of the class, -2 log density of a normal distribution up to
        a constant of the class. hull: distance in feature space to the convex hull of the training images of the
        class. p-values are conformal, by class: a judge with limit t turns away at most t of the real images, whatever
        their distribution. A class with fewer than 19 real images lets everything pass. NaN where the class has no
        training image, which passes nothing.
        """
        decoded = images.predicted
        columns = {"decoded": decoded, "probability": images.probability}
        for name, measure in self._measures.items():
            columns[name] = self._distances(images.features, decoded, measure)
            columns[f"{name}_p"] = p_values(columns[name], decoded, self._of_real[name], self.real_labels)
        frame = pd.DataFrame(columns)
        frame["sure"] = frame["probability"] >= SURE
        frame["dense"], frame["near"] = frame["density_p"] > REJECTED, frame["hull_p"] > REJECTED
        return frame.assign(shown=frame[list(JUDGES)].all(axis=1))

    @property
    def _measures(self) -> dict[str, Callable[[NDArray, NDArray], NDArray]]:
        return {"density": _mahalanobis, "hull": self._hull_distance}

    def _hull_distance(self, points: NDArray, members: NDArray) -> NDArray[np.float64]:
        return hull.project(points, members, threads=self.threads).separation

    @cached_property
    def _of_real(self) -> dict[str, NDArray[np.float64]]:
        """Distances (n,) of the real images to the class of their label."""
        return {
            name: self._distances(self.real.features, self.real_labels, measure)
            for name, measure in self._measures.items()
        }

    def _distances(self, points: NDArray, classes: NDArray, measure: Callable) -> NDArray[np.float64]:
        found = np.full(len(points), np.nan)
        for label in np.unique(classes).tolist():
            members, rows = self.training[self.training_labels == label], classes == label
            if len(members):
                found[rows] = measure(points[rows], members)
        return found


def _mahalanobis(points: NDArray, members: NDArray) -> NDArray[np.float64]:
    """(m,) (x - μ)ᵀ Σ⁻¹ (x - μ), μ and Σ of members (n, f).

    ASSUME: Σ is shrunk as Ledoit and Wolf 2004 do, so that features which never vary within a class, or fewer members
    than features, leave an inverse.
    """
    from sklearn.covariance import LedoitWolf  # deferred: slow to import

    return LedoitWolf().fit(members.astype(np.float64)).mahalanobis(points.astype(np.float64))
