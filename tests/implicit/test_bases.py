import numpy as np
import pytest

from phiscope.errors import ConfigError, DataError
from phiscope.implicit.bases import BASES, ImageBasis, basis, fourier, haar, orthogonal
from phiscope.implicit.waves import grid_waves, has_sine

SIZES = [(8, 8), (7, 7), (6, 9), (5, 8), (1, 6), (1, 1), (16, 4)]


def all_bases(size: tuple[int, int]) -> list[ImageBasis]:
    powers = all(side & (side - 1) == 0 for side in size)
    return [basis(name, size) for name in BASES if powers or name != "haar"]


@pytest.mark.parametrize("size", SIZES)
def test_orthonormal_and_complete(size):
    for each in all_bases(size):
        M = each.matrix()
        assert M.shape == (size[0] * size[1],) * 2
        np.testing.assert_allclose(M.T @ M, np.eye(len(M)), atol=1e-10, err_msg=each.name)


@pytest.mark.parametrize("size", SIZES)
def test_analysis_is_the_transpose_and_synthesis_the_inverse(size):
    images = np.random.default_rng(0).normal(size=(2, 3, *size))
    for each in all_bases(size):
        coefficients = each.analyse(images)
        np.testing.assert_allclose(coefficients, images.reshape(2, 3, -1) @ each.matrix(), atol=1e-10)
        np.testing.assert_allclose(each.synthesise(coefficients), images, atol=1e-10)


@pytest.mark.parametrize("size", SIZES)
def test_fft_against_cosines_and_sines_written_out(size):
    waves, pixels = grid_waves(size), np.indices(size).reshape(2, -1).T
    angle = 2 * np.pi * (pixels / size) @ waves.T
    written = np.hstack([np.cos(angle), np.sin(angle[:, has_sine(waves, size)])])
    np.testing.assert_allclose(fourier(size).matrix(), written / np.linalg.norm(written, axis=0), atol=1e-10)


@pytest.mark.parametrize("size", SIZES)
def test_conjugate_pairs_are_counted_once(size):
    waves = grid_waves(size)
    pixels = size[0] * size[1]
    seen = {tuple(u % size) for u in waves} | {tuple(-u % size) for u in waves}
    assert len(seen) == pixels
    assert len(waves) + has_sine(waves, size).sum() == pixels
    assert (np.abs(waves) <= np.array(size) / 2).all()


def test_parseval():
    image = np.random.default_rng(1).normal(size=(12, 10))
    for each in all_bases((12, 10)):
        assert (each.analyse(image) ** 2).sum() == pytest.approx((image**2).sum(), rel=1e-12)


def test_a_large_image_goes_through_the_fast_transform():
    image = np.random.default_rng(2).normal(size=(321, 240))
    each = fourier(image.shape)
    np.testing.assert_allclose(each.synthesise(each.analyse(image)), image, atol=1e-10)


def test_a_constant_is_one_haar_coefficient_and_an_aligned_block_few():
    each = haar((8, 8))
    assert np.flatnonzero(np.abs(each.analyse(np.ones((8, 8)))) > 1e-12).tolist() == [0]
    block = np.zeros((8, 8))
    block[:4, :4] = 1
    assert (np.abs(each.analyse(block)) > 1e-12).sum() == 4


def test_random_bases_differ_by_seed_only():
    assert (orthogonal((4, 4), seed=1).matrix() == orthogonal((4, 4), seed=1).matrix()).all()
    assert not np.allclose(orthogonal((4, 4), seed=1).matrix(), orthogonal((4, 4), seed=2).matrix())


def test_what_cannot_be():
    with pytest.raises(DataError, match="powers of two"):
        haar((8, 12))
    with pytest.raises(DataError, match="at most 4096 pixels"):
        orthogonal((65, 64), seed=0)
    with pytest.raises(ConfigError, match="expected one of fourier"):
        basis("wavelet", (8, 8))
    with pytest.raises(DataError, match="at least one pixel"):
        fourier((0, 8))
