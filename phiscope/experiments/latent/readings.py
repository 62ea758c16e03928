"""What latents say of the test images: LSD by every rule, reconstruction, and classifiers that are not LSD."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.latent.bases import Bases
from phiscope.latent import baselines
from phiscope.latent.baselines import Reading
from phiscope.latent.spectral import classify, decompose, label_ranks
from phiscope.models.codec import Codec, encodings

KEPT = ("gram-schmidt", "lowdin")  # bases whose amplitudes go to the table `spectra`
MEAN = -1  # number of the trial that decomposes μ
_TRIALS = 1000  # streams of random numbers, one per trial
_FIRST_FOUR = Reading("lsd", "sampled", "gram-schmidt", "all", "magnitude", 4)


@dataclass(frozen=True)
class EncodedSet:
    """Test images of one encoder: μ and log σ (n, M), labels and sample numbers (n,), images (n, c, h, w) in [0, 1].

    The training images with their μ and labels are what baselines learn from.
    """

    codec: Codec
    bases: Bases
    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    samples: NDArray[np.int64]
    mean: NDArray[np.float32]
    log_deviation: NDArray[np.float32]
    train_images: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    train_mean: NDArray[np.float32]

    def of_encoding(self, z: NDArray, encoding: str) -> dict[Reading, NDArray]:
        """Every reading of latents z (n, M)."""
        decoded = self.codec.decode(z)
        readings = {
            Reading("encode_decode", encoding): self.codec.classify(decoded) == self.labels,
            Reading("squared_error", encoding): baselines.squared_error(decoded, self.images),
        }
        means = self.bases.averages.of_set(1)
        nearest = baselines.nearest_mean(z, means.vectors, means.labels)
        readings[Reading("nearest_mean", encoding)] = nearest == self.labels
        for name, basis in self.bases.by_name.items():
            readings |= dict(baselines.lsd_readings(decompose(z, basis), self.labels, basis, name, encoding))
        return readings

    def beside_lsd(self) -> dict[Reading, NDArray]:
        """Readings that are not LSD: linear probes on latents and on pixels, the classifier, images of averages."""
        train, test = self.train_mean, self.mean
        probed = dict(baselines.linear_probes(train, self.train_labels, test))
        probed["pca"] = baselines.pca_probe(self.train_images, self.train_labels, self.images, train.shape[1])
        probed["classifier"] = self.codec.classify(self.images)
        readings = {Reading(name, "mean"): predicted == self.labels for name, predicted in probed.items()}
        of_all = self.train_images.mean(0)
        own = np.stack([self.means_by_label.get(label, of_all) for label in self.labels.tolist()])
        readings[Reading("squared_error_of_class_mean")] = baselines.squared_error(own, self.images)
        readings[Reading("squared_error_of_mean")] = baselines.squared_error(
            np.broadcast_to(of_all, self.images.shape), self.images
        )
        return readings

    @cached_property
    def means_by_label(self) -> dict[int, NDArray]:
        """Label -> mean of its training images."""
        labels = np.unique(self.train_labels).tolist()
        return {label: self.train_images[self.train_labels == label].mean(0) for label in labels}


def spectra_of(encoded: EncodedSet, z: NDArray, trial: int) -> list[pd.DataFrame]:
    """Rows of the table `spectra`: one encoding of every test image in the bases that are kept."""
    parts = []
    for name in KEPT:
        basis = encoded.bases[name]
        coefficients = decompose(z, basis)
        parts.append(
            pd.DataFrame(
                {
                    "sample": encoded.samples,
                    "label": encoded.labels,
                    "basis": name,
                    "trial": trial,
                    "amplitude": list(coefficients.astype(np.float32)),
                    "rank_of_label": label_ranks(coefficients, encoded.labels, basis),
                    "predicted": classify(coefficients, basis),
                }
            )
        )
    return parts


def first_encoding(mean: NDArray, log_deviation: NDArray, seed: int) -> NDArray[np.float32]:
    """z (n, M) of the first trial: one sampled encoding of every test image."""
    return encodings(mean, log_deviation, seed, _TRIALS)


def measure(encoded: EncodedSet, trials: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Readings (samples x columns, means over trials), accuracies by trial, and rows of `spectra`."""
    mean, log_deviation = encoded.mean, encoded.log_deviation
    values = encoded.beside_lsd() | encoded.of_encoding(mean, "mean")
    spectra, by_trial = spectra_of(encoded, mean, MEAN), []
    sums: dict[Reading, NDArray] = {}
    for trial in range(trials):
        z = encodings(mean, log_deviation, seed, _TRIALS + trial)
        spectra += spectra_of(encoded, z, trial) if trial == 0 else []
        read = encoded.of_encoding(z, "sampled")
        sums = {reading: sums.get(reading, np.float64(0)) + each for reading, each in read.items()}
        by_trial += [{"trial": trial, "column": reading.column, "value": v.mean()} for reading, v in read.items()]
    values |= {reading: total / trials for reading, total in sums.items()}
    # Paired, sample by sample: whether the label among the first four is the classifier's accuracy.
    classifier = values[Reading("classifier", "mean")].astype(float)
    values[_FIRST_FOUR._replace(measure="lsd_less_classifier")] = values[_FIRST_FOUR] - classifier
    readings = {"sample": encoded.samples} | {r.column: np.asarray(v, float) for r, v in values.items()}
    return pd.DataFrame(readings), pd.DataFrame(by_trial), pd.concat(spectra)
