"""The bench on images whose best denoiser is known."""

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.denoising.classical import strengths_of
from phiscope.denoising.corruptions import Noise
from phiscope.experiments.denoising.bench import compare_denoisers
from phiscope.experiments.denoising.network import Denoiser

SIDE, LEVEL = 32, 0.1


class Mean(nn.Module):
    """`share` of the best estimate of a constant image from independent noise, the mean of its pixels."""

    def __init__(self, share: float):
        super().__init__()
        self.share = nn.Parameter(torch.tensor(share))

    def forward(self, images):
        return self.share * images.mean((2, 3), keepdim=True) + (1 - self.share) * images


@pytest.fixture(scope="module")
def comparison():
    """Constant images: the wider a filter, the better."""
    images = [np.full((1, SIDE, SIDE), grey, np.float32) for grey in np.linspace(0.4, 0.6, 8)]
    networks = {"mean": Denoiser(Mean(1.0), 1, "gaussian (0.1)"), "nothing": Denoiser(Mean(0.0), 1)}
    names = [f"grey:{k}" for k in range(len(images))]
    return compare_denoisers(
        images, names, images[::2], Noise("gaussian", LEVEL), ["gaussian", "median"], networks, seed=0
    )


def psnr_of(comparison, method):
    columns = comparison.columns
    return np.array([p for p, name in zip(columns["psnr"], columns["method"]) if name == method])


def test_every_method_sees_every_image(comparison):
    columns = comparison.columns
    assert {len(values) for values in columns.values()} == {8 * 5}
    assert set(columns["method"]) == {"noisy", "gaussian", "median", "mean", "nothing"}
    assert columns["image"][:5] == ["grey:0"] * 5


def test_noise_and_its_mean_have_the_psnr_of_their_variance(comparison):
    assert psnr_of(comparison, "noisy").mean() == pytest.approx(-20 * np.log10(LEVEL), abs=0.2)
    # The mean of 1,024 pixels has a thousandth of the variance; of one normal number E[-10 log10 x²] is 5.5 dB above.
    assert psnr_of(comparison, "mean").mean() > -20 * np.log10(LEVEL) + 10 * np.log10(SIDE**2) - 3
    np.testing.assert_allclose(psnr_of(comparison, "nothing"), psnr_of(comparison, "noisy"), atol=1e-4)


def test_the_best_denoiser_wins_and_filters_stand_between(comparison):
    means = {name: psnr_of(comparison, name).mean() for name in ("noisy", "median", "gaussian", "mean")}
    assert means["noisy"] + 5 < means["median"] < means["mean"]
    assert means["noisy"] + 5 < means["gaussian"] < means["mean"]


def test_tuning_takes_the_widest_filter_where_images_are_constant(comparison):
    columns = comparison.columns
    strengths = {s for s, name in zip(columns["strength"], columns["method"]) if name == "gaussian"}
    assert strengths == {max(strengths_of("gaussian", Noise("gaussian", LEVEL)))}


def test_networks_say_what_they_were_trained_on(comparison):
    columns = comparison.columns
    said = dict(zip(columns["method"], columns["training_noise"]))
    assert said == {"noisy": None, "gaussian": None, "median": None, "mean": "gaussian (0.1)", "nothing": ""}


def test_one_image_is_shown_under_every_method(comparison):
    assert set(comparison.shown) == {"clean", "noisy", "gaussian", "median", "mean", "nothing"}
    assert np.ptp(comparison.shown["mean"]) < 1e-6
