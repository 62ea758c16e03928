import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from phiscope.models.classifier import small_resnet
from phiscope.models.codec import Codec, encodings
from phiscope.models.encoder import encoder
from phiscope.models.gan import generator


@pytest.fixture
def codec():
    torch.manual_seed(0)
    return Codec(generator(6, 1, (8, 8), 4), small_resnet(1, 3, (4, 8)), encoder(6, 1, (8, 8), 4, "linear"), batch=3)


@pytest.fixture
def z():
    return np.random.default_rng(0).normal(size=(7, 6))


def test_batches_change_nothing(codec, z):
    whole = Codec(codec.generator, codec.classifier, codec.encoder, batch=100)
    images = codec.decode(z)
    assert images.shape == (7, 1, 8, 8)
    np.testing.assert_allclose(images, whole.decode(z), atol=1e-6)
    np.testing.assert_allclose(codec.encode(images), whole.encode(images), atol=1e-5)
    np.testing.assert_array_equal(codec.classify(images), whole.logits(images).argmax(1))


def test_encodings_can_be_kept_in_a_file(codec, tmp_path):
    images = np.random.default_rng(1).random((4, 1, 8, 8), dtype=np.float32)
    mean, log_deviation = codec.encode(images)
    save_file({"mean": mean, "log_deviation": log_deviation}, tmp_path / "kept.safetensors")
    np.testing.assert_array_equal(load_file(tmp_path / "kept.safetensors")["mean"], mean)


def test_eight_bit_images_are_what_they_are_as_floats(codec):
    images = np.random.default_rng(1).integers(0, 256, (4, 1, 8, 8), dtype=np.uint8)
    np.testing.assert_allclose(codec.encode(images), codec.encode(images / np.float32(255)), atol=1e-6)


def test_the_tangent_is_the_limit_of_differences(codec, z):
    codec.generator.double()  # so that a difference of 1e-5 has digits left
    direction = np.random.default_rng(2).normal(size=6)
    with torch.no_grad():
        ends = [codec.generator(torch.from_numpy(z + sign * 1e-5 * direction)).numpy() for sign in (1, -1)]
    codec.generator.float()
    np.testing.assert_allclose(codec.tangent(z, direction), (ends[0] - ends[1]) / 2e-5, atol=1e-5)


def test_encodings_have_the_mean_and_deviation_asked_for():
    mean, log_deviation = np.full((4000, 3), 2.0, np.float32), np.full((4000, 3), np.log(0.5), np.float32)
    drawn = encodings(mean, log_deviation, 5, 1)
    assert drawn.mean() == pytest.approx(2.0, abs=0.02)
    assert drawn.std() == pytest.approx(0.5, abs=0.02)
    np.testing.assert_array_equal(drawn, encodings(mean, log_deviation, 5, 1))
    assert not np.array_equal(drawn, encodings(mean, log_deviation, 5, 2))
