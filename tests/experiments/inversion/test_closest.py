"""Starts of the search for the closest image, and points that are proven to have no image."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from phiscope.experiments.inversion.closest import find_closest, nearest_of_another_class
from phiscope.experiments.inversion.samples import NO_IMAGE, invert_samples, proven_without_image
from phiscope.experiments.inversion.targets import Wanted
from phiscope.models import split
from phiscope.models.classifier import Normalised


def test_the_nearest_training_image_of_another_class_is_found_whatever_the_blocks(monkeypatch) -> None:
    random = np.random.default_rng(0)
    images, training = (random.integers(0, 256, (count, 1, 2, 3), np.uint8) for count in (5, 40))
    own, predicted = np.array([0, 1, 2, 3, 0]), random.integers(0, 3, 40)
    far = np.linalg.norm((images.reshape(5, 1, 6) - training.reshape(1, 40, 6).astype(float)) / 255, axis=2)
    far[own[:, None] == predicted[None]] = np.inf
    for values in (2**24, 30):
        monkeypatch.setattr("phiscope.experiments.inversion.closest._VALUES", values)
        found = nearest_of_another_class(images, own, lambda rows: training[rows], predicted)
        np.testing.assert_allclose(found, training[far.argmin(1)] / 255, rtol=1e-6)
    alone = nearest_of_another_class(images[:1], own[:1], lambda rows: training[rows], np.zeros(40, int))
    assert np.isnan(alone).all()


def one_layer() -> Normalised:
    torch.manual_seed(0)
    layers = [nn.Flatten(), nn.Linear(6, 3), nn.ReLU(), nn.Linear(3, 2)]
    return Normalised(nn.Sequential(*layers), [0.5], [0.25]).eval()


def test_a_point_beyond_what_features_can_be_is_proven_to_have_no_image() -> None:
    network = one_layer()
    feature_map = split(network, torch.rand(4, 1, 2, 3))
    images = np.random.default_rng(1).random((2, 1, 2, 3))
    reached = feature_map(torch.from_numpy(images).float()).detach().double().numpy()
    points = np.stack([reached[0], reached[1] + [100.0, 0, 0]])
    assert proven_without_image(feature_map, points, (1, 2, 3), 1e-6).tolist() == [False, True]
    aims = Wanted(points, np.array([0, 1]))
    inverted = invert_samples(feature_map, aims, np.arange(2), images, {"tolerance": 1e-6, "jacobians": 4}, seed=0)
    assert inverted.columns["status"][1] == NO_IMAGE
    assert inverted.columns["status"][0] != NO_IMAGE


def test_columns_are_those_of_the_images() -> None:
    images = np.random.default_rng(2).random((6, 1, 2, 3)).astype(np.float32)
    found = find_closest(one_layer(), images, {})
    change = found.images - images
    there = found.columns["status"] != "not_found"
    np.testing.assert_allclose(found.columns["largest_change"][there], np.abs(change).max((1, 2, 3))[there])
    np.testing.assert_allclose(
        found.columns["pixel_distance"][there], np.linalg.norm(change.reshape(6, -1), axis=1)[there], atol=1e-12
    )
