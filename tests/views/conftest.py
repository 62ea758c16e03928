import numpy as np
import pytest

from phiscope.views.source import Source


@pytest.fixture
def source():
    """Five colour images of 6 x 7 pixels, 8 bits each."""
    pixels = np.random.default_rng(2).integers(0, 256, (5, 3, 6, 7), dtype=np.uint8)
    return Source(pixels, samples=np.array([4, 0, 9, 2, 7]), labels=np.array([0, 1, 2, 0, 1]), seed=3)
