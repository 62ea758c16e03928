import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscope.geometry.balls import counted, in_union, inside, placed


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 300), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_counts_against_brute_force(seed, m, n, f):
    random = np.random.default_rng(seed)
    centers, points, radii = random.normal(size=(m, f)), random.normal(size=(n, f)), random.exponential(size=m)
    distances = np.linalg.norm(centers[:, None] - points, axis=2)
    np.testing.assert_array_equal(inside(centers, radii, points), (distances < radii[:, None]).sum(1))
    np.testing.assert_array_equal(in_union(points, centers, radii), (distances < radii[:, None]).any(0))


def test_the_sphere_itself_is_outside_and_rounding_does_not_decide():
    far = 1e4 * np.ones((1, 3))
    points = far + np.array([[0.3, 0, 0], [0.3 - 1e-9, 0, 0], [0.3 + 1e-9, 0, 0]])
    radius = np.linalg.norm(points[:1] - far, axis=1)
    assert inside(far, radius, points).tolist() == [1]
    assert in_union(points, far, radius).tolist() == [False, True, False]


def test_a_centre_does_not_count_itself_but_its_duplicates():
    points = np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 0.0]])
    radii = np.array([1.0, 1.0, np.inf])
    assert inside(points, radii, points, exclude_self=np.arange(3)).tolist() == [1, 1, 2]
    assert in_union(points, points, np.array([0.0, 0.0, 9.0]), exclude_self=np.arange(3)).tolist() == [
        True,
        True,
        False,
    ]


def test_blocks_do_not_show():
    random = np.random.default_rng(0)
    x, radii = random.normal(size=(700, 2)), random.exponential(size=700)
    whole = inside(x, radii, x, exclude_self=np.arange(700))
    parts = [inside(x[k : k + 1], radii[k : k + 1], x, exclude_self=np.array([k])) for k in range(0, 700, 97)]
    np.testing.assert_array_equal(whole[::97], np.concatenate(parts))


def test_what_noise_decides_is_counted_apart():
    random = np.random.default_rng(3)
    centers, points = random.normal(size=(30, 2)), random.normal(size=(300, 2))
    radii, noise = random.exponential(size=30), random.exponential(size=30) / 2
    distances = np.linalg.norm(centers[:, None] - points, axis=2)
    surely, maybe = distances < (radii - noise)[:, None], distances < (radii + noise)[:, None]
    found = counted(centers, radii, points, noise=noise)
    assert (noise > radii).any()  # a ball in which nothing surely lies
    np.testing.assert_array_equal(found.inside, surely.sum(1))
    np.testing.assert_array_equal(found.on_surface, (maybe & ~surely).sum(1))
    union = placed(points, centers, radii, noise=noise)
    np.testing.assert_array_equal(union.inside, surely.any(0))
    np.testing.assert_array_equal(union.on_surface, maybe.any(0) & ~surely.any(0))
