"""What latents tell of labels, in a latent space where they tell everything."""

import numpy as np
import pytest

from phiscope.experiments.latent.readings import MEAN, EncodedSet, measure, spectra_of
from phiscope.latent.baselines import Reading
from tests.experiments.latent import toy


@pytest.fixture(scope="module")
def encoded():
    (z, labels), (train, train_labels) = toy.latents(10), toy.latents(15, seed=1)
    decode = toy.codec().decode
    return EncodedSet(
        toy.codec(), toy.bases(), decode(z), labels, np.arange(len(z)) + 100, z, np.full_like(z, -20),
        decode(train), train_labels, train,
    )  # fmt: skip


def test_exact_latents_give_labels_and_images_back(encoded):
    readings = encoded.of_encoding(encoded.mean, "mean")
    assert readings[Reading("encode_decode", "mean")].all()
    assert readings[Reading("nearest_mean", "mean")].all()
    assert readings[Reading("squared_error", "mean")].max() < 1e-12
    for name in ("gram-schmidt", "lowdin"):
        assert readings[Reading("lsd", "mean", name, "all", "magnitude", 1)].all()


def test_another_latent_costs_its_squared_distance(encoded):
    readings = encoded.of_encoding(encoded.mean + np.float32(0.4), "mean")
    # Every pixel is off by 0.4 / 20, twice that on [-1, 1].
    np.testing.assert_allclose(readings[Reading("squared_error", "mean")], (2 * 0.4 * toy.SCALE) ** 2, rtol=1e-4)


def test_baselines_know_the_labels_and_class_means_their_variance(encoded):
    readings = encoded.beside_lsd()
    for name in ("lda", "logistic", "pca", "classifier"):
        assert readings[Reading(name, "mean")].mean() == 1, name
    own = readings[Reading("squared_error_of_class_mean")]
    means = np.stack([encoded.train_images[encoded.train_labels == k].mean(0) for k in range(4)])
    expected = 4 * ((encoded.images - means[encoded.labels]) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(own, expected, rtol=1e-4, atol=1e-9)
    assert readings[Reading("squared_error_of_mean")].mean() > 10 * own.mean()


def test_means_over_trials_without_noise_are_those_of_the_mean(encoded):
    readings, by_trial, spectra = measure(encoded, trials=3, seed=0)
    assert readings["sample"].tolist() == (np.arange(40) + 100).tolist()
    column = Reading("lsd", "sampled", "lowdin", "all", "magnitude", 1).column
    assert (readings[column] == 1).all()
    assert by_trial.groupby("trial").size().nunique() == 1
    assert by_trial.loc[by_trial["column"] == column, "value"].tolist() == [1, 1, 1]
    assert set(spectra["trial"]) == {MEAN, 0}


def test_spectra_are_the_coefficients(encoded):
    for part in spectra_of(encoded, encoded.mean, 7):
        assert (part["rank_of_label"] == 1).all()
        assert (part["predicted"] == part["label"]).all()
        amplitudes = np.stack(part["amplitude"].to_numpy())
        # The axes are twice the coordinates: ⟨ξ|z⟩ / ⟨ξ|ξ⟩ would be z / 2, in whatever scale the basis keeps.
        np.testing.assert_allclose(amplitudes / encoded.mean, amplitudes[0, 0] / encoded.mean[0, 0], rtol=1e-4)
