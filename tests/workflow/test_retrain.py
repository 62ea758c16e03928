"""The new images that a retrained network is judged by."""

import importlib.util

import numpy as np
import pytest

from phiscope.datasets.prepared import save_arrays
from phiscope.errors import DataError


@pytest.fixture
def script(root):
    spec = importlib.util.spec_from_file_location("retrain_denoiser", root / "scripts/retrain_denoiser.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def train(tmp_path):
    """Fifty images, each of one grey value, its number."""
    numbers = np.arange(50)
    images = np.broadcast_to(numbers.astype(np.uint8)[:, None, None, None], (50, 1, 4, 4))
    save_arrays(images, numbers % 2, numbers, ["even", "odd"], tmp_path / "train.safetensors")
    return str(tmp_path / "train.safetensors")


@pytest.mark.parametrize(("samples", "new"), [(20, range(20, 40)), (35, range(35, 50))])
def test_new_images_are_those_after_the_studys_and_at_most_as_many(script, train, samples, new):
    found = script.images_of(train, samples)
    assert found.train[:, 0, 0, 0].tolist() == list(range(samples))
    assert found.test[:, 0, 0, 0].tolist() == list(new)
    assert found.test_labels.tolist() == [number % 2 for number in new]


def test_a_study_that_leaves_no_new_image_says_so(script, train):
    with pytest.raises(DataError, match="all 50 training images .* lower it"):
        script.images_of(train, 50)
