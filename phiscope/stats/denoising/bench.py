"""What denoisers reach on average over images."""

from __future__ import annotations

import numpy as np
import pandas as pd

from phiscope.stats.intervals import Estimate, Resampling, mean_of, without_interval

_KEY = ["dataset", "noise", "level", "method"]
IMAGES = "images like those of this set, method and noise fixed"


def denoising_summary(denoising: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Per set, noise and method: the mean over images of PSNR, and what goes with it.

    denoising: the table of that name. Columns: n; psnr with ci_low, ci_high and its interval in words, standard_error;
    psnr_noisy, ssim, l1, l2, sharpness, flat_error, means; seconds, the median; strength, training_noise, parameters.
    The same images are behind every method of a set and noise. Images that the noise left as they were, such as digits
    of which blocks hid nothing but background, are left out for all methods: their PSNR before is infinite.
    """
    denoising = denoising[np.isfinite(denoising["psnr_noisy"])]
    options = Resampling(options.resamples, options.confidence, options.seed, IMAGES)
    rows = [_summary(dict(zip(_KEY, key)), part, options) for key, part in denoising.groupby(_KEY, sort=True)]
    return pd.DataFrame(rows)


def _summary(key: dict, part: pd.DataFrame, options: Resampling) -> dict:
    estimate = _mean(part["psnr"], options)
    means = {name: part[name].mean() for name in ("psnr_noisy", "ssim", "l1", "l2", "sharpness", "flat_error")}
    first = part.iloc[0]
    return key | {
        "n": len(part),
        "psnr": estimate.value,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "interval": estimate.interval,
        "standard_error": part["psnr"].sem() if len(part) > 1 else np.nan,
        **means,
        "seconds": part["seconds"].median(),
        **{name: first[name] for name in ("strength", "training_noise", "parameters")},
    }


def _mean(decibels: pd.Series, options: Resampling) -> Estimate:
    if np.isinf(decibels).any():  # an image came back exactly
        return without_interval(decibels.mean(), len(decibels), "infinite for some images")
    return mean_of(decibels, options)
