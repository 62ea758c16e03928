from functools import partial

import numpy as np
import pytest
import qpsolvers
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscope.errors import ConfigError, DataError
from phiscope.geometry import margin

closest_flip = partial(margin.closest_flip, rows="features")
flip_points = partial(margin.flip_points, rows="features")


def problem(seed=0, m=40, f=6, n=4):
    random = np.random.default_rng(seed)
    return np.maximum(random.normal(size=(m, f)), 0), random.normal(size=(f, n)), random.normal(size=n)


def test_two_classes_without_bound_is_the_distance_to_a_hyperplane():
    x, W, b = problem(n=2)
    normal = W[:, 0] - W[:, 1]
    expected = np.abs(x @ normal + b[0] - b[1]) / np.linalg.norm(normal)
    np.testing.assert_allclose(flip_points(x, W, b, lower_bound=None).distance, expected, rtol=1e-12)
    np.testing.assert_allclose(closest_flip(x, W, b, lower_bound=None).distance, expected, rtol=1e-12)


def test_two_classes_where_the_bound_binds_by_hand():
    """z = (y1 + 2 y2, 3): from (1, 2) the free foot (-0.4..) would leave the quadrant only for the first step."""
    W, b = np.array([[2.0, 0.0], [1.0, 0.0]]), np.array([0.0, 0.5])
    # Boundary 2 y1 + y2 = 0.5. From (0.1, 3) the free foot has y1 = -0.98 < 0, so y1 stops at 0 and y2 = 0.5.
    x = np.array([[0.1, 3.0]])
    flip = closest_flip(x, W, b)
    np.testing.assert_allclose(flip.point, [[0.0, 0.5]], atol=1e-15)
    np.testing.assert_allclose(flip.distance, [np.hypot(0.1, 2.5)])
    np.testing.assert_allclose(flip_points(x, W, b).point, [[0.0, 0.5]], atol=1e-10)


@pytest.mark.parametrize("bound", [0.0, None, -0.5])
def test_least_margin_over_classes_is_the_exact_search(bound):
    x, W, b = problem(seed=1, m=60)
    flips, closest = flip_points(x, W, b, lower_bound=bound), closest_flip(x, W, b, lower_bound=bound)
    table = flips.distance.reshape(60, -1)
    np.testing.assert_allclose(np.nanmin(table, axis=1), closest.distance, atol=1e-9)
    np.testing.assert_array_equal(
        flips.other_class.reshape(60, -1)[np.arange(60), np.nanargmin(table, axis=1)], closest.other_class
    )


@pytest.mark.filterwarnings("ignore:Converted matrix", "ignore:Clarabel.rs terminated")
@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(1, 7), st.sampled_from([0.0, None]))
@settings(max_examples=25, deadline=None)
def test_every_margin_against_another_back_end(seed, n, f, bound):
    x, W, b = problem(seed, m=4, f=f, n=n)
    one, other = (flip_points(x, W, b, lower_bound=bound, solver=solver) for solver in ("daqp", "clarabel"))
    solved = one.status == "solved"
    np.testing.assert_array_equal(solved, other.status == "solved")
    np.testing.assert_allclose(one.distance[solved], other.distance[solved], atol=1e-5)
    assert np.all(one.primal_residual[solved] < 1e-9)
    assert np.all(one.dual_residual[solved] < 1e-9)
    assert np.all(one.duality_gap[solved] < 1e-8)


def test_constraints_hold_at_the_points():
    x, W, b = problem(seed=2)
    flips = flip_points(x, W, b)
    solved = flips.status == "solved"
    assert solved.sum() > 50
    z, own, other = (flips.point @ W + b)[solved], flips.own[solved], flips.other_class[solved]
    rows = np.arange(len(z))
    np.testing.assert_allclose(z[rows, own], z[rows, other], atol=1e-9)
    assert np.all(z.max(1) <= z[rows, own] + 1e-9)
    assert flips.point[solved].min() >= -1e-12


