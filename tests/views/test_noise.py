import numpy as np

from phiscope.denoising.corruptions import corrupt
from phiscope.views import VIEWS

make = VIEWS["noise"].load()


def test_is_the_registered_noise_under_the_runs_seed(source):
    found = make(source, noise="uniform", level=0.2)["images"]
    np.testing.assert_array_equal(found, corrupt(source.images, "uniform", 0.2, samples=source.samples, seed=3))


def test_another_seed_is_another_draw(source):
    one, other = (make(source, noise="gaussian", level=0.2, seed=seed)["images"] for seed in (None, 8))
    assert np.abs(one - other).mean() > 0.05
