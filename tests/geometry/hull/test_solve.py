from dataclasses import replace

import numpy as np
import pytest
import qpsolvers
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from phiscope.errors import DataError
from phiscope.geometry.hull import project, verify


def cloud(seed=0, m=30, n=200, d=6, spread=1.5):
    random = np.random.default_rng(seed)
    return spread * random.normal(size=(m, d)), random.normal(size=(n, d))


def proven(projection, points, vertices, tol=1e-10, also=()):
    """What the solver claims, recomputed; queries on the hull are judged by their distance instead."""
    proof = verify(projection, points, vertices)
    assert proof.weight_sum_error.max() < 1e-12
    assert proof.least_weight.min() > 0
    scale = 1 + np.abs(vertices).max()
    assert proof.combination_error.max() < 1e-12 * scale
    assert np.all(projection.radius <= proof.farthest * (1 + 1e-12))
    touching = projection.distance <= 1e-7 * proof.farthest
    allowed = projection.distance * (tol * proof.farthest + 1e-15 * scale)
    return bool((proof.gap <= allowed)[~touching].all()) and set(projection.status) <= {"converged", *also}


def test_simplex_in_closed_form():
    """Onto the standard simplex: sort, subtract the threshold, clip (Held, Wolfe and Crowder 1974)."""
    x = np.random.default_rng(0).normal(size=(50, 7))
    falling = -np.sort(-x, axis=1)
    thresholds = (falling.cumsum(1) - 1) / np.arange(1, 8)
    last = (falling > thresholds).sum(1) - 1
    expected = np.maximum(x - thresholds[np.arange(50), last][:, None], 0)
    projection = project(x, np.eye(7))
    np.testing.assert_allclose(projection.nearest, expected, atol=1e-12)
    assert proven(projection, x, np.eye(7))


def test_segment():
    a, b = np.array([0.0, 0.0, 1.0]), np.array([2.0, 0.0, 1.0])
    points = np.array([[-1.0, 1, 1], [0.5, 3, 1], [1.5, 0, -1], [9.0, 0, 1]])
    projection = project(points, np.stack([a, b]))
    np.testing.assert_allclose(projection.nearest, [a, [0.5, 0, 1], [1.5, 0, 1], b], atol=1e-14)
    np.testing.assert_allclose(projection.distance, [np.sqrt(2), 3, 2, 7])


def test_one_vertex():
    projection = project(np.array([[3.0, 4.0]]), np.zeros((1, 2)))
    assert projection.distance[0] == 5
    assert projection.gap[0] == 0
    assert projection.position[0] == "outside"


def test_a_query_inside_at_a_vertex_and_on_a_face():
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    points = np.array([[0.3, 0.6], [1.0, 1.0], [0.5, 0.0]])
    projection = project(points, square)
    np.testing.assert_allclose(projection.nearest, points, atol=1e-12)
    assert projection.position.tolist() == ["within_tolerance"] * 3
    assert projection.separation.tolist() == [0, 0, 0]


def test_duplicates_collinear_vertices_and_constant_coordinates():
    line = np.linspace(0, 1, 9)[:, None] * np.array([1.0, 2.0, 0.0]) + np.array([0, 0, 5.0])
    vertices = np.concatenate([line, line, line[::-1]])
    points = np.array([[2.0, 1.0, 5.0], [0.5, 1.0, 7.0], [-3.0, 0.0, 5.0]])
    projection = project(points, vertices)
    along = (points - line[0]) @ [1, 2, 0] / 5
    np.testing.assert_allclose(projection.nearest, line[0] + along.clip(0, 1)[:, None] * [1, 2, 0], atol=1e-9)
    assert proven(projection, points, vertices)


def test_far_away():
    points, vertices = cloud(m=10)
    points = points / np.linalg.norm(points, axis=1, keepdims=True) * 1e9
    projection = project(points, vertices)
    assert proven(projection, points, vertices)
    assert set(projection.position) == {"outside"}


def test_more_dimensions_than_vertices():
    points, vertices = cloud(m=5, n=8, d=40)
    assert proven(project(points, vertices), points, vertices)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("as_torch", [False, True])
def test_kinds_of_arrays(kind, as_torch):
    points, vertices = (array.astype(kind) for array in cloud())
    given = (torch.from_numpy(points), torch.from_numpy(vertices)) if as_torch else (points, vertices)
    projection = project(*given)
    assert proven(projection, points, vertices)
    np.testing.assert_allclose(projection.distance, project(points, vertices).distance, rtol=1e-12, atol=1e-12)


