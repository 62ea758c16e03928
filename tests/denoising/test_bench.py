import numpy as np
import pytest
from skimage import data

from phiscope.denoising.bench import NOISY, TRUE_MASK, Pairs, contest, tuned
from phiscope.denoising.corruptions import Noise
from phiscope.denoising.level import estimate_level
from phiscope.errors import ConfigError

CAMERA = data.camera()[None]
IMAGES = [CAMERA[:, 100:140, 150:200], CAMERA[:, 200:232, 90:126]]


def test_a_perfect_method_wins_and_doing_nothing_gains_nothing():
    pairs = Pairs.of(IMAGES, Noise("gaussian", 0.1), seed=0)
    methods = {"oracle": lambda place, noisy: pairs.clean[place], NOISY: lambda place, noisy: noisy}
    scores = list(contest(methods, pairs))
    assert [(score.place, score.method) for score in scores] == [(0, "oracle"), (0, NOISY), (1, "oracle"), (1, NOISY)]
    assert scores[0].quality.psnr == np.inf
    assert scores[1].quality.psnr == scores[1].psnr_noisy == pytest.approx(20, abs=2)


def test_methods_that_are_made_for_other_noise_are_left_out_and_the_true_mask_is_offered_for_blocks():
    names = ["gaussian", "anscombe", "biharmonic"]
    offered = {
        kind: set(tuned(names, Pairs.of(IMAGES, noise := Noise(kind, 0.2), seed=1), Pairs.of(IMAGES, noise, seed=0)))
        for kind in ("gaussian", "poisson", "blocks")
    }
    assert offered["gaussian"] == {NOISY, "gaussian"}
    assert offered["poisson"] == {NOISY, "gaussian", "anscombe"}
    assert offered["blocks"] == {NOISY, "gaussian", "biharmonic", TRUE_MASK}
    with pytest.raises(ConfigError, match="does not exist"):
        tuned(["magic"], *2 * [Pairs.of(IMAGES, Noise("gaussian", 0.1), seed=0)])


def test_the_true_mask_is_what_was_knocked_out_even_where_the_image_is_black():
    half_black = np.full((1, 48, 48), 0.5, np.float32)
    half_black[:, :, :24] = 0
    pairs = Pairs.of([half_black], Noise("blocks", 0.3), seed=4)
    hidden = pairs.hidden(0)
    assert 0.1 < hidden.mean() < 0.5
    np.testing.assert_array_equal(hidden[:, 24:], pairs.noisy[0][0, :, 24:] == 0)
    assert hidden[:, :24].any()
    assert not hidden[:, :24].all()


@pytest.mark.parametrize("level", [0.05, 0.1, 0.3])
def test_the_level_of_noise_is_read_off_the_image(level):
    noisy = Pairs.of([CAMERA[:, :200, :200]], Noise("gaussian", level), seed=0).noisy[0]
    assert estimate_level(noisy) == pytest.approx(level, rel=0.12)


def test_a_slope_has_no_noise():
    assert estimate_level(np.add.outer(np.arange(9.0), 2 * np.arange(8.0))[None]) < 1e-12
