"""Points that are vertices themselves, each projected onto the hull of the others: against deleting the row."""

import numpy as np
import pytest

from phiscope.errors import DataError
from phiscope.geometry.hull import Vertices, columns, project


def deleted(vertices, rows):
    """The same by a copy of the vertices without the row, one query at a time."""
    return np.concatenate([project(vertices[row : row + 1], np.delete(vertices, row, 0)).distance for row in rows])


@pytest.mark.parametrize(("n", "d", "count"), [(2, 3, 2), (40, 2, 40), (60, 9, 3), (400, 6, 60), (5000, 5, 40)])
def test_leaving_a_vertex_out_is_deleting_it(n, d, count):
    """Small and large sets, single queries and many; in few dimensions most lie inside the hull of the others."""
    random = np.random.default_rng(n + d)
    vertices = random.normal(size=(n, d)).astype(np.float32).astype(np.float64)
    rows = random.choice(n, count, replace=False)
    projection = project(vertices[rows], Vertices(vertices), without=rows, threads=2)
    np.testing.assert_allclose(projection.distance, deleted(vertices, rows), atol=1e-7)
    assert set(projection.status) <= {"converged", "precision_limit"}
    for query, row in enumerate(rows):
        support, weights = projection.support(query)
        assert row not in support
        assert weights.sum() == pytest.approx(1, abs=1e-14)


def test_careful_queries_leave_it_out_too(monkeypatch):
    """Nearly repeated vertices, whose queries are solved to the end with orthogonal factors."""
    random = np.random.default_rng(0)
    once = random.normal(size=(1500, 8))
    vertices = np.concatenate([once, once + 1e-8 * random.normal(size=once.shape)])
    rows = np.arange(0, 3000, 75)
    projection = project(vertices[rows], vertices, without=rows)
    assert all(row not in projection.support(query)[0] for query, row in enumerate(rows))
    assert projection.distance.max() < 1e-7  # its near copy is still there
    monkeypatch.setattr(columns, "SMALL", 0)
    single = [project(vertices[[row]], vertices, without=np.array([row])).distance[0] for row in rows[:5]]
    np.testing.assert_allclose(single, projection.distance[:5], atol=1e-7)


def test_the_others_of_a_triangle_a_copy_and_a_point_inside():
    triangle = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]])
    vertices = np.concatenate([triangle, triangle[:1], [[1.0, 1.0]]])
    projection = project(vertices, vertices, without=np.arange(5))
    # Of the corner at (4, 0) the others lie left of the segment from (1, 1) to (0, 0); the first corner has a copy.
    np.testing.assert_allclose(projection.distance, [0, np.sqrt(10), np.sqrt(5), 0, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("rows", "said"),
    [([0], "expected \\(2,\\)"), ([0.0, 1.0], "expected \\(2,\\)"), ([0, 3], "0 to 2"), ([-1, 0], "0 to 2")],
)
def test_refuses_rows_that_are_none(rows, said):
    with pytest.raises(DataError, match=said):
        project(np.zeros((2, 2)), np.eye(3)[:, :2], without=np.array(rows))


def test_refuses_to_leave_nothing_over_and_a_start_beside_it():
    with pytest.raises(DataError, match="leaves no vertex"):
        project(np.zeros((1, 2)), np.zeros((1, 2)), without=np.array([0]))
    started = project(np.zeros((1, 2)), np.eye(2))
    with pytest.raises(DataError, match="expected one of them"):
        project(np.zeros((1, 2)), np.eye(2), start=started, without=np.array([0]))
    assert len(project(np.zeros((0, 2)), np.eye(2), without=np.empty(0, int)).distance) == 0
