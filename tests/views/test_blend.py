import numpy as np
import pytest

from phiscope.datasets import ImageDataset, open_prepared, save
from phiscope.errors import ConfigError
from phiscope.views import VIEWS

make = VIEWS["blend"].load()


@pytest.fixture
def test_images(tmp_path):
    pixels = np.random.default_rng(6).integers(0, 256, (12, 3, 6, 7), dtype=np.uint8)
    save(ImageDataset(pixels, np.arange(12) % 3, ("a", "b", "c")), tmp_path / "test.safetensors", seed=4)
    return open_prepared(tmp_path / "test.safetensors"), pixels


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_is_the_point_on_the_straight_path(source, test_images, share):
    prepared, pixels = test_images
    found = make(source, test_images=prepared, toward=5, share=share)["images"]
    np.testing.assert_allclose(found, (1 - share) * source.images / 255 + share * pixels[5] / 255, atol=1e-7)
    assert found.dtype == np.float32


def test_a_sample_that_is_not_there_is_said(source, test_images):
    with pytest.raises(ConfigError, match="there is no test sample 12; expected 0 to 11"):
        make(source, test_images=test_images[0], toward=12, share=0.5)