def test_a_ball_contains_no_flip():
    x, W, b = problem(seed=3, m=30)
    closest = closest_flip(x, W, b)
    own = (x @ W + b).argmax(1)
    steps = np.random.default_rng(0).normal(size=(300, *x.shape))
    steps *= closest.distance[:, None] * (1 - 1e-9) / np.linalg.norm(steps, axis=2, keepdims=True)
    inside = np.maximum(x + steps, 0)  # a projection onto the domain comes no farther from x
    assert ((inside @ W + b).argmax(2) == own).all()


def test_permuting_classes_and_samples_permutes_the_answer():
    x, W, b = problem(seed=4)
    base = closest_flip(x, W, b)
    order, classes = np.random.default_rng(1).permutation(len(x)), np.array([2, 0, 3, 1])
    moved = closest_flip(x[order], W[:, classes], b[classes])
    np.testing.assert_allclose(moved.distance, base.distance[order], rtol=1e-12)
    np.testing.assert_array_equal(classes[moved.other_class], base.other_class[order])


def test_scale_of_the_space():
    x, W, b = problem(seed=5)
    np.testing.assert_allclose(closest_flip(3 * x, W, 3 * b).distance, 3 * closest_flip(x, W, b).distance, rtol=1e-12)


def test_translation_where_nothing_bounds():
    x, W, b = problem(seed=6)
    shift = np.linspace(-2, 2, x.shape[1])
    base, moved = (flip_points(*p, lower_bound=None).distance for p in ((x, W, b), (x + shift, W, b - shift @ W)))
    np.testing.assert_allclose(moved, base, atol=1e-9)


def test_pairs_without_a_flip_point_are_a_status():
    W = np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0]])  # 0 and 2 have the same weights; 1 is a constant
    b = np.array([1.0, 0.0, 0.0])  # z_1 = 0 < z_0 wherever y >= 0
    x = np.array([[1.0, 2.0], [0.0, 0.0]])
    flips, closest = flip_points(x, W, b), closest_flip(x, W, b)
    assert flips.status.tolist() == ["infeasible", "degenerate_pair"] * 2
    assert np.isnan(flips.distance).all()
    assert np.isnan(flips.duality_gap).all()
    assert np.isinf(closest.distance).all()
    assert closest.other_class.tolist() == [-1, -1]


def test_a_sample_on_the_boundary_has_margin_zero():
    x, W, b = np.array([[1.0, 1.0]]), np.eye(2), np.zeros(2)
    assert closest_flip(x, W, b).distance[0] == 0
    assert flip_points(x, W, b).distance[0] == pytest.approx(0, abs=1e-12)


def test_the_certificate_is_not_the_solvers_word(monkeypatch):
    """A solver that moves its answer by 0.01 still says it is done; the residuals tell."""
    real = qpsolvers.solve_problem

    def wrong(problem, solver, **settings):
        solution = real(problem, solver, **settings)
        solution.x = None if solution.x is None else solution.x + 0.01
        return solution

    x, W, b = problem(seed=7)
    monkeypatch.setattr(qpsolvers, "solve_problem", wrong)
    flips = flip_points(x, W, b, solver="daqp")
    solved = flips.status == "solved"
    assert solved.sum() > 50
    assert np.all(flips.dual_residual[solved] > 1e-3)
    assert np.all(flips.primal_residual[solved] > 1e-6)


def test_refuses_what_does_not_fit():
    x, W, b = problem()
    with pytest.raises(DataError, match="do not fit 3 features; expected"):
        flip_points(x[:, :3], W, b)
    with pytest.raises(DataError, match="features: row 1"):
        closest_flip(np.where(np.arange(len(x))[:, None] == 1, np.nan, x), W, b)
    with pytest.raises(ConfigError, match="'nosuch' is not installed"):
        flip_points(x, W, b, solver="nosuch")
