"""Balls around a sample where features are pixels, so that every image sought is known in closed form."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from phiscope.experiments.inversion.balls import MORPH, Ball, explore, morph, on_the_perimeter
from phiscope.experiments.inversion.paths import path_of, path_rows
from phiscope.models import split

OPTIONS = {"tolerance": 1e-8, "seed": 0}


@pytest.fixture
def feature_map():
    """Features are the two pixels; class 1 where the first is above 0.5."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(2, 2))
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([[-1.0, 0.0], [1.0, 0.0]]))
        network[1].bias.copy_(torch.tensor([0.5, -0.5]))
    return split(network, torch.rand(2, 1, 1, 2), head="1")


def as_image(point):
    return np.asarray(point, float).reshape(1, 1, 2)


@pytest.fixture
def explored(feature_map):
    ball = Ball(np.array([0.2, 0.3]), 0.25, as_image([0.2, 0.3]), as_image([0.6, 0.6]))
    return explore(feature_map, ball, {"white": as_image([1, 1]), "black": as_image([0, 0])}, "train:7", OPTIONS)


def test_images_on_the_perimeter_are_the_points_nearest_to_their_references(explored):
    centre = np.array([0.2, 0.3])
    for reference, image in zip(([1, 1], [0, 0]), explored.shown["perimeter_images"].reshape(-1, 2)):
        away = np.array(reference) - centre
        np.testing.assert_allclose(image, centre + 0.25 * away / np.linalg.norm(away), atol=1e-5)


def test_rows_say_what_their_images_are(explored):
    rows = explored.rows
    assert rows.groupby("target").size().to_dict() == {"ball": len(MORPH), "perimeter": 2}
    assert (rows["status"] == "solved").all()
    assert rows["reference"].tolist() == ["white", "black", *["train:7"] * len(MORPH)]
    assert explored.places[:3] == ["perimeter_images:0", "perimeter_images:1", "morph_images:0"]
    np.testing.assert_allclose(rows.loc[rows["target"] == "ball", "radius"], 0.25 * MORPH)
    assert rows["predicted"].tolist() == [0] * len(rows)  # the first pixel stays below 0.5


def test_the_pixel_path_is_straight_where_features_are_pixels(explored):
    row = path_of(explored.shown)
    assert row["length_over_chord"] == pytest.approx(1)
    assert row["morph_end"] == pytest.approx(0, abs=1e-5)  # the ball of radius 0 is the sample itself
    changes = np.flatnonzero(np.diff(explored.shown["path_classes"]))
    assert len(changes) == 1  # where the first pixel falls below 0.5 on the way from 0.6 to 0.2
    assert changes[0] == 24


def test_an_edit_has_a_path_and_no_morph(explored):
    path = {"path_features": np.array([[0.0, 0.0], [0.3, 0.4], [0.6, 0.0]])}
    rows = path_rows([(3, "edit", path), (5, "ball", explored.shown)])
    assert rows["length_over_chord"].tolist() == pytest.approx([1.0 / 0.6, 1.0])
    assert np.isnan(rows["morph_end"][0])
    assert path_rows([]).columns.tolist() == rows.columns.tolist()


def test_the_neighbour_is_of_the_class_and_nearest_to_the_surface():
    training = np.array([[1.0, 0.0], [1.9, 0.0], [2.0, 0.0]])
    located = pd.DataFrame({"sample": [7, 8, 9], "predicted": [0, 0, 1]})
    assert on_the_perimeter(np.zeros(2), 2.0, training, located, own=0) == 8
    assert on_the_perimeter(np.zeros(2), 2.0, training, located, own=1) == 9


def test_a_morph_walks_straight_in_where_features_are_pixels(feature_map):
    """The point of each disc nearest to the neighbour is on the line to the centre."""
    centre, neighbour = np.array([0.2, 0.3]), np.array([0.6, 0.6])
    options = {"tolerance": 1e-8, "seed": 0}
    ball = Ball(centre, 0.5, as_image(centre), as_image(neighbour))
    steps, radii = morph(feature_map, ball, options)
    unit = (neighbour - centre) / 0.5
    np.testing.assert_allclose(steps.image.reshape(-1, 2), centre + radii[:, None] * unit, atol=1e-5)
    assert radii[-1] == 0
    assert (np.diff(radii) < 0).all()