def test_a_memory_mapped_array(tmp_path):
    points, vertices = cloud()
    np.save(tmp_path / "vertices.npy", vertices.astype(np.float32))
    mapped = np.load(tmp_path / "vertices.npy", mmap_mode="r")
    assert proven(project(points, mapped), points, np.asarray(mapped))


def test_a_vertex_that_float32_cannot_tell_from_another_is_not_lost():
    """Far from the origin float32 prices are noise; the float64 pricing still finds the right face."""
    points, vertices = cloud(seed=3, n=400)
    shift = 1e5
    projection = project(points + shift, vertices + shift)
    assert proven(projection, points + shift, vertices + shift, tol=1e-9, also=["precision_limit"])
    np.testing.assert_allclose(projection.distance, project(points, vertices).distance, rtol=1e-8, atol=1e-12)


def test_translation_scale_and_permutation():
    points, vertices = cloud(seed=5)
    base = project(points, vertices)
    order, rows = np.random.default_rng(1).permutation(200), np.random.default_rng(2).permutation(30)
    small = project(points * 1e-3, vertices * 1e-3)
    np.testing.assert_allclose(project(points + 7, vertices + 7).nearest, base.nearest + 7, atol=1e-9)
    np.testing.assert_allclose(small.distance, base.distance * 1e-3, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(project(points[rows], vertices[order]).nearest, base.nearest[rows], atol=1e-9)


@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 30))
@settings(max_examples=25, deadline=None)
def test_against_independent_solvers(seed, d, n):
    points, vertices = cloud(seed, m=3, n=n, d=d)
    projection = project(points, vertices)
    assert proven(projection, points, vertices)
    for x, distance in zip(points, projection.distance):
        edges = vertices - x
        weights, _ = nnls(np.vstack([edges.T, 1e4 * np.ones(n)]), np.append(np.zeros(d), 1e4))
        assert distance == pytest.approx(np.linalg.norm(weights / weights.sum() @ edges), abs=1e-6)
        problem = {"A": np.ones((1, n)), "b": np.ones(1), "lb": np.zeros(n), "solver": "piqp"}
        solution = qpsolvers.solve_qp(edges @ edges.T, np.zeros(n), **problem)
        assert distance == pytest.approx(np.linalg.norm(solution @ edges), abs=1e-3)


def test_many_queries_equal_each_by_itself():
    points, vertices = cloud(seed=8, m=600, n=900, d=10)
    together = project(points, vertices)
    assert proven(together, points, vertices)
    single = [project(points[k : k + 1], vertices).distance[0] for k in range(0, 600, 60)]
    np.testing.assert_allclose(together.distance[::60], single, rtol=1e-9, atol=1e-12)


def test_unfinished_work_is_a_status_with_an_honest_gap():
    points, vertices = cloud(seed=9, m=5, n=3000, d=20)
    projection = project(points, vertices, max_rounds=1, tol=1e-14)
    proof = verify(projection, points, vertices)
    np.testing.assert_allclose(projection.gap, proof.gap, atol=1e-12)
    assert np.all(projection.distance_lower <= project(points, vertices).distance + 1e-12)


@pytest.mark.parametrize(
    ("points", "vertices", "words"),
    [
        (np.zeros((2, 3)), np.zeros((4, 2)), "expected \\(m, d\\) and \\(n, d\\)"),
        (np.full((2, 3), np.nan), np.zeros((4, 3)), "points: row 0"),
        (np.zeros((2, 3)), np.full((4, 3), np.inf), "vertices"),
        (np.zeros((2, 3), int), np.zeros((4, 3)), "expected float32 or float64"),
        (np.zeros((2, 3)), np.zeros((0, 3)), "n and d not 0"),
    ],
)
def test_refuses_what_does_not_fit(points, vertices, words):
    with pytest.raises(DataError, match=words):
        project(points, vertices)


def test_more_copies_of_a_vertex_than_a_query_keeps():
    """float32 cannot tell the copies apart and cannot keep them all: the gap is then priced in float64."""
    points, vertices = cloud(seed=11, m=8, n=20, d=4, spread=3)
    copies = np.repeat(vertices, 400, axis=0)
    projection = project(points, copies)
    assert proven(projection, points, copies)
    np.testing.assert_allclose(projection.distance, project(points, vertices).distance, rtol=1e-12)


