import numpy as np
import pytest
import torch

from phiscope.denoising.layers import Layer, reaches
from phiscope.denoising.tiling import denoise_tiled
from phiscope.errors import ConfigError
from phiscope.models.denoiser import autoencoder, dncnn, run_on

IMAGE = np.random.default_rng(0).random((1, 45, 70), np.float32)


def network_of(kind):
    torch.manual_seed(0)
    network = dncnn(width=6, depth=3, batch_norm=False) if kind == "residual" else autoencoder(widths=(4, 4))
    if kind == "residual":
        torch.nn.init.normal_(network.last.weight)
    return lambda image: run_on(network, image[None])[0]


@pytest.mark.parametrize("kind", ["residual", "autoencoder"])
def test_tiles_with_enough_overlap_are_the_whole_image(kind):
    denoise = network_of(kind)
    np.testing.assert_allclose(denoise_tiled(denoise, IMAGE, tile=16, overlap=8), denoise(IMAGE), atol=1e-5)


def test_without_overlap_only_what_is_away_from_seams_agrees():
    denoise = network_of("residual")
    difference = np.abs(denoise_tiled(denoise, IMAGE, tile=16, overlap=0) - denoise(IMAGE))[0]
    assert difference.max() > 1e-3
    reach = 3  # three layers of 3 x 3
    inner = np.zeros_like(difference, bool)
    for top in range(0, 45, 16):
        for left in range(0, 70, 16):
            inner[top + reach : top + 16 - reach, left + reach : left + 16 - reach] = True
    assert difference[inner].max() < 1e-5


def test_the_overlap_that_is_needed_is_the_one_the_layers_table_gives():
    layers = [Layer("1", 3, 1, 1), Layer("2", 3, 1, 1), Layer("3", 3, 1, 1)]
    assert reaches(layers, 45)[-1].receptive_field // 2 == 3
    denoise = network_of("residual")
    whole = denoise(IMAGE)
    np.testing.assert_allclose(denoise_tiled(denoise, IMAGE, tile=20, overlap=3), whole, atol=1e-5)
    assert np.abs(denoise_tiled(denoise, IMAGE, tile=20, overlap=2) - whole).max() > 1e-4


def test_an_image_smaller_than_a_tile_is_denoised_at_once():
    calls = []
    np.testing.assert_array_equal(denoise_tiled(lambda x: calls.append(x.shape) or x, IMAGE), IMAGE)
    assert calls == [IMAGE.shape]


def test_senseless_tiles_are_refused():
    with pytest.raises(ConfigError, match="expected at least 1 and 0"):
        denoise_tiled(lambda x: x, IMAGE, tile=0)
