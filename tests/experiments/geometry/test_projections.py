"""Projections of many queries in parts."""

import numpy as np

from phiscope.experiments.geometry.projections import projected, rounding_of
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


def test_pixels_of_bytes_are_exact_and_those_of_floats_are_rounded():
    images = np.full((2, 1, 2, 2), 51, np.uint8)
    assert rounding_of(images).tolist() == [0, 0]
    floats = np.full((2, 1, 2, 2), 0.5, np.float32)
    assert rounding_of(floats).tolist() == [2**-24] * 2


def test_noise_goes_with_its_query():
    square = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    points, noise = np.array([[0.5, -1e-5], [0.5, -1e-5]]), np.array([1e-6, 1e-4])
    found = projected(points, square, np.arange(4), "pixel", noise=noise, tolerance=1e-10, threads=1)
    assert found["position"].tolist() == ["outside", "within_noise"]
