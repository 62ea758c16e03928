import numpy as np
import pytest
from skimage import data

from phiscope.denoising import classical
from phiscope.denoising.classical import METHODS, denoise, methods_for, tune
from phiscope.denoising.corruptions import Noise, corrupt
from phiscope.denoising.metrics import psnr
from phiscope.errors import ConfigError

IMAGES = data.camera()[96:192, 160:256][None, None].astype(np.float32) / 255
FREE = [name for name in METHODS if name != "bm3d"]


def test_bm3d_takes_noise_away_where_its_package_is_installed():
    pytest.importorskip("bm3d")
    noise = Noise("gaussian", 0.1)
    found = denoise("bm3d", noisy_of(noise), None, noise)[0]
    assert found.shape == IMAGES[0].shape
    assert psnr(found.clip(0, 1), IMAGES[0]) > psnr(denoise("dct", noisy_of(noise), None, noise)[0], IMAGES[0])
    coloured = np.repeat(noisy_of(noise)[0][:, :24, :20], 3, axis=0)
    assert denoise("bm3d", [coloured], None, noise)[0].shape == (3, 24, 20)


def test_what_is_not_installed_is_told_from_what_does_not_exist(monkeypatch):
    monkeypatch.setattr(classical, "METHODS", {name: METHODS[name] for name in FREE})
    assert classical.absent(["gaussian", "bm3d", "magic"]) == ["bm3d"]
    with pytest.raises(ConfigError, match="install the package bm3d"):
        denoise("bm3d", IMAGES, None, Noise("gaussian", 0.1))
    monkeypatch.setattr(classical, "METHODS", {"bm3d": None})
    assert classical.absent(["bm3d"]) == []


def noisy_of(noise):
    return corrupt(IMAGES, noise.kind, noise.level, samples=[0], seed=1, clip=False)


@pytest.mark.parametrize(
    ("name", "noise"),
    [
        *[(name, Noise("gaussian", 0.1)) for name in FREE if not METHODS[name].kinds],
        ("median", Noise("salt-and-pepper", 0.1)),
        ("anscombe", Noise("poisson", 0.2)),
        ("biharmonic", Noise("blocks", 0.1)),
    ],
)
def test_takes_noise_away(name, noise):
    noisy = noisy_of(noise)
    strength = tune(name, noisy, IMAGES, noise)
    found = denoise(name, noisy, strength, noise)[0]
    assert found.shape == IMAGES[0].shape
    assert psnr(found.clip(0, 1), IMAGES[0]) > psnr(noisy[0], IMAGES[0]) + 2


@pytest.mark.parametrize("shape", [(3, 24, 20), (1, 8, 8), (1, 9, 31)])
@pytest.mark.parametrize("name", FREE)
def test_small_and_coloured_images_keep_their_shape(name, shape):
    image = np.random.default_rng(0).uniform(0.2, 0.8, shape)
    kind = (METHODS[name].kinds or ("gaussian",))[0]
    assert denoise(name, [image], None, Noise(kind, 0.1))[0].shape == shape


def test_dct_shrinkage_of_nothing_is_the_image_and_of_everything_its_patches_means():
    image = np.random.default_rng(0).random((1, 20, 17))
    noise = Noise("gaussian", 0.1)
    np.testing.assert_allclose(classical.dct_shrinkage(image, 0.0, noise), image, atol=1e-12)
    constant = np.full((1, 20, 17), 0.3)
    np.testing.assert_allclose(classical.dct_shrinkage(constant, 1e9, noise), constant, atol=1e-12)
    assert classical.dct_shrinkage(image, 1e9, noise).std() < 0.3 * image.std()


def test_the_inverse_of_anscombes_transform_is_unbiased_where_the_plain_one_is_not():
    counts = np.random.default_rng(0).poisson(3.0, 400_000)
    stable = (2 * np.sqrt(counts + 3 / 8)).mean()
    assert np.var(2 * np.sqrt(np.random.default_rng(1).poisson(20.0, 400_000) + 3 / 8)) == pytest.approx(1, abs=0.01)
    assert classical.anscombe_inverse(np.array(stable)) == pytest.approx(3.0, abs=0.02)
    assert stable**2 / 4 - 3 / 8 < 2.85


def test_black_blocks_are_found_where_they_were_knocked_out():
    bright = np.full((1, 1, 64, 64), 0.5)
    noisy = corrupt(bright, "blocks", 0.2, samples=[3], seed=0)
    np.testing.assert_array_equal(classical.black_blocks(noisy[0]), noisy[0, 0] == 0)
    speck = bright[0].copy()
    speck[0, 30, 30] = 0
    assert not classical.black_blocks(speck).any()


def test_filling_continues_a_slope():
    slope = np.broadcast_to(np.linspace(0.2, 0.8, 40), (1, 40, 40)).copy()
    hidden = np.zeros((40, 40), bool)
    hidden[10:18, 20:28] = True
    found = classical.fill(np.where(hidden, 0, slope), hidden)
    np.testing.assert_allclose(found, slope, atol=0.02)
    assert classical.fill(slope, np.zeros((40, 40), bool)) is slope


def test_tuning_takes_the_best_of_what_is_tried():
    noise = Noise("gaussian", 0.1)
    noisy = noisy_of(noise)
    best = tune("tv", noisy, IMAGES, noise)
    reached = {
        s: psnr(denoise("tv", noisy, s, noise)[0].clip(0, 1), IMAGES[0]) for s in classical.strengths_of("tv", noise)
    }
    assert best == max(reached, key=reached.get)


def test_methods_for_a_kind_of_noise():
    assert "anscombe" in methods_for(Noise("poisson", 0.1))
    assert not {"anscombe", "biharmonic"} & set(methods_for(Noise("gaussian", 0.1)))


def test_an_unknown_method_is_named():
    with pytest.raises(ConfigError, match="method 'magic' does not exist.*expected one of gaussian, median"):
        denoise("magic", IMAGES, None, Noise("gaussian", 0.1))
