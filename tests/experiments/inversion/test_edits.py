"""What an edit does, on a network whose features are its pixels."""

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.experiments.inversion import edits
from phiscope.experiments.inversion.sides import sides_of
from phiscope.head import Head
from phiscope.models import split


@pytest.fixture
def parts():
    """Class 1 where the first pixel is above 0.5; the training set is the unit square's lower half."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(2, 2))
    weight = np.array([[-1.0, 1.0], [0.0, 0.0]])
    with torch.no_grad():
        network[1].weight.copy_(torch.from_numpy(weight.T))
        network[1].bias.copy_(torch.tensor([0.5, -0.5]))
    head = Head(weight, np.array([0.5, -0.5]), "1", None)
    training = np.array([[0, 0], [1, 0], [1, 0.5], [0, 0.5]])
    return split(network, torch.rand(2, 1, 1, 2), head="1"), head, training


def test_an_edit_moves_its_sample_as_the_pixels_say(parts):
    before, after = np.array([[[0.4, 0.9]]]), np.array([[[0.8, 0.6]]])
    feature_map, head, training = parts
    edited = edits.compare(feature_map, before, after)
    sides = sides_of(edited.features, head, training).set_index("side")
    assert sides["predicted"].tolist() == [0, 1]
    assert sides["closest_class"].tolist() == [1, 0]
    np.testing.assert_allclose(sides["margin"], [0.1, 0.3], atol=1e-6)
    np.testing.assert_allclose(sides["distance"], [0.4, 0.1], atol=1e-6)
    np.testing.assert_allclose(sides["ambiguity"], sides["margin"] - sides["distance"])
    np.testing.assert_allclose(sides["moved"], 0.5, atol=1e-6)
    np.testing.assert_allclose(edited.features, [[0.4, 0.9], [0.8, 0.6]])
    np.testing.assert_allclose(edited.path, np.linspace(before, after, edits.PATH_POINTS).reshape(-1, 2))
    assert (np.diff(edited.path_classes) != 0).sum() == 1
