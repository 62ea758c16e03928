"""What filter banks are good for, without any training: images back from noisy ones, and classes.

Rows are (setting, measure, noise, value), the setting that the others are compared with first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.denoising import classical
from phiscope.denoising.bench import Pairs
from phiscope.denoising.corruptions import Noise
from phiscope.denoising.filterbank import orientation_bank, random_bank
from phiscope.denoising.metrics import psnr
from phiscope.denoising.patterns import gaussian_bank, over_channels, patch_bank, pattern_scores, ridge_accuracy
from phiscope.denoising.projection import detected, principal_bank, project
from phiscope.experiments.denoising.filters import middles

SIDE = 5  # of the filters, or the largest odd number that fits
RANDOM, PATTERNS = 25, 64  # filters of a random bank; patterns that classes are told by
TESTED, TUNED = 100, 20  # images that are brought back, and those that strengths are chosen on, at most
CLASSIFIED = 2000  # training and test images that are told apart, at most
THRESHOLDS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)  # in deviations of the noise, which those of responses are, too
ALL_RESPONSES, NOISY_IMAGE = "all responses", "noisy image"

Rows = Iterator[tuple[str, str, str | None, float]]
Denoise = Callable[[NDArray], NDArray]


def reconstruction(train: NDArray, test: NDArray, noise: Noise, seed: int) -> Rows:
    """PSNR of what least squares make of a bank's answers to noisy images: grey middles of (m, channels, h, w).

    train: the first are those that components are of; the others, `TUNED` at most, choose thresholds and the width of
    a Gaussian filter, which is beside them.
    """
    # ASSUME: colours are averaged before there is noise, so that one bank of grey filters does.
    kept = len(train) - min(TUNED, len(train) // 2)
    learned, tuned = middles(unit_range(train[:kept])), middles(unit_range(train[kept:]))
    tested = middles(unit_range(test[:TESTED]))
    (noisy, clean), tuning = _pairs(tested, noise, seed), _pairs(tuned, noise, seed + 1)
    side = _side(tested.shape[1:])
    random, principal = random_bank(RANDOM, side, seed), principal_bank(learned, side)
    fixed: dict[str, Denoise] = {
        NOISY_IMAGE: lambda images: images,
        ALL_RESPONSES: partial(project, bank=random),
        "a quarter, random": partial(project, bank=random[:1], stride=2),
        "a quarter, smooth": partial(project, bank=smooth_filter(side)[None], stride=2),
    }
    level = float(noise.level)  # type: ignore[arg-type]  # one number: noise on test images has no range
    for name, denoise in fixed.items():
        yield name, "psnr", str(noise), _mean_psnr(denoise(noisy), clean)
    for name, bank in {"random": random, "learned": principal}.items():
        tried = [partial(detected, bank=bank, threshold=threshold * level) for threshold in THRESHOLDS]
        best = max(range(len(tried)), key=lambda place: _mean_psnr(tried[place](tuning[0]), tuning[1]))
        yield f"strong, {name}", "psnr", str(noise), _mean_psnr(tried[best](noisy), clean)
        yield f"strong, {name}", "threshold", str(noise), THRESHOLDS[best]
    yield "Gaussian filter", "psnr", str(noise), _mean_psnr(_filtered(noisy, tuning, noise), clean)


def smooth_filter(side: int) -> NDArray[np.float64]:
    """(side, side) binomial coefficients, of unit norm: copies at every second pixel add up to a constant.

    Where the shifted copies of a filter do not, as those of a square of 5 pixels, no mixture of them is an even grey.
    """
    profile = np.array([math.comb(side - 1, k) for k in range(side)], float)
    filters = np.outer(profile, profile)
    return filters / np.linalg.norm(filters)


def _pairs(clean: NDArray, noise: Noise, seed: int) -> tuple[NDArray, NDArray]:
    """Noisy and clean images (m, h, w)."""
    return np.stack(Pairs.of(clean[:, None], noise, seed=seed).noisy)[:, 0].astype(np.float64), clean


def _filtered(noisy: NDArray, tuning: tuple[NDArray, NDArray], noise: Noise) -> NDArray:
    tuned = [list(images[:, None].astype(np.float32)) for images in tuning]
    strength = classical.tune("gaussian", tuned[0], tuned[1], noise)
    return np.stack(classical.denoise("gaussian", list(noisy[:, None].astype(np.float32)), strength, noise))[:, 0]


def _mean_psnr(images: NDArray, clean: NDArray) -> float:
    return float(np.mean([psnr(*pair) for pair in zip(images.astype(np.float64).clip(0, 1), clean)]))


def _side(sides: tuple[int, ...]) -> int:
    return min(SIDE, min(sides) - (min(sides) + 1) % 2)


def classification(train: NDArray, train_labels: NDArray, test: NDArray, test_labels: NDArray, seed: int) -> Rows:
    """Accuracy of a linear classifier on pixels, and on scores against the patterns of several banks.

    Images (m, channels, h, w), labels (m,), -1 where there is none. Of layers, the second scores patterns of patterns.
    """
    channels, side = train.shape[1], _side(train.shape[2:])
    random, patches = gaussian_bank(PATTERNS, channels, side, seed), patch_bank(train, PATTERNS, side, seed)
    turned = over_channels(orientation_bank(8, (0.6, 1.2)), channels)
    second = gaussian_bank(PATTERNS, 2 * PATTERNS, 3, seed)
    scores: dict[str, Denoise] = {
        "pixels": lambda images: unit_range(images).reshape(len(images), -1).astype(np.float64),
        "random, no ReLU": partial(pattern_scores, layers=[random], rectify=False),
        "random filters": partial(pattern_scores, layers=[random]),
        "edges and lines": partial(pattern_scores, layers=[turned]),
        "patches of images": partial(pattern_scores, layers=[patches]),
        "patterns of patches": partial(pattern_scores, layers=[patches, second]),
    }
    for name, score in scores.items():
        yield name, "accuracy", None, ridge_accuracy(score(train), train_labels, score(test), test_labels)
