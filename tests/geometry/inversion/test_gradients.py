"""Gradient steps on a map whose derivative says little of where it leads, as a deep ReLU network's does."""

import numpy as np
import pytest
import torch

from phiscope.arrays import generator
from phiscope.geometry.inversion import gradients, invert
from phiscope.geometry.inversion.gradients import MANY, approach
from phiscope.geometry.inversion.memory import Batch, Footprint
from phiscope.geometry.inversion.restoration import Aim, BoxedNetwork, ImageSearch, restore

SHAPE, NUMBERS = (3, 16, 16), 768


def folded(features=MANY, strength=1.5, fine=60.0):
    """Linear features, each folded many times over the way to go: the folds are steeper than the features."""
    rng = generator(0)
    slope, across = (torch.from_numpy(rng.normal(size=(features, NUMBERS)) / NUMBERS**0.5) for _ in range(2))

    def compute(x):
        x = x.flatten(1)
        folds = (torch.remainder(fine * (x @ across.T.to(x)), 2) - 1).abs()
        return x @ slope.T.to(x) + strength / fine * folds

    return compute


def problem(compute, count=2):
    rng = generator(1)
    x, other = (rng.uniform(0.2, 0.8, (count, *SHAPE)) for _ in range(2))
    return x, compute(torch.from_numpy(0.7 * x + 0.3 * other)).numpy()


def test_many_folded_features_are_reached_by_gradients(monkeypatch):
    compute = folded()
    x, target = problem(compute)
    options = {"jacobians": 30, "restarts": 0, "damped_steps": 0, "backtracks": 0, "polishes": 0}
    found = invert(compute, target, x, **options)
    assert (found.status == "solved").all()
    away = np.linalg.norm(compute(torch.from_numpy(found.image)).numpy() - target, axis=1)
    assert (away <= 1e-6 * np.linalg.norm(target, axis=1)).all()
    assert ((found.image >= 0) & (found.image <= 1)).all()
    monkeypatch.setattr(gradients, "MANY", 2**30)
    newton = invert(compute, target, x, **options)
    assert (newton.status == "unreached").all()


def test_where_newtons_step_does_no_gradient_is_taken(monkeypatch):
    monkeypatch.setattr(gradients._Descent, "_gradient", lambda *given, **more: pytest.fail("a gradient step"))
    compute = folded(strength=0.0)
    x, target = problem(compute)
    assert (invert(compute, target, x).status == "solved").all()
    few = folded(features=32)
    x, target = problem(few)
    invert(few, target, x, restarts=0, damped_steps=0)


def test_images_go_their_own_ways_to_spheres():
    """One image alone takes the steps that it takes beside another, and ends at the radius."""
    compute = folded(features=64)
    x, target = problem(compute)
    network = BoxedNetwork(compute, compute, SHAPE, 0.0, 1.0)
    flat, aim = torch.from_numpy(x).flatten(1), Aim(torch.from_numpy(target), torch.tensor([0.0, 0.3]).double())

    def approached(rows):
        search = ImageSearch(flat[rows].clone(), torch.full((len(rows),), torch.inf).double())
        wanted = torch.ones(len(rows), dtype=torch.bool)
        approach(network, search, aim[rows], wanted, tolerance=1e-6, batch=16)
        return search

    together = approached(torch.arange(2))
    away = (compute(together.images) - aim.centre).norm(dim=1)
    assert ((away - aim.radius).abs() <= 1e-6 * aim.scale).all()
    for row in range(2):
        alone = approached(torch.tensor([row]))
        assert alone.jacobians[0] == together.jacobians[row]
        torch.testing.assert_close(alone.images[0], together.images[row], rtol=0, atol=1e-4)


def test_the_metric_of_a_jacobian_evens_slopes_out(monkeypatch):
    """A linear map whose slopes differ a thousandfold: reached with it, not without."""
    orthogonal = np.linalg.qr(generator(2).normal(size=(NUMBERS, 16)))[0].T
    slope = torch.from_numpy(np.geomspace(1, 1e-3, 16)[:, None] * orthogonal)
    network = BoxedNetwork(*[lambda x: x.flatten(1) @ slope.T.to(x)] * 2, SHAPE, 0.0, 1.0)
    x, other = (torch.from_numpy(generator(k).uniform(0.2, 0.8, (1, NUMBERS))) for k in (3, 4))
    aim = Aim(other @ slope.T, torch.zeros(1).double())

    def residual():
        search = ImageSearch(x.clone(), torch.full((1,), torch.inf).double())
        approach(network, search, aim, torch.ones(1, dtype=torch.bool), tolerance=1e-6, batch=1)
        return float(search.residual[0])

    assert residual() <= 1e-6
    monkeypatch.setattr(gradients, "_MIDDLE", 0.0)
    monkeypatch.setattr(gradients, "_SINGLE", 0.0)
    assert residual() > 1e-5


def test_what_gradients_do_not_reach_stays_no_worse():
    """Features that are squares are not negative: the patience ends, and the image of the least residual is kept."""
    network = BoxedNetwork(lambda x: x.flatten(1).square(), lambda x: x.flatten(1).square(), (4,), 0.0, 1.0)
    aim = Aim(torch.full((1, 4), -1.0).double(), torch.zeros(1).double())
    search = ImageSearch(torch.full((1, 4), 0.05).double(), torch.tensor([1.0025]).double())
    approach(network, search, aim, torch.ones(1, dtype=torch.bool), tolerance=1e-6, batch=1)
    assert search.residual[0] == pytest.approx(1.0, abs=1e-6)
    assert 150 / 4 <= int(search.jacobians[0]) <= 300 / 4, "one patience, from the last gain on"


def test_memory_of_gradients_in_float64_is_counted():
    few, many = (Footprint(saved=10**9, widest=0, jacobian=4 * n * 10, vector=80) for n in (MANY - 1, MANY))
    assert many.needed(Batch(1, 1)) > 1.9 * few.needed(Batch(1, 1))


def test_each_image_has_jacobians_of_its_own():
    """What gradients were tried for gets fewer; an image beside it does not."""
    compute = folded(features=16)
    x, target = problem(compute)
    network = BoxedNetwork(compute, compute, SHAPE, 0.0, 1.0)
    aim = Aim(torch.from_numpy(target), torch.zeros(2).double())
    search = ImageSearch(torch.from_numpy(x).flatten(1), torch.full((2,), torch.inf).double())
    restore(network, search, aim, tolerance=1e-9, most=torch.tensor([2, 5]), batch=2)
    assert search.jacobians.tolist() == [2, 5]


def test_nothing_is_searched_where_every_reference_is_in_its_ball():
    """The other references have nothing to do either: an empty group of any width."""
    compute = folded()
    x = generator(2).uniform(0.2, 0.8, (1, *SHAPE))
    target = compute(torch.from_numpy(x)).numpy() + 1e-3
    found = invert(compute, target, x, radius=5.0)
    assert found.status.tolist() == ["reference"]
