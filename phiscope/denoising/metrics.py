"""How close an image is to the clean one: per image, channels pooled, cut to [0, 1].

PSNR and SSIM are scikit-image's. SSIM differs by its settings from one publication to the next; ours are in `SSIM`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Wang et al. 2004: a Gaussian window with a deviation of 1.5 pixels, 11 pixels wide, and biased covariances.
SSIM = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1.0}
_SSIM_WINDOW = 11
_EDGES, _FLAT = 0.95, 0.5  # ASSUME: edges are the 5 % of pixels with the largest gradient, flat is the lower half


@dataclass(frozen=True)
class Quality:
    """psnr in decibels; ssim; l1 and l2, mean absolute and squared difference; sharpness and flat_error, as below."""

    psnr: float
    ssim: float
    l1: float
    l2: float
    sharpness: float
    flat_error: float


def compare(denoised: NDArray, clean: NDArray) -> Quality:
    """Everything that is measured of one image (channels, h, w) against the clean one, both in [0, 1]."""
    denoised, clean = denoised.astype(np.float64).clip(0, 1), clean.astype(np.float64)
    difference = denoised - clean
    return Quality(
        psnr=psnr(denoised, clean),
        ssim=ssim(denoised, clean),
        l1=float(np.abs(difference).mean()),
        l2=float(np.square(difference).mean()),
        sharpness=sharpness(denoised, clean),
        flat_error=flat_error(denoised, clean),
    )


def psnr(denoised: NDArray, clean: NDArray) -> float:
    """-10 log10(mean(Δ²)) in decibels, for pixels in [0, 1]; infinite where the images are equal."""
    if (denoised == clean).all():
        return float("inf")  # without scikit-image's warning of a division
    from skimage.metrics import peak_signal_noise_ratio  # deferred: slow to import

    return float(peak_signal_noise_ratio(clean, denoised, data_range=1.0))


def ssim(denoised: NDArray, clean: NDArray) -> float:
    """Mean structural similarity, averaged over channels.

    ASSUME: images with a side below 11 pixels, into which Wang's window does not fit, get scikit-image's uniform
    window, as wide as an odd number up to 7 allows.
    """
    from skimage.metrics import structural_similarity

    side = min(clean.shape[1:])
    small = {"win_size": min(7, side - (side + 1) % 2), "data_range": 1.0}
    settings = SSIM if side >= _SSIM_WINDOW else small
    return float(structural_similarity(clean, denoised, channel_axis=0, **settings))


def sharpness(denoised: NDArray, clean: NDArray) -> float:
    """Gradient of the denoised over that of the clean image, on its strongest edges: below 1 is blurred.

    Σ ⟨∇denoised, ∇clean⟩ / Σ |∇clean|² over the 5 % of pixels with the largest |∇clean|: only what points the way of
    the true edge counts, so that noise is not taken for sharpness. NaN where the clean image is flat.
    """
    there, got = _gradient(clean), _gradient(denoised)
    strength = np.square(there).sum(axis=0)
    edges = (strength >= np.quantile(strength, _EDGES)) & (strength > 0)
    total = strength[edges].sum()
    return float((there * got).sum(axis=0)[edges].sum() / total) if total > 0 else float("nan")


def flat_error(denoised: NDArray, clean: NDArray) -> float:
    """Root mean square difference on the half of the pixels where the clean image changes least."""
    strength = np.square(_gradient(clean)).sum(axis=0)
    flat = strength <= np.quantile(strength, _FLAT)
    return float(np.sqrt(np.square(denoised - clean)[flat].mean()))


def _gradient(image: NDArray) -> NDArray[np.float64]:
    return np.stack(list(np.gradient(image.astype(np.float64), axis=(1, 2))))
