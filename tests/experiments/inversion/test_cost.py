"""Eight rows of a Jacobian, timed."""

import pytest
import torch
from torch import nn

from phiscope.experiments import timing
from phiscope.experiments.inversion import cost
from phiscope.geometry.inversion import gradients, relaxed
from phiscope.models import split


def small(features):
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 36, features), nn.ReLU(), nn.Linear(features, 3)
    )
    return split(network, torch.rand(2, 1, 8, 8))


@pytest.fixture
def feature_map():
    return small(40)


def clock(monkeypatch):
    """A clock that a backward pass over b images moves by b, and a forward pass by 10 b."""
    now = [0.0]

    def pull_back(scalar, images, kept=relaxed._pull_back):
        now[0] += len(images)
        return kept(scalar, images)

    monkeypatch.setattr(relaxed, "_pull_back", pull_back)
    monkeypatch.setattr(timing.time, "process_time", lambda: now[0])
    return now


def test_rows_are_extrapolated_to_all_features(feature_map, monkeypatch):
    now = clock(monkeypatch)
    kept = feature_map.network.forward

    def forward(images):
        now[0] += 10 * len(images)
        return kept(images)

    monkeypatch.setattr(feature_map.network, "forward", forward)
    measured = cost.measure(feature_map, torch.rand(16, 1, 8, 8), memory=1e9)
    # 40 features: a forward pass and 40 backward ones, of which 8 were run.
    assert (measured.batch, measured.jacobian, measured.alone, measured.forward) == (16, 50.0, 50.0, 10.0)


def test_rows_are_those_of_the_jacobian(feature_map):
    images = torch.rand(3, 1, 8, 8)
    whole = relaxed.jacobian(feature_map, images, torch.zeros(3))
    assert torch.equal(relaxed.first_rows(feature_map, images, 8), whole[:, :8])
    assert relaxed.first_rows(feature_map, images, 100).shape == whole.shape


def test_processor_time_is_measured(feature_map):
    measured = cost.measure(feature_map, torch.rand(16, 1, 8, 8), memory=1e9)
    assert min(measured.jacobian, measured.alone, measured.forward) > 0


def test_little_memory_makes_small_batches_and_too_little_none(feature_map):
    images = torch.rand(16, 1, 8, 8)
    least = cost.measure(feature_map, images, memory=1e9).image_bytes
    assert cost.measure(feature_map, images, memory=least).batch == 1
    without = cost.measure(feature_map, images, memory=least - 1)
    assert (without.batch, without.jacobian, without.image_bytes) == (0, 0.0, least)


@pytest.mark.parametrize(("features", "many"), [(40, False), (gradients.MANY - 1, False), (gradients.MANY, True)])
def test_whether_a_search_makes_gradient_steps_is_known(features, many):
    assert cost.measure(small(features), torch.rand(1, 1, 8, 8), memory=1e9).many == many
