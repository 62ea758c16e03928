"""Margins by another solver, against closed forms; bounds that hold whatever a back-end gives."""

import numpy as np
import pytest

from phiscope.errors import ConfigError
from phiscope.geometry.second_opinion import back_end, margins
from phiscope.geometry.second_opinion.back_end import PrimalDual

SOLVERS = ("piqp", "clarabel", "highs")


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_distance_to_a_plane(solver, scale):
    """Of two classes and without a bound: |a x + c| / ‖a‖."""
    x, W, b = np.array([3.0, 1.0]) * scale, np.array([[2.0, -1.0], [0.0, 4.0]]), np.array([0.5, 0.0]) * scale
    found = margins.margin(x, W, b, 0, 1, None, solver=solver)
    expected = (3 * 3 - 4 * 1 + 0.5) / 5 * scale
    assert found.lower <= expected * (1 + 1e-14)
    assert found.upper >= expected * (1 - 1e-14)
    assert found.upper - found.lower < 1e-9 * expected


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_bound_and_a_third_class_are_kept(solver):
    """On x >= 0 the plane x + 3y = 6 is met from (5, 2) at (4.5, 0.5), which a third class allows from y = 1 on."""
    W, b = np.array([[1.0, 0.0, 1.0], [3.0, 0.0, 2.0]]), np.array([0.0, 6.0, 1.0])
    x = np.array([5.0, 2.0])
    free = margins.margin(x, W[:, :2], b[:2], 0, 1, 0.0, solver=solver)
    assert free.upper == pytest.approx(5 / np.sqrt(10), rel=1e-9)
    held = margins.margin(x, W, b, 0, 1, 0.0, solver=solver)  # y >= 1 on the plane: (3, 1)
    assert (held.lower, held.upper) == pytest.approx((np.sqrt(5), np.sqrt(5)), rel=1e-8)
    below = margins.margin(
        np.array([9.0, 0.0]), W[:, :2], b[:2], 0, 1, 0.0, solver=solver
    )  # at (6, 0), not (8.7, -0.9)
    assert (below.lower, below.upper) == pytest.approx((3.0, 3.0), rel=1e-8)


@pytest.mark.parametrize("bound", [None, 0.0])
def test_where_the_classes_do_not_meet_that_is_proven(bound):
    """On z_0 = z_1, which is x = 1, the third class is always one ahead."""
    W, b = np.array([[2.0, 1.0, 1.0], [0.0, 0.0, 0.0]]), np.array([0.0, 1.0, 2.0])
    found = margins.margin(np.array([5.0, 1.0]), W, b, 0, 1, bound, solver="piqp")
    assert found.nowhere
    assert not margins.margin(np.array([5.0, 1.0]), W, b, 0, 2, bound, solver="piqp").nowhere


def test_on_the_boundary_there_is_nothing_to_solve():
    W, b = np.array([[0.1, 0.3], [0.7, 0.2]]), np.zeros(2)
    x = np.array([0.5, 0.2])  # 0.19 both
    found = margins.margin(x, W, b, 0, 1, 0.0, solver="piqp")
    assert 0 <= found.lower <= found.upper < 1e-15


@pytest.mark.parametrize("seed", range(5))
def test_bounds_hold_whatever_the_back_end_gives(seed, monkeypatch):
    """Points and multipliers at random, and the best with noise: never a wrong lower bound."""
    random = np.random.default_rng(seed)
    W, b, x = random.normal(size=(6, 4)), random.normal(size=4), np.abs(random.normal(size=6))
    i = int((x @ W + b).argmax())
    j = (i + 1) % 4
    true = margins.margin(x, W, b, i, j, 0.0, solver="piqp")
    real = margins.minimum

    noise = 0.0

    def noisy(*problem, **options):
        given = real(*problem, **options)
        x, equal, below, bound = (part + noise * random.normal(size=part.shape) for part in given)
        return PrimalDual(x, equal, below.clip(0), bound.clip(0))

    monkeypatch.setattr(margins, "minimum", noisy)
    for noise in (1e-12, 1e-6, 1e-2, 1.0):  # noqa: B007 - noisy reads it
        found = margins.margin(x, W, b, i, j, 0.0, solver="piqp")
        assert found.lower <= true.upper * (1 + 1e-12)
    monkeypatch.setattr(margins, "minimum", lambda *problem, **options: None)
    found = margins.margin(x, W, b, i, j, 0.0, solver="piqp")
    assert (found.lower, found.upper, found.nowhere) == (0.0, np.inf, False)


def test_which_back_end_is_asked():
    assert (back_end(None, "newton"), back_end(None, "piqp"), back_end("highs", "newton")) == (
        *("piqp", "clarabel", "highs"),
    )


@pytest.mark.parametrize(
    ("name", "margins_by", "said"),
    [
        ("newton", "newton", "'newton' solves margins already; expected another, one of clarabel"),
        ("daqp", "newton", "'daqp' solves margins already"),
        ("quadprog", "quadprog", "'quadprog' solves margins already"),
        ("gurobi", "newton", "'gurobi' is not installed; expected one of clarabel"),
        ("", "newton", "'' is not installed"),
    ],
)
def test_a_back_end_that_cannot_be_asked(name, margins_by, said):
    with pytest.raises(ConfigError, match=f"^second_opinion.solver: {said}"):
        back_end(name, margins_by)
