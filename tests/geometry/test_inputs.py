"""Nothing that a caller passes in is changed; results say what matters in one line."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.errors import DataError
from phiscope.geometry import balls, hull, inversion, margin

draw = np.random.default_rng(0)


def frozen(*shape, kind=np.float64, low=0.0):
    array = np.maximum(draw.normal(size=shape), low).astype(kind)
    array.flags.writeable = False
    return array


def network(kind=torch.float32):
    torch.manual_seed(0)
    body = nn.Sequential(nn.Flatten(), nn.Linear(16, 12), nn.BatchNorm1d(12), nn.ELU(), nn.Linear(12, 5))
    return body.to(kind)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_geometry_takes_what_cannot_be_written_to(kind):
    features, vertices = frozen(12, 6, kind=kind), frozen(40, 6, kind=kind)
    weight, bias = frozen(6, 4, kind=kind, low=-9), frozen(4, kind=kind, low=-9)
    flips = margin.flip_points(features, weight, bias)
    closest = margin.closest_flip(features, weight, bias)
    projection = hull.project(features, vertices, threads=1)
    hull.verify(projection, features, vertices)
    balls.inside(features, closest.distance, vertices)
    balls.in_union(vertices, features, closest.distance)
    again = hull.project(features, vertices, threads=1, start=projection)
    np.testing.assert_allclose(again.distance, projection.distance, atol=1e-9)
    assert len(flips.distance) == 36


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_inversion_leaves_a_network_as_it_is(training, kind):
    body = network(kind).train(training)
    before, modes = copy.deepcopy(body.state_dict()), [module.training for module in body.modules()]
    images, target = frozen(3, 1, 4, 4).clip(0, 1), frozen(3, 5)
    images.flags.writeable = False
    inversion.invert(body, target, images, jacobians=2, polishes=0, backtracks=0)
    assert [module.training for module in body.modules()] == modes
    for key, value in body.state_dict().items():
        assert value.dtype == before[key].dtype, key
        assert torch.equal(value, before[key]), key
    assert all(parameter.grad is None and parameter.requires_grad for parameter in body.parameters())


def test_a_module_and_its_float64_give_the_same_solution():
    images = frozen(4, 1, 4, 4).clip(0, 1)
    body = network().eval()
    target = body(torch.rand(4, 1, 4, 4)).detach().double().numpy()
    found = inversion.invert(body, target, images)
    assert set(found.status) == {"solved"}
    exact = copy.deepcopy(body).double()
    with torch.no_grad():
        reached = exact(torch.from_numpy(found.image)).numpy()
    np.testing.assert_allclose(reached, target, atol=2e-6 * np.linalg.norm(target, axis=1).max())


@pytest.mark.parametrize("wrapped", ["closure", "float out"])
def test_a_callable_of_float32_alone_is_told_what_it_must_become(wrapped):
    body, images = network().eval(), frozen(2, 1, 4, 4).clip(0, 1)
    maps = {"closure": lambda x: body(x), "float out": lambda x: body(x.float())}
    with pytest.raises(DataError, match=r"invert: feature_map .*a method `double` that returns its float64 version"):
        inversion.invert(maps[wrapped], frozen(2, 5), images)


def test_reprs_are_one_line():
    features, weight, bias = frozen(12, 6), frozen(6, 4, low=-9), frozen(4, low=-9)
    body, images = network().eval(), frozen(2, 1, 4, 4).clip(0, 1)
    shown = [
        repr(margin.flip_points(features, weight, bias)),
        repr(margin.closest_flip(features, weight, bias)),
        repr(hull.project(features[:3], features[3:], threads=1)),
        repr(inversion.invert(body, frozen(2, 5), images, jacobians=2, polishes=0, backtracks=0)),
        repr(margin.closest_flip(features[:0], weight, bias)),
    ]
    assert shown[0].startswith("FlipPoints(36 pairs of a sample and a class, 36 solved, distance ")
    assert shown[4] == "ClosestFlip(0 samples, distance none)"
    for line in shown:
        assert "\n" not in line
        assert len(line) < 160
