import numpy as np
import pytest
import torch

from phiscope.denoisers import Denoiser
from phiscope.errors import ModelError
from phiscope.models import build, save_artifact
from phiscope.models.denoiser import dncnn


@pytest.fixture
def grey():
    torch.manual_seed(0)
    network = dncnn(width=4, depth=3, batch_norm=False)
    torch.nn.init.normal_(network.last.weight, std=0.1)
    return Denoiser(network.eval(), channels=1)


def test_a_grey_network_takes_colours_one_by_one(grey):
    images = np.random.default_rng(0).random((2, 3, 8, 9), np.float32)
    found = grey(images)
    for channel in range(3):
        np.testing.assert_allclose(found[:, channel : channel + 1], grey(images[:, channel : channel + 1]), atol=1e-6)


def test_a_colour_network_does_not_take_grey():
    with pytest.raises(ModelError, match="takes 3 channels, the images have 1"):
        Denoiser(dncnn(channels=3, width=4, depth=3), channels=3)(np.zeros((1, 1, 8, 8), np.float32))


def test_eight_bit_images_are_read_as_pixels_up_to_one(grey):
    image = np.random.default_rng(0).integers(0, 256, (1, 20, 30), dtype=np.uint8)
    np.testing.assert_allclose(grey.image(image, tile=8, overlap=4), grey(image[None])[0], atol=1e-5)


def test_a_loaded_denoiser_says_what_it_was_trained_on(tmp_path):
    about = {"factory": "phiscope.models.denoiser:dncnn", "arguments": {"channels": 1, "width": 4, "depth": 3}}
    network = build(**about, normalise=None)
    noises = [{"noise": "gaussian", "level": [0.0, 0.2]}, {"noise": "blocks", "level": 0.25}]
    told = {"normalise": None, "training": {"noise": noises}}
    save_artifact(network, about | told, tmp_path / "denoiser.safetensors")
    loaded = Denoiser.load(tmp_path / "denoiser.safetensors")
    assert loaded.trained_on == "gaussian 0-0.2, blocks 0.25"
    assert loaded.parameters == sum(p.numel() for p in network.parameters())
