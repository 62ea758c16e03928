"""Projections of many queries in parts."""

import numpy as np

from phiscope.experiments.geometry.projections import projected
from phiscope.geometry.hull import projection, queries_at_a_time


def test_parts_tell_what_the_whole_tells(monkeypatch):
    random = np.random.default_rng(0)
    vertices, points = random.normal(size=(40, 6)), 3 * random.normal(size=(25, 6))
    numbers, done = np.arange(100, 140), []
    options = {"tolerance": 1e-10, "threads": 1}
    whole = projected(points, vertices, numbers, "pixel", **options)
    monkeypatch.setattr(projection, "_MOST_BYTES", 7 * 6 * 8 * 10)
    assert queries_at_a_time(6) == 10
    parts = projected(points, vertices, numbers, "pixel", **options, progress=lambda *told: done.append(told))
    assert whole.keys() == parts.keys()
    assert all(len(column) == 25 for column in parts.values())
    np.testing.assert_allclose(parts["distance"], whole["distance"], rtol=1e-9)
    for ours, theirs in zip(parts["support_index"], whole["support_index"]):
        assert set(ours) == set(theirs) <= set(numbers)
    assert done[-1] == (25, 25)
    assert sorted(done) == done


def test_one_query_at_least():
    assert queries_at_a_time(10**12) == 1
