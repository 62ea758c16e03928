import numpy as np
import pandas as pd

from phiscope.datasets import ImageDataset, open_prepared, save
from phiscope.views import VIEWS
from phiscope.views.source import Source


def test_projections_are_the_weighted_training_images(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 3, 4, 4), dtype=np.uint8)
    save(ImageDataset(pixels, np.arange(30) % 3, ("a", "b", "c")), tmp_path / "x.safetensors", seed=4)
    hull = pd.DataFrame(
        {
            "support_index": [np.array([7, 2]), np.array([29])],
            "support_weight": [np.array([0.25, 0.75]), np.array([1.0])],
        }
    )
    found = VIEWS["hull-pixel"].load()(
        Source(np.zeros((2, 3, 4, 4), np.float32), samples=np.arange(2), labels=np.zeros(2), seed=0),
        pixel_hull=hull,
        training_images=open_prepared(tmp_path / "x.safetensors"),
    )["images"]
    np.testing.assert_allclose(found[0], (0.25 * pixels[7] + 0.75 * pixels[2].astype(float)) / 255, atol=1e-6)
    np.testing.assert_allclose(found[1], pixels[29] / 255, atol=1e-6)
    assert found.dtype == np.float32