def test_enough_vertices_for_nested_subsets():
    points, vertices = cloud(seed=12, m=40, n=20_000, d=8, spread=4)
    projection = project(points, vertices.astype(np.float32))
    assert proven(projection, points, vertices.astype(np.float32))
    assert set(projection.position) == {"outside"}


def test_a_start_saves_rounds_and_changes_nothing():
    points, vertices = cloud(seed=13, m=40, n=20_000, d=8, spread=4)
    cold = project(points, vertices)
    warm = project(points, vertices, start=cold)
    assert warm.rounds.max() == 1
    np.testing.assert_allclose(warm.distance, cold.distance, rtol=1e-12)


def test_a_start_for_other_points_or_vertices_is_refused():
    points, vertices = cloud(seed=16)
    known = project(points, vertices)
    with pytest.raises(DataError, match="start: expected a projection of 3 points"):
        project(points[:3], vertices, start=known)
    with pytest.raises(DataError, match="onto 2 vertices"):
        project(points, vertices[:2], start=known)


def test_progress_ends_with_all_queries_and_threads_are_left_as_they_were():
    points, vertices = cloud(seed=14, m=20)
    before, seen = torch.get_num_threads(), []
    project(points, vertices, threads=2, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (20, 20)
    assert torch.get_num_threads() == before


def test_verification_sees_a_wrong_projection():
    points, vertices = cloud(seed=15, m=4)
    projection = project(points, vertices)
    moved = replace(projection, nearest=projection.nearest + 0.1, support_weights=-projection.support_weights)
    proof = verify(moved, points, vertices)
    assert proof.combination_error.min() > 0.1
    assert proof.least_weight.max() < 0
    assert proof.distance_error.min() > 0
    assert proof.weight_sum_error == pytest.approx(np.full(4, 2.0))


@pytest.mark.parametrize("shift", [0.0, 1e5])
def test_verification_is_what_a_loop_over_the_definitions_gives(shift, monkeypatch):
    monkeypatch.setattr("phiscope.geometry.hull.verification.CELLS", 60)  # several blocks of both kinds
    points, vertices = (shift + array for array in cloud(seed=17, m=7))
    projection = project(points, vertices, tol=1e-2)
    proof = verify(projection, points, vertices)
    for query, (x, z) in enumerate(zip(points, projection.nearest)):
        gap, radius = max((z - d) @ (z - x) for d in vertices), max(np.linalg.norm(z - d) for d in vertices)
        assert proof.gap[query] == pytest.approx(gap, rel=1e-12, abs=4e-15 * (1 + shift))
        assert proof.farthest[query] == pytest.approx(radius, rel=1e-12)


@pytest.mark.parametrize("largest", [0, 2**60])
def test_numpy_and_torch_price_alike(largest, monkeypatch):
    """Large products are torch's, small ones numpy's; far vertices are moved to the origin by both."""
    monkeypatch.setattr("phiscope.geometry.hull.vertices.LARGE", largest)
    points, vertices = cloud(3, n=4000, d=300)
    for shift in (0.0, 1e5):
        moved = vertices.astype(np.float32) + np.float32(shift)
        projection = project(points + shift, moved, threads=2)
        assert proven(projection, points + shift, moved)
        given_as_torch = project(points + shift, torch.from_numpy(moved), threads=2)
        np.testing.assert_allclose(projection.distance, given_as_torch.distance, rtol=1e-10)


def test_first_prices_in_bfloat16_change_nothing_that_is_proven(monkeypatch):
    """Where a processor has matrix units for bfloat16, candidates are found with it."""
    points, vertices = cloud(5, m=40, n=6000, d=64)
    vertices = torch.from_numpy(vertices.astype(np.float32))
    results = []
    for halved in (False, True):
        monkeypatch.setattr("phiscope.geometry.hull.products.halves_pay", lambda _, halved=halved: halved)
        results.append(project(points, vertices, threads=1))
        assert proven(results[-1], points, vertices.numpy())
    plain, halved = results
    np.testing.assert_allclose(halved.distance, plain.distance, rtol=1e-12)
    assert halved.rounds.mean() < plain.rounds.mean()


def test_the_last_round_says_where_float64_is_the_limit():
    """Gaps below what nearest points in float64 allow end so, whichever of the two counts is exhausted first."""
    points, vertices = cloud(6, m=20, n=500, d=8)
    for most in (3, 40):
        projection = project(points, vertices, tol=0, max_rounds=most, threads=1)
        small = projection.relative_gap < 1e-15
        assert small.any()
        assert set(projection.status[small]) <= {"converged", "precision_limit"}
