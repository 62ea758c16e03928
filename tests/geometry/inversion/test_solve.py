"""Inversion on networks whose answers are known, and invariants on one whose answers are not."""

import numpy as np
import pytest
import torch
from scipy.optimize import least_squares, lsq_linear, minimize
from torch import nn

from phiscope.arrays import generator
from phiscope.errors import DataError
from phiscope.geometry.inversion import invert
from phiscope.geometry.inversion.box import nearest_in_box


def linear_map(weight):
    weight = torch.from_numpy(weight)
    return lambda x: x.flatten(1) @ weight.T.to(x)


@pytest.fixture
def network():
    torch.manual_seed(3)
    layers = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 12, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(12, 6, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip
    with torch.no_grad():
        layers[4].bias += 0.05  # so that no feature is dead at every place of an image, where it has no derivative
    return _Doubling(layers)


class _Doubling:
    """A feature map with its float64 version, as FeatureMap has it."""

    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        return self.layers(x)

    def double(self):
        import copy

        return _Doubling(copy.deepcopy(self.layers).double())


def images(count, seed=0, shape=(1, 8, 8)):
    return generator(seed).uniform(0.1, 0.9, size=(count, *shape))


def exact_features(network, x):
    with torch.no_grad():
        return network.double()(torch.from_numpy(x)).numpy()


# The step: the nearest point of an affine space in a box.


@pytest.mark.parametrize("seed", range(5))
def test_nearest_in_box_against_scipy(seed):
    rng = generator(seed)
    rows, anchor = rng.normal(size=(3, 12)), rng.uniform(-0.5, 1.5, size=12)
    goal = rows @ rng.uniform(size=12)  # met somewhere in the box
    tensors = [torch.from_numpy(array)[None] for array in (rows, anchor, goal, np.zeros(12), np.ones(12))]
    point = nearest_in_box(*tensors, precision=1e-10)[0].numpy()
    peer = minimize(
        lambda x: 0.5 * ((x - anchor) ** 2).sum(),
        np.full(12, 0.5),
        jac=lambda x: x - anchor,
        bounds=[(0, 1)] * 12,
        constraints={"type": "eq", "fun": lambda x: rows @ x - goal, "jac": lambda x: rows},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    np.testing.assert_allclose(rows @ point, goal, atol=1e-8)
    assert ((point >= 0) & (point <= 1)).all()
    np.testing.assert_allclose(point, peer.x, atol=1e-5)


@pytest.mark.parametrize("damping", [1e-4, 0.1, 100.0])
def test_the_damped_box_step_against_bounded_least_squares(damping):
    rng = generator(8)
    rows, anchor, goal = rng.normal(size=(6, 12)), rng.uniform(-0.5, 1.5, size=12), 4 * rng.normal(size=6)
    tensors = [torch.from_numpy(array)[None] for array in (rows, anchor, goal, np.zeros(12), np.ones(12))]
    point = nearest_in_box(*tensors, damping=torch.tensor([damping]).double(), precision=1e-12)[0].numpy()
    stacked = np.vstack([np.eye(12), rows / np.sqrt(damping)])
    peer = lsq_linear(stacked, np.concatenate([anchor, goal / np.sqrt(damping)]), (0, 1), tol=1e-14)
    np.testing.assert_allclose(point, peer.x, atol=1e-5)


# A linear map: the closed form.


def test_linear_map_gives_the_orthogonal_projection():
    rng = generator(1)
    weight, x = rng.normal(size=(4, 64)), images(5)
    target = x.reshape(5, -1) @ weight.T + 0.1 * rng.normal(size=(5, 4))
    inversion = invert(linear_map(weight), target, x, tolerance=1e-9)
    flat = x.reshape(5, -1)
    expected = flat + (target - flat @ weight.T) @ np.linalg.pinv(weight).T
    assert (inversion.status == "solved").all()
    np.testing.assert_allclose(inversion.image.reshape(5, -1), expected, atol=1e-6)
    np.testing.assert_allclose(inversion.distance, np.linalg.norm(expected - flat, axis=1), rtol=1e-5)


def test_linear_map_onto_the_perimeter():
    """The nearest point at distance r from the centre: for an orthonormal map, along the radius."""
    rng = generator(2)
    weight = np.linalg.qr(rng.normal(size=(64, 3)))[0].T
    x, centre = images(4), rng.normal(size=(4, 3))
    inversion = invert(linear_map(weight), centre, x, radius=0.4, where="perimeter", tolerance=1e-9)
    away = np.linalg.norm(x.reshape(4, -1) @ weight.T - centre, axis=1)
    np.testing.assert_allclose(
        np.linalg.norm(inversion.image.reshape(4, -1) @ weight.T - centre, axis=1), 0.4, atol=1e-8
    )
    inside_box = (inversion.image > 0).all(axis=(1, 2, 3)) & (inversion.image < 1).all(axis=(1, 2, 3))
    np.testing.assert_allclose(inversion.distance[inside_box], np.abs(away - 0.4)[inside_box], rtol=1e-4)
    assert inside_box.any()


def test_a_target_the_box_does_not_reach():
    """Sums beyond the number of pixels: the best there is is the corner of the box."""
    inversion = invert(linear_map(np.ones((1, 64))), np.array([[80.0]]), images(1))
    assert inversion.status[0] == "unreached"
    np.testing.assert_allclose(inversion.image, 1, atol=1e-6)
    assert inversion.residual[0] == pytest.approx(16, rel=1e-6)


def test_average_pooling_shifts_every_block():
    x, pool = images(3), nn.AvgPool2d(4)
    target = pool(torch.from_numpy(x)).numpy().reshape(3, -1) + 0.05
    inversion = invert(lambda image: pool(image).flatten(1), target, x, tolerance=1e-9)
    np.testing.assert_allclose(inversion.image, x + 0.05, atol=1e-7)


def test_orthogonal_relu_layer():
    """ReLU(Qx) = y with y > 0 fixes those coordinates; those with y = 0 only have to be <= 0.

    A result is local: where a unit that is off stands in the way home, it stays behind it. Most find the nearest image.
    """
    rng = generator(4)
    q = np.linalg.qr(rng.normal(size=(9, 9)))[0]
    x = rng.uniform(-0.2, 0.2, size=(6, 9))
    target = np.maximum(q @ rng.uniform(-0.3, 0.3, size=9), 0)[None].repeat(6, axis=0)
    matrix = torch.from_numpy(q)
    inversion = invert(
        lambda image: torch.relu(image @ matrix.T.to(image)), target, x, lower=-5, upper=5, tolerance=1e-9
    )
    assert (inversion.status == "solved").all()
    np.testing.assert_allclose(np.maximum(q @ inversion.image.T, 0).T, target, atol=1e-8)
    expected = np.where(target > 0, target, np.minimum(q @ x.T, 0).T)
    nearest = np.linalg.norm(expected - (q @ x.T).T, axis=1)
    assert (inversion.distance >= nearest * (1 - 1e-9)).all()
    nearly = inversion.distance <= nearest * (1 + 2e-3)  # the polish ends when a round gains less than this
    assert nearly.sum() >= 4


# A ReLU network.


def test_features_of_other_images_are_reached(network):
    x, other = images(6), images(6, seed=1)
    target = exact_features(network, other)
    inversion = invert(network, target, x)
    assert (inversion.status == "solved").all()
    away = np.linalg.norm(exact_features(network, inversion.image) - target, axis=1)
    np.testing.assert_allclose(away, inversion.residual, rtol=1e-9, atol=1e-12)
    assert (away <= 1e-6 * np.linalg.norm(target, axis=1)).all()
    assert ((inversion.image >= 0) & (inversion.image <= 1)).all()
    assert (inversion.distance <= np.linalg.norm((other - x).reshape(6, -1), axis=1)).all(), "the other image is nearer"


def test_the_polish_never_goes_away_from_the_reference(network):
    x, target = images(6), exact_features(network, images(6, seed=1))
    plain, polished = invert(network, target, x, polishes=0), invert(network, target, x)
    assert (polished.distance <= plain.distance * (1 + 1e-9)).all()
    assert (polished.distance < 0.95 * plain.distance).any()


def test_backtracks_come_nearer(network):
    x, target = images(12), exact_features(network, images(12, seed=3))
    plain, nearer = (invert(network, target, x, backtracks=count) for count in (0, 3))
    both = (plain.status == "solved") & (nearer.status == "solved")
    assert both.sum() >= 10
    assert (nearer.distance <= plain.distance * (1 + 1e-9))[both].all()
    assert (nearer.distance < plain.distance * (1 - 1e-4))[both].mean() > 0.5


def test_batched_is_one_by_one(network):
    x, target = images(5), exact_features(network, images(5, seed=1))
    together = invert(network, target, x)
    for k in range(5):
        alone = invert(network, target[k : k + 1], x[k : k + 1], streams=[k])
        assert alone.status[0] == together.status[k]
        np.testing.assert_allclose(alone.distance, together.distance[k], rtol=0.02)


def test_more_starts_are_never_farther(network):
    x, target = images(4), exact_features(network, images(4, seed=1))
    one, three = invert(network, target, x), invert(network, target, x, starts=3)
    assert (three.distance <= one.distance * (1 + 1e-9)).all()
    assert (three.jacobians > one.jacobians).all()


def test_perimeter_and_inside(network):
    x, other = images(4), images(4, seed=1)
    centre = exact_features(network, other)
    radius = 0.5 * np.linalg.norm(exact_features(network, x) - centre, axis=1)
    for where in ("inside", "perimeter"):
        inversion = invert(network, centre, x, radius=radius, where=where)
        assert (inversion.status == "solved").all()
        away = np.linalg.norm(exact_features(network, inversion.image) - centre, axis=1)
        np.testing.assert_allclose(away, radius, rtol=1e-5)


def test_a_reference_inside_the_ball_is_the_answer(network):
    x = images(2)
    inversion = invert(network, exact_features(network, x), x, radius=0.1)
    assert (inversion.status == "reference").all()
    np.testing.assert_array_equal(inversion.image, x)
    assert (inversion.distance == 0).all()
    perimeter = invert(network, exact_features(network, x), x, radius=0.01, where="perimeter")
    np.testing.assert_allclose(
        np.linalg.norm(exact_features(network, perimeter.image) - exact_features(network, x), axis=1), 0.01, rtol=1e-4
    )


def test_negative_features_are_out_of_range(network):
    """Averages of ReLUs are never negative: the residual is at least the negative part."""
    x = images(2)
    target = exact_features(network, x)
    target[:, 0] = -0.05
    inversion = invert(network, target, x, jacobians=15)
    assert (inversion.status == "unreached").all()
    assert (inversion.residual >= 0.05 - 1e-9).all()


def test_an_unreached_linear_target_ends_at_the_least_squares_solution():
    """Many equations that the box cannot meet: the smallest residual is that of bounded least squares."""
    rng = generator(6)
    weight, x = rng.normal(size=(20, 64)), images(4)
    target = x.reshape(4, -1) @ weight.T + 30 * rng.normal(size=(4, 20))
    inversion = invert(linear_map(weight), target, x)
    best = [np.sqrt(2 * lsq_linear(weight, goal, (0, 1), tol=1e-14).cost) for goal in target]
    assert (inversion.status == "unreached").all()
    np.testing.assert_allclose(inversion.residual, best, rtol=2e-3)


def test_an_unreached_target_ends_no_worse_than_scipy_does(network):
    """As many features as decide, an independent bounded least-squares method, the same start."""
    x = images(3)
    target = exact_features(network, x) * 1.5
    target[:, 0] = -0.05

    def residuals(flat, goal):
        return exact_features(network, flat.reshape(1, *x.shape[1:]))[0] - goal

    inversion = invert(network, target, x)
    for residual, start, goal in zip(inversion.residual, x, target, strict=True):
        inner = start.ravel().clip(1e-6, 1 - 1e-6)
        peer = least_squares(residuals, inner, bounds=(0, 1), args=(goal,), max_nfev=60)
        assert residual <= 1.02 * np.linalg.norm(peer.fun)


def test_bad_input_gets_a_sentence(network):
    x = images(2)
    target = exact_features(network, x)
    with pytest.raises(DataError, match="expected \\(b, f\\)"):
        invert(network, target[:1], x)
    with pytest.raises(DataError, match="outside the box"):
        invert(network, target, x + 1)
    with pytest.raises(DataError, match="radii"):
        invert(network, target, x, radius=-1)
    with pytest.raises(DataError, match="targets"):
        invert(network, target * np.nan, x)


def test_the_box_step_meets_a_bounded_least_squares_problem():
    """Where the equations cannot be met, no point of the box violates them much less."""
    rng = generator(5)
    rows, goal = rng.normal(size=(2, 10)), np.array([50.0, 0.0])
    tensors = [torch.from_numpy(array)[None] for array in (rows, np.full(10, 0.5), goal, np.zeros(10), np.ones(10))]
    point = nearest_in_box(*tensors)[0].numpy()
    best = lsq_linear(rows, goal, (0, 1))
    assert np.linalg.norm(rows @ point - goal) <= 1.2 * np.sqrt(2 * best.cost)
