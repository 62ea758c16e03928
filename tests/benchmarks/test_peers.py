import numpy as np
import pytest

from benchmarks.peer_solvers import PEERS
from benchmarks.peers import judged, summary


def test_weights_are_judged_by_hand():
    """From (0, 1) to the hull of (-1, 0) and (3, 0): the nearest point is 0, a quarter of the way."""
    vertices, x = np.array([[-1.0, 0.0], [3.0, 0.0]]), np.array([0.0, 1.0])
    best = judged(np.array([0.75, 0.25]), x, vertices)
    assert (best["relative_gap"], best["infeasibility"], best["distance"]) == (0, 0, 1)
    end = judged(np.array([2.0, -0.5]), x, vertices)  # clipped and scaled: the vertex (-1, 0)
    assert end["infeasibility"] == 0.5
    assert end["distance"] == pytest.approx(np.sqrt(2))
    assert end["relative_gap"] == pytest.approx(4 / (np.sqrt(2) * 4))  # <z - x, z - (3, 0)> = (-1)(-4) + (-1)(0)


@pytest.mark.parametrize("solver", PEERS)
def test_every_peer_finds_the_nearest_point_of_a_simplex(solver):
    """Onto the standard simplex, by hand: (0.5, 0.4, -1, ...) sheds what is below its threshold."""
    x = np.array([0.9, 0.5, -1.0, -1.0])
    weights = PEERS[solver](x, np.eye(4))
    np.testing.assert_allclose(weights, [0.7, 0.3, 0, 0], atol=2e-3)


def test_the_summary_keeps_the_worst_and_says_what_did_not_run():
    row = {"set": "a", "solver": "s", "seconds": 2.0, "relative_gap": 1e-3, "trouble": ""}
    rows = [row, row | {"seconds": 4.0, "relative_gap": 1e-5}, {"set": "a", "solver": "t", "trouble": "not run: why"}]
    one, other = summary(rows)
    assert (one["queries"], one["seconds_per_query"], one["relative_gap"], one["trouble"]) == (2, 3.0, 1e-3, "")
    assert (other["queries"], other["trouble"]) == (0, "not run: why")
    assert np.isnan(other["seconds_per_query"])
