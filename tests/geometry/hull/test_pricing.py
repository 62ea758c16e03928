import numpy as np
import pytest
import torch

from phiscope.geometry.hull import pricing, products

BY = {"numpy": products.by_numpy, "torch": lambda w, cells: products.by_torch(w, cells, "cpu")}


def lowest_of(w, vertices, stride, below, count, way, monkeypatch):
    if way == "device":  # the way of a GPU, on the CPU: torch finds the lowest of each block

        def keep(prices, first, stride, others, at, price, filled):
            kept = pricing.Kept(at, price, filled, others)
            pricing._keep_on_device(torch.from_numpy(prices), first, stride, kept)

        monkeypatch.setattr(pricing, "_keep", keep)
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
