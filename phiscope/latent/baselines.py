"""What LSD is measured with: readings of a decomposition, errors of images, and classifiers that are not LSD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import FloatArray, IntArray
from phiscope.latent.basis import Basis
from phiscope.latent.spectral import label_ranks, largest_in_first_set

RULES = (("all", "magnitude"), ("first-set", "magnitude"), ("first-set", "signed"))
FIRST = (1, 4)  # among so many axes the label is looked for
CUMULATIVE = 10  # up to so many for Figure 5c


class Reading(NamedTuple):
    """What one number about each test sample says; `k` and the rest are empty where they have no meaning."""

    measure: str
    encoding: str = ""
    basis: str = ""
    axes: str = ""
    sign: str = ""
    k: int = 0

    @property
    def column(self) -> str:
        """As the name of a column; `Reading.of` reads it."""
        return "/".join(map(str, self))

    @classmethod
    def of(cls, column: str) -> Reading:
        measure, encoding, basis, axes, sign, k = column.split("/")
        return cls(measure, encoding, basis, axes, sign, int(k))


def lsd_readings(
    coefficients: FloatArray, labels: IntArray, basis: Basis, name: str, encoding: str
) -> Iterator[tuple[Reading, NDArray]]:
    """Per sample (n,): is its label among the first k axes, for every rule; is the largest amplitude in set 1?"""
    for axes, sign in RULES:
        ranks = label_ranks(coefficients, labels, basis, axes=axes, sign=sign)
        most = range(1, CUMULATIVE + 1) if axes == "all" else FIRST
        for k in most:
            yield Reading("lsd", encoding, name, axes, sign, k), ranks <= k
    yield Reading("largest_in_first_set", encoding, name), largest_in_first_set(coefficients, basis)


def squared_error(images: FloatArray, others: FloatArray) -> NDArray[np.float64]:
    """(n,) mean squared error per image on [-1, 1], of images in [0, 1]."""
    difference = (images.astype(np.float64) - others).reshape(len(images), -1)
    return 4 * np.square(difference).mean(1)


def psnr(images: FloatArray, clean: FloatArray) -> NDArray[np.float64]:
    """(n,) peak signal-to-noise ratio per image in decibels, pixels in [0, 1]; infinite for equal images."""
    with np.errstate(divide="ignore"):
        return -10 * np.log10(squared_error(images, clean) / 4)


def crispness(images: FloatArray) -> NDArray[np.float64]:
    """(n,) mean squared gradient of an image over the variance of its pixels: more is sharper, at equal contrast.

    ASSUME: what 'looks clearer and sharper' measures in images that show different strokes. NaN for a flat image.
    """
    pixels = images.astype(np.float64)
    gradient = np.square(np.diff(pixels, axis=-1)).mean((1, 2, 3)) + np.square(np.diff(pixels, axis=-2)).mean((1, 2, 3))
    variance = pixels.reshape(len(pixels), -1).var(1)
    return gradient / np.where(variance > 0, variance, np.nan)


def nearest_mean(latents: FloatArray, means: FloatArray, labels: IntArray) -> NDArray[np.int64]:
    """(n,) label of the mean (k, M), with labels (k,), that has the largest cosine with each latent."""
    unit = means / np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(labels)[(latents @ unit.T).argmax(1)]


def linear_probes(
    latents: FloatArray, labels: IntArray, queries: FloatArray
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Labels (n,) that linear discriminant analysis and logistic regression on latents give the queries."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # deferred: slow to import
    from sklearn.linear_model import LogisticRegression

    for name, probe in (("lda", LinearDiscriminantAnalysis()), ("logistic", LogisticRegression(max_iter=500))):
        yield name, probe.fit(latents, labels).predict(queries)


def pca_probe(images: FloatArray, labels: IntArray, queries: FloatArray, dimension: int) -> NDArray[np.int64]:
    """Labels (n,) of logistic regression on the first principal components of pixels, as many as latents have.

    ASSUME: 'PCA of the same dimension' means M components of pixels, which know no label, under the same probe.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression

    pixels, asked = (part.reshape(len(part), -1) for part in (images, queries))
    pca = PCA(min(dimension, *pixels.shape), random_state=0).fit(pixels)
    return LogisticRegression(max_iter=500).fit(pca.transform(pixels), labels).predict(pca.transform(asked))
