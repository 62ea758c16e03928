"""Targets, columns and paths, on a network whose features are its pixels: everything is known in closed form."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from phiscope.experiments.inversion import targets
from phiscope.geometry.inversion import invert
from phiscope.head import Head
from phiscope.models import split

# Two features, three classes: class 0 left of x = 0.5, class 1 right of it, class 2 above y = 10.
WEIGHT = np.array([[-2.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
BIAS = np.array([1.0, -1.0, -10.0])


@pytest.fixture
def head():
    return Head(WEIGHT, BIAS, "1", None)


@pytest.fixture
def feature_map():
    network = nn.Sequential(nn.Flatten(), nn.Linear(2, 3))
    with torch.no_grad():
        network[1].weight.copy_(torch.from_numpy(WEIGHT.T))
        network[1].bias.copy_(torch.from_numpy(BIAS))
    return split(network, torch.rand(2, 1, 1, 2), head="1")


def as_images(points):
    return np.asarray(points, float).reshape(-1, 1, 1, 2)


def test_flip_targets_lie_across_the_boundary(head):
    wanted = targets.flip_targets(np.array([[0.2, 0.3], [0.9, 0.8]]), head)
    np.testing.assert_allclose(wanted.points, [[0.5, 0.3], [0.5, 0.8]], atol=1e-9)
    assert wanted.target_class.tolist() == [1, 0]
    assert wanted.exists.all()


def test_without_a_boundary_there_is_no_flip_target():
    head = Head(np.zeros((2, 3)), np.array([1.0, 0.0, 0.0]), "1", None)
    wanted = targets.flip_targets(np.array([[0.2, 0.3]]), head)
    assert not wanted.exists.any()


def test_hull_targets_are_put_together_by_number_not_by_place(head):
    training, numbers = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([30, 10, 20])
    hulls = pd.DataFrame({"support_index": [np.array([10, 20]), np.array([30])],
                          "support_weight": [np.array([0.75, 0.25]), np.array([1.0])]})  # fmt: skip
    wanted = targets.hull_targets(hulls, training, numbers, head)
    np.testing.assert_allclose(wanted.points, [[0.75, 0.25], [0, 0]])
    assert wanted.target_class.tolist() == [1, 0]


def test_a_sample_that_was_not_projected_has_no_hull_target(head):
    hulls = pd.DataFrame({"sample": [5], "support_index": [np.array([1])], "support_weight": [np.array([1.0])]})
    wanted = targets.hull_targets(hulls.set_index("sample").reindex([4, 5]), np.ones((1, 2)), np.array([1]), head)
    assert wanted.exists.tolist() == [False, True]
    assert wanted.target_class.tolist() == [-1, 1]


def test_columns_say_what_came_of_an_inversion(feature_map):
    references = as_images([[0.2, 0.3], [0.9, 0.8]])
    inverted = invert(feature_map, np.array([[0.4, 0.3], [0.1, 0.8]]), references, tolerance=1e-9)
    columns = targets.columns(inverted, references, feature_map)
    np.testing.assert_allclose(columns["pixel_distance"], [0.2, 0.8], atol=1e-8)
    assert columns["predicted"].tolist() == [0, 0]
    assert columns["class_changes"].tolist() == [0, 1]
    assert columns.keys() == targets.without_target(3).keys()


def test_a_tie_is_counted_as_it_was_classified(feature_map):
    """At the flip point itself both classes will do; the way back must agree with the one that was written down."""
    tie, back = as_images([[0.5, 0.3]]), as_images([[0.2, 0.3]])
    assert [int(targets.changes_to(feature_map, tie, back, np.array([own]))[0]) for own in (0, 1)] == [0, 1]


def test_no_images_have_no_changes(feature_map):
    empty = as_images([])
    assert targets.changes_to(feature_map, empty, empty, np.empty(0, int)).shape == (0,)


def test_straight_paths_have_features_and_classes(feature_map):
    path, classes = targets.straight_path(feature_map, *as_images([[0, 0], [1, 1]]), 5)
    np.testing.assert_allclose(path, np.linspace(0, 1, 5)[:, None].repeat(2, 1))
    assert classes[[0, 1, 3, 4]].tolist() == [0, 0, 1, 1]


def test_reference_images():
    stored = {"train": {3: np.full((1, 1, 2), 0.25, np.float32)}}
    for name, value in {"black": 0.0, "grey": 0.5, "white": 1.0, "train:3": 0.25}.items():
        np.testing.assert_array_equal(targets.reference_image(name, (1, 1, 2), stored), np.full((1, 1, 2), value))
