import numpy as np
import pytest
import torch

from phiscope.errors import DeviceError
from phiscope.geometry.hull import placement, pricing, products, project, selection, verify, vertices

BY = {"numpy": products.by_numpy, "torch": lambda w, cells: products.by_torch(w, cells, "cpu")}


def lowest_of(w, vertices, stride, below, count, way, monkeypatch):
    if way == "device":  # the way of a card, on the CPU: torch selects
        monkeypatch.setattr(pricing, "_elsewhere", lambda vertices: True)
        monkeypatch.setattr(selection, "CELLS", 9 * 130)
        monkeypatch.setattr(selection, "GROUP", 4)
    return pricing.lowest(w, vertices if way == "numpy" else torch.from_numpy(vertices), stride, below, count)


@pytest.mark.parametrize("way", ["numpy", "torch", "device"])
@pytest.mark.parametrize(("stride", "count"), [(1, 7), (3, 40), (1, 5000)])
def test_keeps_the_lowest_prices_below_the_limit(stride, count, way, monkeypatch):
    random = np.random.default_rng(0)
    w, vertices = random.normal(size=(9, 600)), random.normal(size=(1000, 600)).astype(np.float32)
    monkeypatch.setattr(pricing, "CELLS", 9 * 130)
    below = np.linspace(-60, 30, 9)
    below[3] = np.inf
    kept = lowest_of(w, vertices, stride, below, count, way, monkeypatch)
    prices = w @ vertices[::stride].T.astype(np.float64)
    for row in range(9):
        allowed = np.sort(prices[row][prices[row] < below[row]])
        places = kept.at[row, : kept.filled[row]] // stride
        np.testing.assert_allclose(np.sort(prices[row][places]), allowed[:count], atol=1e-4)
        others = np.delete(prices[row], places)
        assert len(others) == 0 or others.min() >= kept.others[row] - 1e-4


@pytest.mark.parametrize("way", BY)
@pytest.mark.parametrize("d", [3, 64, 700])
def test_rounding_stays_below_its_bound(d, way):
    """Vectors of one sign and almost one direction round worst, and mixed signs cancel."""
    random = np.random.default_rng(d)
    for shift in (0.0, 1.0):
        w, vertices = random.normal(size=(20, d)) + shift, random.normal(size=(300, d)) + shift
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        largest = np.linalg.norm(vertices, axis=1).max()
        light = vertices.astype(np.float32)
        products = BY[way](w.astype(np.float32), 20 * 300)
        out = products(light if way == "numpy" else torch.from_numpy(light))
        assert np.abs(np.asarray(out) - w @ vertices.T).max() <= pricing.rounding(d, largest)


@pytest.mark.parametrize("k", [1, 31, 500, 6_200, 10_007])
def test_candidates_hold_the_lowest_prices(k):
    """Also where many prices are equal, and where columns do not fill the last group."""
    random = np.random.default_rng(k)
    for prices in (random.normal(size=(5, k)), random.integers(20, size=(5, k)), np.tile(np.arange(k), (5, 1))):
        prices = torch.from_numpy(prices.astype(np.float32))
        found, columns = selection.candidates(prices, 30)
        assert torch.equal(found, prices.gather(1, columns))
        assert all(len(row.unique()) == len(row) for row in columns)
        assert torch.equal(found.sort(dim=1).values[:, :30], prices.sort(dim=1).values[:, :30])
    assert found.shape[1] <= max(30 * selection.GROUP + selection.GROUP, min(k, 31 * selection.GROUP))


def test_a_projection_priced_as_on_a_card_is_the_same(monkeypatch):
    random = np.random.default_rng(2)
    points, spanning = random.normal(size=(60, 40)), np.maximum(random.normal(size=(4000, 40)), 0).astype(np.float32)
    plain = project(points, spanning, threads=2)
    monkeypatch.setattr(pricing, "_elsewhere", torch.is_tensor)
    monkeypatch.setattr(selection, "CELLS", 60 * 900)
    there = project(points, torch.from_numpy(spanning), threads=2)
    assert (there.status == "converged").all()
    np.testing.assert_allclose(there.distance, plain.distance, rtol=1e-9)
    np.testing.assert_array_equal(there.support(7)[0], plain.support(7)[0])
    proof = verify(there, points, spanning)
    assert (proof.gap <= there.gap + 1e-12).all()


def test_products_are_of_full_float32_whatever_was_set():
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        with products.full_float32():
            assert torch.backends.cuda.matmul.fp32_precision == torch.backends.mkldnn.matmul.fp32_precision == "ieee"
        assert torch.get_float32_matmul_precision() == "medium"
        products.require_float32.cache_clear()
        products.require_float32("cpu")
    finally:
        torch.set_float32_matmul_precision(before)


def test_a_device_that_multiplies_in_fewer_digits_is_refused(monkeypatch):
    exact = torch.mm
    monkeypatch.setattr(torch, "mm", lambda a, b: exact(a.bfloat16(), b.bfloat16()).float())
    products.require_float32.cache_clear()
    with pytest.raises(DeviceError, match="fewer digits"):
        products.require_float32("cpu")


def test_where_vertices_are_priced(monkeypatch):
    """A card that is there is taken where the vertices fit; one that is asked for and too small is refused."""
    assert placement.placed("cpu", 10**12) == "cpu"
    monkeypatch.setattr(placement, "choose_device", lambda device: "cuda")
    monkeypatch.setattr(placement, "free_bytes", lambda device: 8 * 10**9)
    monkeypatch.setattr(placement, "require_float32", lambda device: None)
    assert placement.placed("auto", 10**9) == "cuda"
    assert placement.placed("auto", 6 * 10**9) == "cpu"
    with pytest.raises(DeviceError, match=r"8.0 GB free; vertices of a hull take 6.0"):
        placement.placed("cuda", 6 * 10**9)


def test_many_vertices_go_where_the_device_says(monkeypatch):
    """On the meta device, which holds no numbers: what is small stays on the processor."""
    monkeypatch.setattr(vertices, "placed", lambda device, size: "meta")
    monkeypatch.setattr(vertices, "require_float32", lambda device: None)
    random = np.random.default_rng(0)
    some = vertices.Vertices(random.normal(size=(500, 8)).astype(np.float32))
    assert isinstance(some.light(10, "cuda"), np.ndarray)
    assert some.light(vertices.LARGE, "cuda").device.type == "meta"
    assert some.light(10, "cpu").device.type == "meta"
