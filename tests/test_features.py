import numpy as np
import pytest
import torch
from torch import nn

from phiscope.errors import DataError
from phiscope.features import extract
from phiscope.head import Head
from phiscope.models import split


@pytest.fixture
def feature_map():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.ReLU(), nn.Linear(5, 3))
    return split(network, torch.rand(2, 3, 2, 2))


def test_batches_do_not_show_and_bytes_are_pixels_over_255(feature_map):
    images = np.random.default_rng(0).integers(0, 256, (11, 3, 2, 2), dtype=np.uint8)
    whole = extract(feature_map, images)
    assert (whole.shape, whole.dtype) == ((11, 5), np.float32)
    np.testing.assert_allclose(extract(feature_map, images, batch_size=3), whole, atol=1e-6)
    np.testing.assert_allclose(extract(feature_map, images.astype(np.float32) / 255), whole, atol=1e-6)


def test_features_that_are_not_finite_are_refused(feature_map):
    feature_map.network[1].bias.data[0] = torch.inf
    with pytest.raises(DataError, match="features of the images: row 0"):
        extract(feature_map, np.zeros((2, 3, 2, 2), np.float32))


def test_the_head_survives_its_file_and_gives_the_networks_logits(feature_map, tmp_path):
    head = Head(feature_map.weight.numpy(), feature_map.bias.numpy(), feature_map.layer, feature_map.lower_bound)
    head.save(tmp_path / "head.safetensors")
    again = Head.load(tmp_path / "head.safetensors")
    assert (again.layer, again.lower_bound) == ("3", 0.0)
    images = np.random.default_rng(1).random((4, 3, 2, 2), dtype=np.float32)
    with torch.no_grad():
        expected = feature_map.network(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(again.logits(extract(feature_map, images)), expected, atol=1e-6)
    np.testing.assert_array_equal(again.classify(extract(feature_map, images)), expected.argmax(1))
