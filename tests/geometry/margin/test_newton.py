"""Newton's method for flip points against other solvers, and against exact arithmetic."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import exact
from phiscope.geometry import margin
from phiscope.geometry.margin import newton, pair

flip_points = partial(margin.flip_points, rows="features")


def problem(seed=0, m=12, f=8, n=5):
    random = np.random.default_rng(seed)
    return np.maximum(random.normal(size=(m, f)), 0), random.normal(size=(f, n)), random.normal(size=n)


def agree(one, other, atol):
    np.testing.assert_array_equal(one.status, other.status)
    np.testing.assert_allclose(one.distance, other.distance, rtol=1e-9, atol=atol)
    np.testing.assert_allclose(one.point, other.point, rtol=1e-9, atol=atol)


@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(1, 20), st.sampled_from([0.0, None, -0.5]))
@settings(max_examples=60, deadline=None)
def test_against_daqp_and_quadprog(seed, n, f, bound):
    x, W, b = problem(seed, m=4, f=f, n=n)
    newton, daqp, quadprog = (
        flip_points(x, W, b, lower_bound=bound, solver=solver) for solver in ("newton", "daqp", "quadprog")
    )
    agree(newton, daqp, 1e-9)
    agree(newton, quadprog, 1e-9)
    solved = newton.status == "solved"
    for residual in (newton.primal_residual, newton.dual_residual, newton.duality_gap):
        assert np.all(residual[solved] < 1e-12 * (1 + newton.distance[solved] ** 2))  # the cost's own scale


@pytest.mark.parametrize("bound", [0.0, None])
def test_against_exact_arithmetic(bound):
    """The optimum as fractions, proven by its optimality conditions; most of these have (8) active."""
    x, W, b = problem(seed=1)
    flips = flip_points(x, W, b, lower_bound=bound)
    proven = 0
    for row in np.flatnonzero(flips.status == "solved"):
        constraints = pair.Pair.of(W, b, flips.own[row], flips.other_class[row], bound)
        B, d = np.concatenate([constraints.A, constraints.G]), np.concatenate([constraints.b, constraints.h])
        y = exact.closest(x[flips.sample[row]], B, d, bound, flips.point[row])
        if y is not None:
            proven += 1
            np.testing.assert_allclose(flips.point[row], [float(value) for value in y], atol=1e-12)
    assert proven > 40


def test_classes_that_are_copies_of_each_other():
    """Two of (8) with the same row: their multipliers are not unique, the point is."""
    x, W, b = problem(seed=2, n=6)
    W[:, 5], b[5] = W[:, 4], b[4]
    flips, without = flip_points(x, W, b), flip_points(x, W[:, :5], b[:5])
    rows = (flips.own < 4) & (flips.other_class < 4)
    np.testing.assert_allclose(
        flips.distance[rows], without.distance[(without.own < 4) & (without.other_class < 4)], 1e-9
    )


def test_scale_of_the_weights_changes_nothing():
    x, W, b = problem(seed=3)
    base, scaled = flip_points(x, W, b), flip_points(x, 1e6 * W, 1e6 * b)
    agree(base, scaled, 1e-9)


def test_what_newton_leaves_is_solved_by_daqp(monkeypatch):
    x, W, b = problem(seed=4)
    real = newton.closest

    def leaves_every_second(points, B, d, bound, sizes, y, multipliers, converged):
        real(points, B, d, bound, sizes, y, multipliers, converged)
        converged[::2] = False

    expected = flip_points(x, W, b, solver="daqp")
    monkeypatch.setattr(newton, "closest", leaves_every_second)
    flips = flip_points(x, W, b)
    agree(flips, expected, 1e-9)
    assert np.all(flips.dual_residual[flips.status == "solved"] < 1e-10)


def test_a_wrong_point_of_newton_shows_in_the_certificate(monkeypatch):
    x, W, b = problem(seed=5)
    real = newton.closest

    def moved(points, B, d, bound, sizes, y, multipliers, converged):
        real(points, B, d, bound, sizes, y, multipliers, converged)
        y += 0.01

    monkeypatch.setattr(newton, "closest", moved)
    flips = flip_points(x, W, b)
    solved = flips.status == "solved"
    assert solved.sum() > 20
    assert np.all(flips.dual_residual[solved] > 1e-3)


def test_an_infeasible_pair_is_said_to_be_one():
    """Class 2 lies above class 0 wherever 0 and 1 meet: z_2 = (z_0 + z_1) / 2 + 1."""
    W = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])
    b = np.array([0.0, 0.0, 1.0])
    flips = flip_points(np.array([[9.0, 1.0], [7.0, 0.0]]), W, b)
    assert flips.own.tolist() == [0, 0, 0, 0]
    assert flips.status.tolist() == ["infeasible", "solved"] * 2
    assert np.isnan(flips.distance[::2]).all()


def test_a_sample_below_the_bound():
    """Boundary y1 = y2, y >= 0: on (t, t) the point closest to (1, -3) has t = -1, so it stops at t = 0."""
    flips = flip_points(np.array([[1.0, -3.0]]), np.eye(2), np.zeros(2))
    np.testing.assert_allclose(flips.point, [[0.0, 0.0]], atol=1e-12)
    assert flips.distance[0] == pytest.approx(np.sqrt(10))
