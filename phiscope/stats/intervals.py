"""Intervals: which population, which resampling. Samples are resampled, never rows of one sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from phiscope.arrays import generator

POPULATION = "samples like these, classifier fixed"


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; NaN ends and an `interval` that says so where there is none."""

    value: float
    low: float
    high: float
    interval: str
    n: int


def mean_of(values: Sequence[float] | NDArray, options: Resampling) -> Estimate:
    """Mean over samples; a share of exactly 0 or 1 gets Clopper-Pearson, everything else the bootstrap."""
    values = np.asarray(values, dtype=float)
    value = float(values.mean())
    if value in (0.0, 1.0) and np.isin(values, (0.0, 1.0)).all():
        return _clopper_pearson(int(values.sum()), len(values), options.confidence)
    return options.bootstrap(lambda rows: values[rows].mean(axis=-1), len(values))


def median_of(values: Sequence[float] | NDArray, options: Resampling) -> Estimate:
    """Median over samples, bootstrap."""
    values = np.asarray(values, dtype=float)
    return options.bootstrap(lambda rows: np.median(values[rows], axis=-1), len(values))


def ratio_of(numerators: NDArray, denominators: NDArray, options: Resampling) -> Estimate:
    """Sum over sum, both summed over the same resampled samples: a pooled share."""
    top, bottom = np.asarray(numerators, float), np.asarray(denominators, float)
    return options.bootstrap(lambda rows: top[rows].sum(axis=-1) / bottom[rows].sum(axis=-1), len(top))


def without_interval(value: float, n: int, reason: str) -> Estimate:
    """A number that has no sampling distribution worth an interval, such as a maximum."""
    return Estimate(float(value), np.nan, np.nan, f"none: {reason}", n)


@dataclass(frozen=True)
class Resampling:
    """How intervals are made: so many bootstrap resamples of the samples, at this confidence, from this seed."""

    resamples: int = 2000
    confidence: float = 0.95
    seed: int = 0

    def bootstrap(self, statistic: Callable[[NDArray], NDArray], n: int) -> Estimate:
        """Percentile bootstrap; statistic maps rows (..., n) to values (...)."""
        draws = self.draws(statistic, n)
        tail = 100 * (1 - self.confidence) / 2
        low, high = np.percentile(draws, [tail, 100 - tail])
        how = f"{self.confidence:.0%} percentile bootstrap over samples ({self.resamples} resamples); {POPULATION}"
        return Estimate(float(statistic(np.arange(n))), float(low), float(high), how, n)

    def draws(self, statistic: Callable[[NDArray], NDArray], n: int) -> NDArray[np.float64]:
        """The statistic on every resample, a few resamples at a time."""
        random = generator(self.seed, n)
        block = max(1, 2_000_000 // max(n, 1))
        counts = [min(block, self.resamples - start) for start in range(0, self.resamples, block)]
        return np.concatenate([np.atleast_1d(statistic(random.integers(n, size=(k, n)))) for k in counts])


def _clopper_pearson(successes: int, n: int, confidence: float) -> Estimate:
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, successes, n - successes + 1)) if successes else 0.0
    high = float(beta.ppf(1 - tail, successes + 1, n - successes)) if successes < n else 1.0
    return Estimate(successes / n, low, high, f"{confidence:.0%} Clopper-Pearson; {POPULATION}", n)
