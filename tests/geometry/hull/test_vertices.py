import numpy as np
import pytest

from phiscope.errors import DataError
from phiscope.geometry import hull
from phiscope.geometry.hull import columns, pricing


def cloud(n=3000, d=20, kind=np.float32, seed=0):
    random = np.random.default_rng(seed)
    return np.maximum(random.normal(size=(5, d)), 0).astype(kind), np.maximum(random.normal(size=(n, d)), 0).astype(
        kind
    )


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("move", [lambda array: array, lambda array: array + 1000, lambda array: array * 2.0**-70])
def test_prepared_and_saved_vertices_give_the_same(kind, move, tmp_path):
    points, vertices = (move(array).astype(kind) for array in cloud(kind=kind))
    prepared = hull.Vertices(vertices)
    prepared.save(tmp_path / "vertices.about")
    loaded = hull.Vertices.load(tmp_path / "vertices.about", vertices)
    plain = hull.project(points, vertices, threads=1)
    for known in (prepared, prepared, loaded):
        again = hull.project(points, known, threads=1)
        np.testing.assert_array_equal(again.nearest, plain.nearest)
        np.testing.assert_array_equal(again.gap, plain.gap)


def swapped(array, axis):
    changed = np.moveaxis(array.copy(), axis, 0)
    changed[[0, 1]] = changed[[1, 0]]
    return np.moveaxis(changed, 0, axis)


@pytest.mark.parametrize(
    "change",
    [
        lambda array: array[:-1],
        lambda array: array.astype(np.float64),
        lambda array: np.nextafter(array, array + (np.arange(array.size).reshape(array.shape) == 777)),
        lambda array: swapped(array, 0),
        lambda array: swapped(array, 1),
    ],
)
def test_what_was_saved_with_other_vertices_is_refused(change, tmp_path):
    _, vertices = cloud()
    hull.Vertices(vertices).save(tmp_path / "about.npz")
    with pytest.raises(DataError, match="vertices: .* was saved with others"):
        hull.Vertices.load(tmp_path / "about.npz", change(vertices))


@pytest.mark.parametrize("small", [0, 2**30])
def test_single_queries_agree_with_many(small, monkeypatch):
    """Few queries are solved over all vertices, or remember prices; the certificate is about all vertices anyway."""
    monkeypatch.setattr(columns, "SMALL", small)
    points, vertices = cloud(n=20_000, d=40)
    many = hull.project(points, vertices, threads=1)
    prepared = hull.Vertices(vertices)
    for row in range(len(points)):
        one = hull.project(points[row : row + 1], prepared, threads=1)
        assert one.status[0] == "converged"
        assert one.distance[0] == pytest.approx(many.distance[row], rel=1e-12)
        proof = hull.verify(one, points[row : row + 1], vertices)
        assert proof.gap[0] <= one.gap[0] + 1e-13


@pytest.mark.parametrize("turn", [1e-3, 1e-2, 0.1])
def test_prices_that_are_not_made_again_are_not_below(turn, monkeypatch):
    monkeypatch.setattr(pricing, "REPRICED", 1.0)
    random = np.random.default_rng(3)
    _, vertices = cloud(n=4000)
    centre = vertices.mean(0, dtype=np.float64)
    spans = np.linalg.norm(vertices - centre, axis=1)
    old, new = (
        w / np.linalg.norm(w) for w in np.cumsum([random.normal(size=20), turn * random.normal(size=20)], axis=0)
    )
    known = pricing.Known(old, (vertices @ old).astype(np.float32))
    prices = vertices @ new
    below = np.sort(prices)[30] + 1e-6
    kept = pricing.lowest_again(new, known, vertices, centre, spans, below, 192)
    assert set(kept.at[0, : kept.filled[0]]) == set(np.flatnonzero(prices < below))
    assert kept.others[0] == pytest.approx(below)


def test_a_turn_that_is_too_large_is_left_to_the_pricing_of_all():
    _, vertices = cloud()
    centre = vertices.mean(0, dtype=np.float64)
    spans = np.linalg.norm(vertices - centre, axis=1)
    old, new = np.eye(20)[:2]
    known = pricing.Known(old, vertices @ old.astype(np.float32))
    assert pricing.lowest_again(new, known, vertices, centre, spans, 0.0, 192) is None


def test_verification_refuses_what_was_not_projected():
    points, vertices = cloud()
    projection = hull.project(points, vertices, threads=1)
    for others in ((points[:3], vertices), (points, vertices[:, :5])):
        with pytest.raises(DataError, match="expected those of the projection"):
            hull.verify(projection, *others)
    with pytest.raises(DataError, match="vertices: a masked array"):
        hull.verify(projection, points, np.ma.masked_array(vertices, mask=vertices > 1))
