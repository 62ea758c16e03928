import numpy as np
import pytest
import torch
from torch import nn

from phiscope.errors import DataError
from phiscope.features import batch_size, extract
from phiscope.geometry import activations
from phiscope.head import FeatureNoise, Head
from phiscope.models import split


@pytest.fixture
def feature_map():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.ReLU(), nn.Linear(5, 3))
    return split(network, torch.rand(2, 3, 2, 2))


@pytest.fixture(scope="module")
def convolutional():
    """Wide enough that sums are rounded in another way in another batch."""
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.Flatten(), nn.Linear(2048, 64)
    )
    return split(nn.Sequential(body, nn.ReLU(), nn.Linear(64, 10)).eval(), torch.rand(2, 1, 8, 8))


def test_the_features_of_an_image_are_the_same_bits_in_whatever_chunk(convolutional):
    images = np.random.default_rng(0).integers(0, 256, (100, 1, 8, 8), dtype=np.uint8)
    whole = extract(convolutional, images)
    for size in (1, 7, 64):
        parts = [extract(convolutional, images[start : start + size]) for start in range(0, 100, size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
    order = np.random.default_rng(1).permutation(100)
    np.testing.assert_array_equal(extract(convolutional, images[order]), whole[order])


def test_every_batch_has_one_size_that_follows_from_the_network(convolutional, monkeypatch):
    seen = []
    handle = convolutional.network.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    images = np.zeros((70, 1, 8, 8), np.uint8)
    extract(convolutional, images)
    extract(convolutional, images[:3])
    assert seen == [1, 64, 64, 1, 64]  # one image tells what activations take
    monkeypatch.setattr(activations, "BATCH_BYTES", 2**18)
    seen.clear()
    extract(convolutional, images[:3])
    handle.remove()
    assert seen == [1, 8]
    assert batch_size(convolutional, torch.zeros(1, 1, 8, 8)) == 8


def test_batches_do_not_show_and_bytes_are_pixels_over_255(feature_map):
    images = np.random.default_rng(0).integers(0, 256, (11, 3, 2, 2), dtype=np.uint8)
    whole = extract(feature_map, images)
    assert (whole.shape, whole.dtype) == ((11, 5), np.float32)
    np.testing.assert_allclose(extract(feature_map, images, size=3), whole, atol=1e-6)
    np.testing.assert_allclose(extract(feature_map, images.astype(np.float32) / 255), whole, atol=1e-6)


def test_features_that_are_not_finite_are_refused(feature_map):
    feature_map.network[1].bias.data[0] = torch.inf
    with pytest.raises(DataError, match="features of the images: row 0"):
        extract(feature_map, np.zeros((2, 3, 2, 2), np.float32))


def test_the_head_survives_its_file_and_gives_the_networks_logits(feature_map, tmp_path):
    noise = FeatureNoise.of(None, 1e-7, 2e-8, length=3.0, images=9, factor=4.0)
    head = Head(feature_map.weight.numpy(), feature_map.bias.numpy(), feature_map.layer, feature_map.lower_bound, noise)
    head.save(tmp_path / "head.safetensors")
    again = Head.load(tmp_path / "head.safetensors")
    assert (again.layer, again.lower_bound, again.noise) == ("3", 0.0, noise)
    images = np.random.default_rng(1).random((4, 3, 2, 2), dtype=np.float32)
    with torch.no_grad():
        expected = feature_map.network(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(again.logits(extract(feature_map, images)), expected, atol=1e-6)
    np.testing.assert_array_equal(again.classify(extract(feature_map, images)), expected.argmax(1))
