"""Distances to hulls by another solver, against closed forms and from whatever solution is looked at."""

import numpy as np
import pytest

from phiscope.experiments.geometry.disagreements import Stored
from phiscope.geometry.second_opinion import hulls
from phiscope.geometry.second_opinion.back_end import PrimalDual

SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
QUERIES = np.array([[2.0, 0.5], [0.5, 3.0], [2.0, 2.0], [0.5, 0.5], [1.0, 1.0]])
EXPECTED = np.array([1.0, 2.0, np.sqrt(2), 0.0, 0.0])


def asked(points, vertices, solver="piqp", looked_at=None):
    """looked_at: the vertices that the solution rests on, one for each query; the first of all."""
    looked_at = np.zeros(len(points), np.int64) if looked_at is None else looked_at
    stored = Stored(vertices, np.arange(len(vertices)))
    supports = [np.array([vertex]) for vertex in looked_at]
    return hulls.distances(
        points, stored, supports, vertices[looked_at].astype(float), np.random.default_rng(0), solver=solver
    )


@pytest.mark.parametrize("solver", ["piqp", "clarabel", "highs"])
@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_distances_to_a_square(solver, shift):
    found = asked(QUERIES + shift, SQUARE + np.float32(shift), solver)
    assert (found.lower <= EXPECTED + 1e-12).all()
    assert (found.upper >= EXPECTED - 1e-12).all()
    assert found.upper == pytest.approx(EXPECTED, abs=1e-4)
    assert (found.upper - found.lower)[:3] == pytest.approx(0.0, abs=1e-7)


def test_a_single_vertex_is_a_hull():
    found = asked(QUERIES, SQUARE[:1])
    assert found.upper == pytest.approx(np.linalg.norm(QUERIES, axis=1), rel=1e-14)
    assert found.lower == pytest.approx(found.upper, rel=1e-12)


def test_vertices_that_the_program_lacks_are_found_by_pricing(monkeypatch):
    """Thousands on a sphere, programs that begin with ten of them and a solution on the other side."""
    for name, few in (("LOWEST", 5), ("ADDED", 5), ("RANDOM", 5)):
        monkeypatch.setattr(hulls, name, few)
    random = np.random.default_rng(1)
    vertices = random.normal(size=(3000, 4)).astype(np.float32)
    vertices /= np.linalg.norm(vertices, axis=1, keepdims=True)
    points = 2 * random.normal(size=(6, 4))
    far = (points @ vertices.T).argmin(axis=1)
    narrow, wide = asked(points, vertices, looked_at=far), asked(points, vertices, looked_at=far[::-1].copy())
    outside = np.linalg.norm(points, axis=1) > 1.2
    assert outside.sum() >= 4
    assert (narrow.upper - narrow.lower)[outside] == pytest.approx(0.0, abs=1e-9)
    assert narrow.upper[outside] == pytest.approx(wide.upper[outside], rel=1e-9)


def test_bounds_hold_where_the_back_end_gives_nonsense(monkeypatch):
    true = asked(QUERIES, SQUARE)
    random = np.random.default_rng(2)
    monkeypatch.setattr(hulls, "minimum", lambda P, q, **_: PrimalDual(random.random(len(q)), *[np.zeros(0)] * 3))
    nonsense = asked(QUERIES, SQUARE)
    assert (nonsense.upper >= true.upper - 1e-9).all()
    assert (nonsense.lower <= true.lower + 1e-9).all()
    monkeypatch.setattr(hulls, "minimum", lambda *problem, **options: None)
    nothing = asked(QUERIES, SQUARE)
    assert np.isinf(nothing.upper).all()
    assert (nothing.lower == 0).all()
