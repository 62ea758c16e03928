"""What latents say of the test images: LSD by every rule, reconstruction, and classifiers that are not LSD."""

from functools import cached_property

import numpy as np
import pandas as pd
import torch
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent import bases
from phiscope.latent import yardsticks
from phiscope.latent.spectral import classify, decompose, label_ranks
from phiscope.latent.yardsticks import Reading
from phiscope.models import load_artifact
from phiscope.models.codec import Codec, encodings
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

KEPT = ("gram-schmidt", "lowdin")  # bases whose amplitudes go to the table `spectra`
MEAN = -1  # number of the trial that decomposes μ


class Subject:
    """The encoded test images of one encoder, and all that reads them."""

    def __init__(self, inputs, limits: dict, device: str) -> None:
        self.latents, self.bases = load_file(inputs.encoded), bases.load(inputs.bases)
        self.codec = Codec(*(load_artifact(inputs[n])[0] for n in ("generator", "classifier")), device=device)
        self.images, self.train_images = (
            unit_range(open_prepared(inputs[split]).images(slice(0, limits[split]))) for split in ("test", "train")
        )
        self.labels, self.train_labels = self.latents["test/labels"], self.latents["train/labels"]

    def of_encoding(self, z: np.ndarray, encoding: str) -> dict[Reading, np.ndarray]:
        """Every reading of latents z (n, M)."""
        decoded = self.codec.decode(z)
        found = {
            Reading("encode_decode", encoding): self.codec.classify(decoded) == self.labels,
            Reading("squared_error", encoding): yardsticks.squared_error(decoded, self.images),
        }
        means = self.bases.averages.of_set(1)
        nearest = yardsticks.nearest_mean(z, means.vectors, means.labels)
        found[Reading("nearest_mean", encoding)] = nearest == self.labels
        for name, basis in self.bases.by_name.items():
            found |= dict(yardsticks.lsd_readings(decompose(z, basis), self.labels, basis, name, encoding))
        return found

    def beside_lsd(self) -> dict[Reading, np.ndarray]:
        """Readings that are not LSD: linear probes on latents and on pixels, the classifier, images of averages."""
        train, test = self.latents["train/mean"], self.latents["test/mean"]
        probed = dict(yardsticks.linear_probes(train, self.train_labels, test))
        probed["pca"] = yardsticks.pca_probe(self.train_images, self.train_labels, self.images, train.shape[1])
        probed["classifier"] = self.codec.classify(self.images)
        found = {Reading(name, "mean"): predicted == self.labels for name, predicted in probed.items()}
        of_all = self.train_images.mean(0)
        own = np.stack([self.means_by_label.get(label, of_all) for label in self.labels.tolist()])
        found[Reading("squared_error_of_class_mean")] = yardsticks.squared_error(own, self.images)
        found[Reading("squared_error_of_mean")] = yardsticks.squared_error(
            np.broadcast_to(of_all, self.images.shape), self.images
        )
        return found

    @cached_property
    def means_by_label(self) -> dict[int, np.ndarray]:
        """Label -> mean of its training images."""
        labels = np.unique(self.train_labels).tolist()
        return {label: self.train_images[self.train_labels == label].mean(0) for label in labels}


def spectra_of(subject: Subject, z: np.ndarray, trial: int) -> list[pd.DataFrame]:
    """Rows of the table `spectra`: one encoding of every test image in the bases that are kept."""
    found = []
    for name in KEPT:
        basis = subject.bases[name]
        coefficients = decompose(z, basis)
        found.append(
            pd.DataFrame(
                {
                    "sample": subject.latents["test/samples"],
                    "label": subject.labels,
                    "basis": name,
                    "trial": trial,
                    "amplitude": list(coefficients.astype(np.float32)),
                    "rank_of_label": label_ranks(coefficients, subject.labels, basis),
                    "predicted": classify(coefficients, basis),
                }
            )
        )
    return found


def measure(subject: Subject, trials: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Readings (samples x columns, means over trials), accuracies by trial, and rows of `spectra`."""
    mean, log_deviation = subject.latents["test/mean"], subject.latents["test/log_deviation"]
    found = subject.beside_lsd() | subject.of_encoding(mean, "mean")
    spectra, sums, by_trial = spectra_of(subject, mean, MEAN), {}, []
    for trial in range(trials):
        z = encodings(mean, log_deviation, seed, 1000 + trial)
        spectra += spectra_of(subject, z, trial) if trial == 0 else []
        read = subject.of_encoding(z, "sampled")
        sums = {reading: sums.get(reading, 0.0) + values for reading, values in read.items()}
        by_trial += [{"trial": trial, "column": reading.column, "value": v.mean()} for reading, v in read.items()]
    found |= {reading: values / trials for reading, values in sums.items()}
    readings = {"sample": subject.latents["test/samples"]} | {r.column: np.asarray(v, float) for r, v in found.items()}
    return pd.DataFrame(readings), pd.DataFrame(by_trial), pd.concat(spectra)


def measure_latent(inputs, limits, trials, seed, setting, training, threads, config, output) -> None:
    torch.set_num_threads(threads)
    readings, by_trial, spectra = measure(Subject(inputs, limits, choose_device(config["device"])), trials, seed)
    tables.write_frame(readings, output.readings, provenance(config))
    tables.write_frame(by_trial, output.trials, provenance(config))
    who = {"view": "original", "split": "test", "setting": setting, "training": training}
    tables.write(spectra.assign(**who), "spectra", output.spectra, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        measure_latent(
            snakemake.input,
            snakemake.params.limits,
            snakemake.params.trials,
            snakemake.params.seed,
            snakemake.wildcards.setting,
            int(snakemake.wildcards.training),
            snakemake.threads,
            snakemake.config,
            snakemake.output,
        )
