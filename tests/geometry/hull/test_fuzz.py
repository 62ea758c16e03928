"""Thousands of small problems of all kinds, every word about them judged without rounding.

A failing example prints its drawn numbers, from which `cases.case` makes it again. By hand, with more of them:
pytest -m long tests/geometry/hull/test_fuzz.py
"""

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phiscope.errors import DataError
from phiscope.geometry.hull import columns, project
from tests.geometry.hull import cases

quiet = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
exponents = {np.float32: st.integers(-90, 90), np.float64: st.integers(-380, 400)}
drawn = st.sampled_from(cases.KINDS).flatmap(
    lambda kind: st.fixed_dictionaries(
        {
            "seed": st.integers(0, 2**31),
            "shape": st.sampled_from(cases.SHAPES),
            "place": st.sampled_from(cases.PLACES),
            "kind": st.just(kind),
            "exponent": st.one_of(st.just(0), exponents[kind]),
            "offset": st.sampled_from([0.0, 0.0, 1.0, 30.0, 1e3, 1e6, 1e12]),
        }
    )
)
# Few queries at a time are solved in other ways than many: over all vertices at once, or remembering prices.
WAYS = {"over all": {"SMALL": 2**19}, "remembering": {"SMALL": 0}, "as many": {"FEW": 0}}
ways = st.sampled_from(sorted(WAYS))
tolerances = st.sampled_from([1e-6, 1e-10, 1e-13, 0.0])


def judged(case, tol, way):
    points, vertices = cases.case(**case)
    if np.isfinite(points).all() and np.isfinite(vertices).all():
        with patch.multiple(columns, **WAYS[way]):
            try:
                projection = project(points, vertices, tol=tol, threads=1)
            except DataError:
                assert beyond_limits(points, vertices)
                return
        assert cases.wrong_words(projection, points, vertices, tol) == []


def beyond_limits(points, vertices) -> bool:
    """Whether docs/hull.md refuses these numbers: hulls smaller than 1e-120, queries 1e140 times as far away."""
    reach = np.ptp(vertices.astype(np.float64), axis=0).max()
    return 0 < reach < 1e-119 or np.abs(points).max() > min(1e139 * reach or 1e149, 1e149)


@given(drawn, tolerances, ways)
@settings(quiet, max_examples=1500)
def test_no_word_is_wrong(case, tol, way):
    judged(case, tol, way)


@pytest.mark.long
@given(drawn, tolerances, ways)
@settings(quiet, max_examples=100_000)
def test_no_word_is_wrong_at_length(case, tol, way):
    judged(case, tol, way)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"distance_lower": 2.0000001}, "lower bound"),
        ({"distance": 2.001}, "distance"),
        ({"status": "stalled"}, "status"),
        ({"radius": 9.0}, "radius"),
        ({"nearest": [1e-5, 1.0]}, "gap to the tolerance"),
        ({"nearest": [0.1, 1.0]}, "combination"),
        ({"weights": [0.5, 0.6]}, "sum of weights"),
        ({"weights": [1.5, -0.5]}, "weights above 0"),
    ],
)
def test_the_judge_sees_wrong_words(changes, words):
    """From (0, 3) to the segment between (-1, 1) and (1, 1), in words that are right but for one."""
    right = {"nearest": [0.0, 1.0], "distance": 2.0, "distance_lower": 1.99999, "radius": 1.0, "status": "converged"}
    right |= {"position": "outside"}
    said = {name: np.array([value]) for name, value in (right | changes).items() if name != "weights"}
    weights = np.array(changes.get("weights", [0.5, 0.5]))
    projection = SimpleNamespace(**said, support=lambda query: (np.array([0, 1]), weights))
    found = cases.wrong_words(projection, np.array([[0.0, 3.0]]), np.array([[-1.0, 1.0], [1.0, 1.0]]), 1e-10)
    assert any(words in sentence for sentence in found)
    assert (
        cases.wrong_words(
            SimpleNamespace(
                **{name: np.array([value]) for name, value in right.items()},
                support=lambda query: (np.array([0, 1]), np.array([0.5, 0.5])),
            ),
            np.array([[0.0, 3.0]]),
            np.array([[-1.0, 1.0], [1.0, 1.0]]),
            1e-10,
        )
        == []
    )


def test_outside_is_judged_by_separation():
    inside = {"nearest": [0.0, 0.5], "distance": 0.5, "distance_lower": 0.4, "radius": 1.2, "status": "converged"}
    projection = SimpleNamespace(
        **{name: np.array([value]) for name, value in (inside | {"position": "outside"}).items()},
        support=lambda query: (np.array([0]), np.array([1.0])),
    )
    triangle = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    found = cases.wrong_words(projection, np.array([[0.0, 1.0]]), triangle, 1e-10)
    assert any("outside" in sentence for sentence in found)
