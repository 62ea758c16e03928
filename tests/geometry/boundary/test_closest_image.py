"""The closest image on the boundary against closed forms, a quadratic program and brute force, and its promises."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import qpsolvers
import torch
from torch import nn

from phiscope.errors import DataError
from phiscope.geometry.boundary import TOLERANCE, closest_image
from phiscope.geometry.boundary.descent import BoundaryPoints
from phiscope.geometry.boundary.halfspaces import project
from phiscope.geometry.boundary.lead import Lead


def linear(weight: np.ndarray, bias: np.ndarray) -> nn.Module:
    """Images to weight @ pixels + bias."""
    layer = nn.Linear(*weight.T.shape)
    layer.weight.data, layer.bias.data = torch.tensor(weight).float(), torch.tensor(bias).float()
    return nn.Sequential(nn.Flatten(), layer).requires_grad_(False)


def network(inputs: int, width: int, classes: int, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    layers = [nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    whole = nn.Sequential(*layers, nn.Linear(width, classes)).requires_grad_(False)
    whole[-1].bias -= whole(torch.rand(500, inputs)).mean(0)  # so that every class has a region
    return whole


def logits(of: nn.Module, images: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return copy.deepcopy(of).double()(torch.from_numpy(np.asarray(images, np.float64))).numpy()


def test_of_a_linear_network_it_is_at_the_distance_to_the_closest_hyperplane() -> None:
    random = np.random.default_rng(0)
    weight, bias = random.standard_normal((4, 12)), np.zeros(4)
    images = (0.5 + 0.01 * random.standard_normal((20, 1, 3, 4))).astype(np.float32)
    bias -= weight.sum(1) / 2  # all logits nearly equal: boundaries are nearer than the box's sides
    found = closest_image(linear(weight, bias), images)
    z = images.reshape(20, -1).astype(float) @ weight.T + bias
    own = z.argmax(1)
    away = [
        min((z[k, c] - z[k, j]) / np.linalg.norm(weight[c] - weight[j]) for j in range(4) if j != c)
        for k, c in enumerate(own)
    ]
    np.testing.assert_allclose(found.distance, away, rtol=1e-4, atol=1e-7)
    assert (found.status == "stationary").all()
    assert (found.residual < 1e-3).all()


def test_in_the_box_it_is_the_solution_of_a_quadratic_program() -> None:
    random = np.random.default_rng(1)
    weight, bias = random.standard_normal((3, 8)), np.array([2.5, 0.0, 0.0])
    images = random.random((12, 1, 2, 4)).astype(np.float32)
    images.reshape(12, -1)[:, :3] = (0.0, 1.0, 0.02)
    found = closest_image(linear(weight, bias), images)
    bound, touched = [], False
    for image, own in zip(images.reshape(12, -1).astype(float), found.own):
        ways = []
        for j in {0, 1, 2} - {int(own)}:
            rows, level = (weight[own] - weight[j])[None], np.array([bias[j] - bias[own]])
            x = qpsolvers.solve_qp(np.eye(8), -image, rows, level, lb=np.zeros(8), ub=np.ones(8), solver="piqp")
            if x is not None:
                ways.append((np.linalg.norm(x - image), x))
        best = min(ways, key=lambda way: way[0])
        bound.append(best[0])
        touched |= bool(((best[1] < 1e-6) | (best[1] > 1 - 1e-6)).any())
    assert touched  # else the box would not matter
    np.testing.assert_allclose(found.distance, bound, rtol=1e-4)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_in_two_dimensions_hardly_anything_on_a_fine_grid_is_nearer(seed: int) -> None:
    of = network(2, 12, 3, seed)
    cells = 250
    axis = (np.arange(cells) + 0.5) / cells
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 1, 1, 2)
    classes = logits(of, grid).argmax(1)
    assert len(set(classes)) > 1
    images = np.random.default_rng(seed).random((40, 1, 1, 2)).astype(np.float32)
    found = closest_image(of, images, starts={"other": _another_class(images, grid, classes, of)})
    own = logits(of, images).argmax(1)
    points = grid.reshape(-1, 2)
    nearest = [np.linalg.norm(points[classes != c] - image.ravel(), axis=1).min() for c, image in zip(own, images)]
    # The grid's images are of another class; a search is local, so that one in twenty may end elsewhere.
    assert (found.distance <= np.array(nearest) + 1e-9).mean() >= 0.95


def _another_class(images: np.ndarray, grid: np.ndarray, classes: np.ndarray, of: nn.Module) -> np.ndarray:
    """The image of another class on a coarse part of the grid that is nearest, as training images would be."""
    own, coarse = logits(of, images).argmax(1), slice(0, None, 97)
    points, theirs = grid.reshape(-1, 2)[coarse], classes[coarse]
    return np.stack(
        [
            points[theirs != c][np.linalg.norm(points[theirs != c] - image.ravel(), axis=1).argmin()].reshape(1, 1, 2)
            for c, image in zip(own, images)
        ]
    ).astype(np.float32)


def test_two_logits_are_equal_and_largest_in_the_box_and_no_start_is_nearer() -> None:
    of = network(36, 24, 5, 3)
    random = np.random.default_rng(3)
    images = random.random((30, 1, 6, 6)).astype(np.float32)
    other = random.random((200, 1, 6, 6)).astype(np.float32)
    own, theirs = logits(of, images).argmax(1), logits(of, other).argmax(1)
    starts = np.stack([other[theirs != c][0] for c in own])
    found = closest_image(of, images, starts={"random": starts})
    assert (found.status != "not_found").all()
    z = np.sort(logits(of, found.image), axis=1)
    np.testing.assert_allclose(z[:, -1], z[:, -2], atol=1e-9)
    np.testing.assert_allclose(z[:, -2] - z[:, -3], found.behind, atol=1e-9)
    assert found.image.min() >= 0
    assert found.image.max() <= 1
    away = np.linalg.norm((starts.astype(float) - images).reshape(30, -1), axis=1)
    assert (found.distance <= away).all()
    np.testing.assert_allclose(np.linalg.norm((found.image - images).reshape(30, -1), axis=1), found.distance)


def test_the_residual_tells_a_stationary_image_from_one_that_is_not() -> None:
    """Nearer images along the boundary exist where the residual says so: random steps along it find none else."""
    of = network(16, 20, 3, 5)
    random = np.random.default_rng(5)
    images = random.random((12, 1, 4, 4)).astype(np.float32)
    found = closest_image(of, images)
    stationary = np.flatnonzero(found.status == "stationary")
    assert len(stationary) >= 10
    for k in stationary:
        x, x0 = found.image[k].ravel(), images[k].ravel().astype(float)
        steps = random.standard_normal((4000, 16)) * found.distance[k] * 0.002
        near = np.clip(x + steps, 0, 1)
        crossed = logits(of, near.reshape(-1, 1, 4, 4))
        crossed[:, found.own[k]] -= 1e-12
        beyond = near[crossed.argmax(1) != found.own[k]]
        assert np.linalg.norm(beyond - x0, axis=1).min() > found.distance[k] * (1 - TOLERANCE**2)


def test_an_image_on_the_boundary_is_its_own_answer_and_where_there_is_no_boundary_none_is_found() -> None:
    equal = linear(np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2))
    found = closest_image(equal, np.full((1, 1, 1, 2), 0.5, np.float32))
    assert found.distance[0] == pytest.approx(0, abs=1e-7)
    images = np.full((2, 1, 1, 2), 0.5, np.float32)
    none = closest_image(linear(np.eye(2), np.array([10.0, 0.0])), images)
    assert (none.status == "not_found").all()
    assert np.isnan(none.distance).all()
    np.testing.assert_array_equal(none.image, images)


def test_starts_of_another_shape_are_refused() -> None:
    with pytest.raises(DataError, match="start 'pgd' has shape"):
        closest_image(linear(np.eye(2), np.zeros(2)), np.zeros((2, 1, 1, 2)), starts={"pgd": np.zeros((1, 1, 1, 2))})


@pytest.mark.parametrize("levels", [(0.0, 1.0), (0.0,), (0.0, 0.4, 1.0)])
def test_several_inequalities_are_met_from_black_and_white_images(levels) -> None:
    """Every pixel is at a bound at first, half of them may move at once: against a quadratic program."""
    random = np.random.default_rng(7)
    x0 = random.choice(levels, size=(6, 20))
    rows, offset = random.standard_normal((6, 3, 20)), np.empty((6, 3))
    inside = random.random((6, 20))
    offset[:] = -np.einsum("nqp,np->nq", rows, inside) + 0.01
    found, _ = project(*(torch.from_numpy(each) for each in (x0, rows, offset, np.zeros((6, 3)))))
    for image, own, level, y in zip(x0, rows, offset, found.numpy()):
        best = qpsolvers.solve_qp(np.eye(20), -image, -own, level, lb=np.zeros(20), ub=np.ones(20), solver="piqp")
        assert (level + own @ y).min() > -1e-5
        assert np.linalg.norm(y - image) == pytest.approx(np.linalg.norm(best - image), abs=1e-3)


def test_a_start_where_the_lead_does_not_grow_is_as_long_as_its_way() -> None:
    """The linearised boundary of such an image can lie behind the sample: a length of that would always win."""
    weight, bias = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 0.9]]), np.zeros(3)
    lead = Lead(linear(weight, bias), (1, 1, 2), 10)
    x0 = torch.tensor([[0.6, 0.5], [0.6, 0.5]])
    x = torch.tensor([[0.5, 0.9], [0.1, 0.5]])  # far beyond the boundary; where the lead falls on the way
    points = BoundaryPoints.at(lead, x0, torch.tensor([0, 1]), x)
    assert (points.value > 0).all()
    torch.testing.assert_close(points.length, (x - x0).norm(dim=1))


def test_of_an_image_next_to_the_boundary_float64_has_the_last_digits() -> None:
    """A millionth from it, float32 has one digit of the way."""
    of = network(12, 40, 3, seed=3)
    far = np.random.default_rng(5).random((12, 1, 3, 4))
    there = closest_image(of, far)
    near = there.image + 2e-6 * (far - there.image) / there.distance[:, None, None, None]
    found = closest_image(of, near)
    assert (found.distance < 5e-6).all()
    assert (found.residual < 1e-6).all()


def test_an_inequality_that_is_left_out_changes_nothing() -> None:
    """However steep it is: bundles keep the gradients of pieces that they have dropped."""
    random = np.random.default_rng(11)
    x0, rows = random.random((4, 30)), random.standard_normal((4, 2, 30))
    offset = -np.einsum("nqp,np->nq", rows, x0) - 1e-4
    for dtype in (torch.float32, torch.float64):
        alone, _ = project(
            *(torch.from_numpy(each).to(dtype) for each in (x0, rows[:, :1], offset[:, :1], np.zeros((4, 1))))
        )
        steep, left_out = rows * [[[1.0], [1e6]]], offset.copy()
        left_out[:, 1] = np.inf
        beside, _ = project(*(torch.from_numpy(each).to(dtype) for each in (x0, steep, left_out, np.zeros((4, 2)))))
        torch.testing.assert_close(beside, alone, rtol=0, atol=1e-6)
        assert ((beside - torch.from_numpy(x0).to(dtype)).norm(dim=1) > 1e-6).all()


def test_every_gradient_is_counted(monkeypatch) -> None:
    computed, original = [], Lead.gradient

    def counted(self, x, *given):
        computed.append(len(x))
        return original(self, x, *given)

    monkeypatch.setattr(Lead, "gradient", counted)
    found = closest_image(network(12, 40, 3, seed=3), np.random.default_rng(5).random((6, 1, 3, 4)))
    assert found.gradients.sum() == pytest.approx(sum(computed))
