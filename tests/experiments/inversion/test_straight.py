import numpy as np
import pytest
import torch
from torch import nn

from phiscope.experiments.inversion.straight import measure_paths, pairs_of
from phiscope.models import split


class Folded(nn.Module):
    """One pixel folded at a half, and as it is: φ = (|x - 1/2|, x), two straight pieces of slope √2."""

    def forward(self, x):
        x = x.flatten(1)
        return torch.cat([(x - 0.5).abs(), x], dim=1)


@pytest.fixture
def feature_map():
    network = nn.Sequential(Folded(), nn.Linear(2, 2))
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([[0.0, -1.0], [0.0, 1.0]]))
        network[1].bias.copy_(torch.tensor([0.5, -0.5]))
    return split(network, torch.rand(2, 1, 1, 1), head="1")


def test_a_path_across_a_fold_is_as_long_as_its_two_pieces(feature_map):
    pixels = np.array([0.0, 0.4, 1.0]).reshape(3, 1, 1, 1)
    predicted = np.array([0, 0, 1])
    found = measure_paths(feature_map, [(0, 2), (0, 1)], pixels.__getitem__, np.array([5, 6, 7]), predicted)
    np.testing.assert_allclose(found["length_over_chord"], [np.sqrt(2), 1], rtol=1e-5)
    np.testing.assert_allclose(found["farthest"], [0.5, 0], atol=1e-6)
    assert found["class_changes"].tolist() == [1, 0]
    assert found[["sample", "other"]].to_numpy().tolist() == [[5, 7], [5, 6]]


def test_pairs_are_of_one_class_and_of_two_in_turn():
    predicted = np.array([0, 0, 0, 1, 1, 2])
    pairs = pairs_of(predicted, 40, seed=3)
    same = [predicted[first] == predicted[second] for first, second in pairs]
    assert same == [True, False] * 20
    assert all(first != second for first, second in pairs)
    assert pairs[:10] == pairs_of(predicted, 10, seed=3)
    assert pairs != pairs_of(predicted, 40, seed=4)


def test_where_all_are_of_one_class_there_are_no_pairs_of_two():
    assert len(pairs_of(np.zeros(5, int), 6, seed=0)) == 3
