"""Noise of features: what is measured of networks whose rounding is known."""

import numpy as np
import pytest
import torch
from torch import nn

from phiscope import head as head_module
from phiscope.experiments.geometry import noise as noise_module
from phiscope.experiments.geometry.noise import FACTOR, LEAST, MOST, drawn, images_to_measure, measured
from phiscope.head import ROUNDING, FeatureNoise
from phiscope.models import split

IMAGES = np.random.default_rng(0).random((20, 1, 4, 4), np.float32)


def of(body, width=16):
    torch.manual_seed(0)
    return split(nn.Sequential(nn.Flatten(), body, nn.Linear(width, 3)), torch.rand(2, 1, 4, 4))


class Off(nn.Module):
    """Wrong by `by` of what it is given in float32, and by `alone` more where there is one image alone."""

    def __init__(self, by, alone=0.0):
        super().__init__()
        self.by, self.alone = by, alone

    def forward(self, x):
        return x * (1 + self.by * (x.dtype == torch.float32) + self.alone * (len(x) == 1))


def test_vectors_that_no_network_computes_have_the_rounding_of_float32():
    noise = measured(of(nn.Identity()), IMAGES)
    assert (noise.float64, noise.alone, noise.features, noise.images) == (0, 0, ROUNDING, 20)


@pytest.mark.parametrize(("off", "found"), [(Off(2**-10), (2**-10, 0)), (Off(0, 2**-8), (0, 2**-8))])
def test_what_is_found_is_relative_to_the_length_of_features(off, found):
    noise = measured(of(off), IMAGES)
    assert (noise.float64, noise.alone) == pytest.approx(found, rel=0.01)
    assert noise.features == FACTOR * max(noise.float64, noise.alone)
    features = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(noise.of_features(features), noise.features * np.array([5, noise.length]))
    assert (noise.of_margins(features) > noise.of_features(features)).all()


def test_the_rounding_of_a_head_in_float32_is_a_distance():
    """Both logits are near a million, whose neighbours in float32 are 1/16 apart; their difference has slope 2."""
    feature_map = of(nn.Identity())
    weight = torch.zeros(16, 3).double()
    weight[0] = torch.tensor([1.0, -1.0, 0.0])
    bias = torch.tensor([1e6, 1e6, 0.0]).double()
    noise = measured(type(feature_map)(feature_map.network, feature_map.layer, weight, bias, None), IMAGES)
    assert 0.2 * 2**-5 < noise.float32_head * noise.length < 2**-4
    assert noise.head == FACTOR * noise.float32_head


def test_a_network_that_knows_no_float64_is_measured_alone_and_in_batches():
    class Single(nn.Module):
        def forward(self, x):
            return x @ torch.eye(16)

    noise = measured(of(Single()), IMAGES)
    assert noise.float64 is None
    assert noise.features == ROUNDING


def test_of_large_networks_fewer_images_are_measured(monkeypatch):
    feature_map = of(nn.Linear(16, 2000), 2000)
    assert images_to_measure(feature_map, torch.zeros(1, 1, 4, 4)) == MOST
    each = 2 * 16 * 2000
    for operations, images in {10 * MOST * each: MOST, 100 * each: 100, each: LEAST}.items():
        monkeypatch.setattr(noise_module, "MOST_OPERATIONS", operations)
        assert images_to_measure(feature_map, torch.zeros(1, 1, 4, 4)) == images


def test_draws_are_of_both_splits_and_the_same_again():
    train, test = drawn([1000, 50], MOST, seed=3)
    assert (len(train), len(test), len(set(train))) == (128, 50, 128)
    np.testing.assert_array_equal(drawn([1000, 50], MOST, seed=3)[0], train)
    assert (drawn([1000, 50], MOST, seed=4)[0] != train).any()


def test_heads_without_a_measurement_have_the_rounding_of_float32():
    assert FeatureNoise().of_features(np.array([[3.0, 4.0]])).tolist() == [5 * 2**-24]


def test_noise_and_classes_of_many_features_are_those_of_each(monkeypatch):
    features = np.random.default_rng(2).normal(size=(10, 4)).astype(np.float32)
    known = head_module.Head(np.eye(4), np.zeros(4), "", None, FeatureNoise(features=0.5))
    noise, classes = known.noise.of_features(features), known.classify(features)
    monkeypatch.setattr(head_module, "_NUMBERS", 12)
    np.testing.assert_array_equal(known.noise.of_features(features), noise)
    np.testing.assert_array_equal(known.classify(features), classes)
    np.testing.assert_array_equal(noise, 0.5 * np.linalg.norm(features.astype(np.float64), axis=1))
    assert (known.classify(features[:0]).shape, known.noise.of_features(features[:0]).shape) == ((0,), (0,))
