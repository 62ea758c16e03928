import numpy as np

from phiscope.geometry.slices import plane_through


def test_the_three_points_lie_in_the_plane_at_their_distances():
    points = np.random.default_rng(0).normal(size=(3, 7))
    plane = plane_through(*points)
    flat = plane.coordinates(points)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-14)
    np.testing.assert_allclose(flat @ plane.directions + plane.origin, points, atol=1e-13)
    np.testing.assert_allclose(np.linalg.norm(flat[1] - flat[2]), np.linalg.norm(points[1] - points[2]))


def test_points_on_a_line_still_give_a_plane():
    origin, step = np.ones(4), np.array([1.0, 2.0, 0.0, 0.0])
    plane = plane_through(origin, origin + step, origin + 3 * step)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-14)


def test_grid():
    plane = plane_through(*np.random.default_rng(1).normal(size=(3, 5)))
    u, v = plane.grid(2.0, 5)
    points = plane.at(u, v)
    assert points.shape == (25, 5)
    np.testing.assert_allclose(plane.coordinates(points), np.stack([u, v], 1), atol=1e-13)
    assert (u.min(), v.max()) == (-2, 2)
