"""A sample of the published families (benchmarks/families.py) and of nearly dependent vertices, all solved."""

import numpy as np
import pytest

from benchmarks import families
from benchmarks.judge import judge
from phiscope.geometry.hull import project

TOLERANCE = 1e-10


def solved(points, vertices):
    """Share that says so and is found to be, in 80-bit arithmetic."""
    projection = project(points, vertices, tol=TOLERANCE, threads=1)
    found = judge(projection, points, vertices)
    assert found.weight_error.max() < 1e-15
    assert found.least_weight.min() > 0
    assert found.off.max() < 1e-14
    assert np.all(projection.distance_lower <= found.lower.clip(0))
    return ((projection.status == "converged") & (found.relative_gap <= TOLERANCE)).mean()


@pytest.mark.parametrize("size", families.SIZES)
def test_families(size):
    chosen = list(families.settings(size))[size[1] % 2 :: 2 if size[1] < 16_384 else 11]
    assert [setting for setting in chosen if solved(*setting.draw(10)) < 1] == []


def test_there_are_405_settings():
    assert len(set(families.settings())) == 405
    points, vertices = families.Setting(2, 16_384, "lattice", "linear", 2.0**20, 2.0**63).draw(5)
    assert vertices.max(0) == pytest.approx([2.0**63, 2.0**83])
    assert len(np.unique(vertices, axis=0)) == 16_384
    centre = vertices.mean(0)
    np.testing.assert_allclose(
        np.linalg.norm(points - centre, axis=1), np.linalg.norm(vertices - centre, axis=1).max(), rtol=1e-12
    )


@pytest.mark.parametrize("offset", [0, 1e-8, 1e-7])
def test_nearly_repeated_vertices(offset):
    random = np.random.default_rng(1)
    vertices = np.maximum(random.normal(size=(600, 12)), 0)
    assert solved(2 * random.normal(size=(40, 12)), families.nearly_repeated(vertices, offset)) == 1


def test_features_of_low_rank_and_noise():
    random = np.random.default_rng(2)
    together = families.of_low_rank(np.maximum(random.normal(size=(700, 30)), 0), 6, 1e-6)
    projection = project(together[:60], together[60:], tol=TOLERANCE, threads=1)
    found = judge(projection, together[:60], together[60:])
    at_limit = projection.status == "precision_limit"
    assert set(projection.status) <= {"converged", "precision_limit"}
    assert found.relative_gap[~at_limit & (projection.distance > 1e-7 * found.farthest)].max() <= TOLERANCE
    assert np.all(projection.distance[at_limit] < 1e-5 * found.farthest[at_limit])


def test_a_stall_that_was_published():
    vertices = [[0.0358686307, 621560.419], [0.0251034955, 774997.123], [0.425704507, 70524.6729]]
    vertices = np.array([*vertices, [0.0565509973, 994225.595]])
    assert solved(np.array([[-497666.44581174, 688247.92963078]]), vertices) == 1
