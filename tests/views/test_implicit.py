import numpy as np
import pytest

from phiscope.views import in_words
from phiscope.views.implicit import make
from phiscope.views.source import Source


@pytest.fixture
def smooth():
    """Three grey images of 8 x 8, each one slow wave."""
    where = np.arange(8) / 8
    images = [0.5 + 0.3 * np.cos(2 * np.pi * (where[:, None] + shift)) * np.ones(8) for shift in (0, 0.2, 0.4)]
    return Source(np.stack(images)[:, None].astype(np.float32), np.array([4, 0, 9]), np.zeros(3, int), seed=1)


def test_a_wave_comes_back_through_its_encoding(smooth):
    made = make(smooth, encoding="basic", steps=200)
    assert made["images"].shape == smooth.images.shape
    assert made["images"].dtype == np.float32
    assert (made["psnr"] > 30).all()
    assert np.abs(made["images"] - smooth.images).max() < 0.1


def test_a_sample_does_not_depend_on_its_company(smooth):
    whole = make(smooth, encoding="gaussian", k=4, sigma=1.0, steps=20)["images"]
    one = Source(smooth.images[1:2], smooth.samples[1:2], smooth.labels[1:2], smooth.seed)
    np.testing.assert_allclose(
        make(one, encoding="gaussian", k=4, sigma=1.0, steps=20)["images"][0], whole[1], atol=1e-3
    )


def test_colour_and_its_order_are_kept(source):
    made = make(source, encoding="fourier_complete", width=64, steps=300)
    assert made["images"].shape == source.images.shape
    assert np.abs(made["images"] - source.pixels).mean() < 0.1


def test_in_words():
    assert in_words({"kind": "implicit", "encoding": "basic"}) == (
        "images of original drawn again by a network behind the encoding basic"
    )
