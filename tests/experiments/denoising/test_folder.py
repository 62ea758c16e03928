"""Images of the user's: what a method made of them, and that tiles do not show."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from phiscope.datasets.pictures import write_png
from phiscope.experiments.denoising.folder import by_classical, by_network, denoised
from phiscope.experiments.denoising.network import Denoiser
from phiscope.models import build


class Halving(nn.Module):
    """A pixelwise denoiser: what tiles see of each other cannot matter."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, images):
        return self.scale * images


@pytest.fixture
def image():
    return np.random.default_rng(0).uniform(0.2, 0.8, (1, 40, 61)).astype(np.float32)


def test_a_pixelwise_network_gives_the_same_in_tiles_as_whole(image):
    method = by_network(Denoiser(Halving(), 1, "gaussian (0.2)"), tile=16, overlap=8)
    clean, about = denoised(image, method)
    np.testing.assert_allclose(clean, image / 2, atol=1e-6)
    assert about["change"] == pytest.approx(np.sqrt(np.mean((image / 2) ** 2)), rel=1e-5)
    assert (about["training_noise"], about["noise"], about["level"]) == ("gaussian (0.2)", None, None)
    assert (about["channels"], about["height"], about["width"]) == (1, 40, 61)


def test_an_untrained_residual_network_gives_images_back_as_they_are(image):
    torch.manual_seed(0)
    arguments = {"width": 4, "depth": 3, "fold": 2}
    network = build("phiscope.models.denoiser:dncnn", arguments, None).eval()
    clean, about = denoised(image, by_network(Denoiser(network, 1), tile=16, overlap=8))
    np.testing.assert_allclose(clean, image, atol=1e-6)
    assert about["change"] < 1e-6


@pytest.mark.parametrize("shape", [(1, 40, 61), (3, 33, 20)])
def test_a_classical_method_smooths_what_is_noise_alone(shape):
    noise = np.random.default_rng(1).normal(0.5, 0.1, shape).clip(0, 1)
    clean, about = denoised(noise, by_classical("tv"))
    assert clean.shape == shape
    assert clean.std() < 0.5 * noise.std()
    assert about["level"] == about["level_estimated"] == pytest.approx(0.1, rel=0.2)
    assert denoised(noise, by_classical("tv"), level=0.3)[1]["level"] == 0.3


def test_a_written_image_is_the_one_that_is_read(tmp_path):
    for shape in ((1, 4, 6), (3, 4, 6)):
        levels = np.random.default_rng(2).integers(0, 256, shape)
        write_png(levels / 255, tmp_path / "below/image.png")
        read = np.asarray(Image.open(tmp_path / "below/image.png"))
        np.testing.assert_array_equal(read if shape[0] == 1 else read.transpose(2, 0, 1), levels.squeeze())
