"""What people use without training: each method with one strength, which `tune` chooses on training images.

strength = tune("tv", noisy, clean, noise)
denoised = denoise("tv", noisy, strength, noise)
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.denoising.corruptions import Noise, block_side
from phiscope.denoising.metrics import psnr
from phiscope.errors import ConfigError

_DCT_SIDE = 8


@dataclass(frozen=True)
class Method:
    """A denoiser of one image: function(image (channels, h, w) float64, strength, noise) -> image, not clipped.

    words: what it is called; strengths: what `tune` tries, the middle one being the default; scaled: whether they are
    multiples of the noise's level; kinds: the noise it is made for, () for any.
    """

    function: Callable[[NDArray, float, Noise], NDArray]
    words: str
    strengths: tuple[float, ...]
    scaled: bool = True
    kinds: tuple[str, ...] = ()


def gaussian(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """Average with a Gaussian window of that deviation in pixels."""
    return scipy.ndimage.gaussian_filter(image, (0, strength, strength), mode="nearest")


def median(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """Median over a square with that side in pixels, channel by channel."""
    return scipy.ndimage.median_filter(image, (1, int(strength), int(strength)), mode="nearest")


def total_variation(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """min_u |u - x|² / (2 · strength) + TV(u) (Rudin, Osher and Fatemi 1992), by Chambolle's projection."""
    from skimage.restoration import denoise_tv_chambolle  # deferred: slow to import

    return denoise_tv_chambolle(image, weight=strength, channel_axis=0)


def wavelet(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """BayesShrink (Chang, Yu and Vetterli 2000) for Gaussian noise of that deviation."""
    from skimage.restoration import denoise_wavelet

    # rescale_sigma would scale by the range of the image, which noise changes.
    return denoise_wavelet(image, sigma=strength, channel_axis=0, rescale_sigma=False)


def non_local_means(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """Averages of pixels with like surroundings (Buades, Coll and Morel 2005), for noise of that deviation."""
    from skimage.restoration import denoise_nl_means

    options = {"h": 0.6 * strength, "sigma": strength, "patch_size": 5, "patch_distance": 8, "fast_mode": True}
    if len(image) == 1:  # a single channel comes back without its axis, and transposed
        return denoise_nl_means(image[0], **options)[None]
    return denoise_nl_means(image, channel_axis=0, **options)


def dct_shrinkage(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """Coefficients of every 8 x 8 patch's DCT below the strength become 0; patches are averaged where they overlap.

    Yu and Sapiro 2011. All patches at once: analysis and synthesis with a bank of 64 filters, a tight frame.
    """
    import torch  # deferred, as scipy: each method needs one of them
    from torch.nn import functional

    side = min(_DCT_SIDE, *image.shape[1:])
    atoms = torch.from_numpy(_dct_atoms(side))
    # Reflected at the border, so that every pixel lies in side² patches.
    padded = torch.from_numpy(np.pad(image, [(0, 0), (side - 1,) * 2, (side - 1,) * 2], mode="reflect"))
    coefficients = functional.conv2d(padded[:, None], atoms)
    small = coefficients.abs() < strength
    small[:, 0] = False  # the mean of a patch stays
    summed = functional.conv_transpose2d(coefficients.masked_fill(small, 0), atoms)[:, 0]
    inner = slice(side - 1, 1 - side)
    return summed[:, inner, inner].numpy() / side**2


def _dct_atoms(side: int) -> NDArray[np.float64]:
    basis = scipy.fft.dct(np.eye(side), axis=0, norm="ortho")
    return np.einsum("ki,lj->klij", basis, basis).reshape(side**2, 1, side, side)


def stabilised(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """Anscombe's transform, DCT shrinkage there, and back: Poisson noise made Gaussian of deviation 1.

    2 √(n + 3/8) of the photon count n; back by the closed form of the exact unbiased inverse (Mäkitalo and Foi 2011).
    """
    peak = 1 / _level(noise) ** 2
    stable = 2 * np.sqrt(np.maximum(image * peak, 0) + 3 / 8)
    return anscombe_inverse(dct_shrinkage(stable, strength, noise)) / peak


def anscombe_inverse(stable: NDArray) -> NDArray:
    """Photon count n whose expected 2 √(Poisson(n) + 3/8) is `stable`; 0 below what zero photons give."""
    y = np.maximum(stable, 2 * np.sqrt(3 / 8))
    terms = y**2 / 4 + np.sqrt(1.5) / (4 * y) - 11 / (8 * y**2) + 5 * np.sqrt(1.5) / (8 * y**3) - 1 / 8
    return np.maximum(terms, 0)


def inpainted(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """Biharmonic filling (Damelin and Hoang 2018) of the black squares."""
    return fill(image, black_blocks(image))


def black_blocks(image: NDArray) -> NDArray[np.bool_]:
    """(h, w) pixels that lie in a wholly black square as wide as the blocks that noise knocks out.

    ASSUME: no part of the picture itself is that black; where it is, it is filled in too. Narrower pieces that the
    image's border leaves of a block are found there because beyond the border counts as black.
    """
    side = block_side(*image.shape[1:])
    black = np.pad((image <= 0).all(axis=0), side, constant_values=True)
    opened = scipy.ndimage.binary_opening(black, np.ones((side, side)))
    return opened[side:-side, side:-side]


def fill(image: NDArray, hidden: NDArray[np.bool_]) -> NDArray:
    """Hidden pixels (h, w) of an image from what is around them; as it is where none or all are hidden."""
    if hidden.all() or not hidden.any():
        return image
    from skimage.restoration import inpaint_biharmonic

    return inpaint_biharmonic(image, hidden, channel_axis=0, split_into_regions=True)


def bm3d(image: NDArray, strength: float, noise: Noise) -> NDArray:
    """BM3D (Dabov et al. 2007) by its authors' package, which must be installed; its licence is not a free one."""
    from bm3d import bm3d as run

    return run(image.transpose(1, 2, 0), strength).reshape(*image.shape[1:], len(image)).transpose(2, 0, 1)


_NEAR_ONE = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0)

METHODS: dict[str, Method] = {
    "gaussian": Method(gaussian, "Gaussian filter", (0.4, 0.55, 0.7, 0.85, 1.0, 1.3, 1.7, 2.5), scaled=False),
    "median": Method(median, "median filter", (3, 5, 7), scaled=False),
    "tv": Method(total_variation, "total variation", (0.4, 0.6, 0.8, 1.0, 1.3, 1.8, 3.0)),
    "wavelet": Method(wavelet, "wavelet shrinkage", _NEAR_ONE),
    "nlm": Method(non_local_means, "non-local means", _NEAR_ONE),
    "dct": Method(dct_shrinkage, "DCT shrinkage", (1.5, 2.0, 2.4, 2.7, 3.0, 3.4, 4.0)),
    "anscombe": Method(stabilised, "Anscombe + DCT", (2.0, 2.4, 2.7, 3.0, 3.4), scaled=False, kinds=("poisson",)),
    "biharmonic": Method(inpainted, "biharmonic filling", (0.0,), scaled=False, kinds=("blocks",)),
}
if importlib.util.find_spec("bm3d"):
    METHODS["bm3d"] = Method(bm3d, "BM3D", (0.8, 1.0, 1.25))


def absent(names: Iterable[str]) -> list[str]:
    """Of these methods, those that exist and cannot run here, because their package is not installed."""
    return [name for name in names if name == "bm3d" and name not in METHODS]


def denoise(name: str, images: Sequence[NDArray], strength: float | None, noise: Noise) -> list[NDArray]:
    """Images, each (channels, h, w), under one method; float64, not clipped.

    strength None is the middle of what would be tried. Raises ConfigError for a method that does not exist.
    """
    method = method_of(name)
    if strength is None:
        strength = strengths_of(name, noise)[len(method.strengths) // 2]
    return [method.function(image.astype(np.float64), strength, noise) for image in images]


def tune(name: str, noisy: Sequence[NDArray], clean: Sequence[NDArray], noise: Noise) -> float:
    """The strength with the best mean PSNR over pairs of images: argmax_s mean PSNR(f_s(noisy), clean)."""
    candidates = strengths_of(name, noise)
    return candidates[0] if len(candidates) == 1 else max(candidates, key=partial(_score, name, noisy, clean, noise))


def _score(name: str, noisy: Sequence[NDArray], clean: Sequence[NDArray], noise: Noise, strength: float) -> float:
    denoised = denoise(name, noisy, strength, noise)
    return float(np.mean([psnr(image.clip(0, 1), target) for image, target in zip(denoised, clean)]))


def strengths_of(name: str, noise: Noise) -> tuple[float, ...]:
    """What `tune` tries for that noise."""
    method = method_of(name)
    return tuple(factor * _level(noise) for factor in method.strengths) if method.scaled else method.strengths


def methods_for(noise: Noise) -> list[str]:
    """Methods that are made for noise of that kind, or for any."""
    return [name for name, method in METHODS.items() if not method.kinds or noise.kind in method.kinds]


def method_of(name: str) -> Method:
    if name not in METHODS:
        hint = " (install the package bm3d for it)" if name == "bm3d" else ""
        raise ConfigError(f"denoising method {name!r} does not exist{hint}; expected one of {', '.join(METHODS)}")
    return METHODS[name]


def _level(noise: Noise) -> float:
    """The level, or the middle of its range; never 0, as strengths are multiples of it."""
    return max(float(np.mean(noise.level)), 1e-3)
