"""Intervals: which population, which method. Samples are resampled, never rows of one sample.

Every estimate depends on the values alone, not on their order. Shares of samples get Wilson's interval, or
Clopper and Pearson's where all or none count; changes of a share Agresti and Min's for pairs; medians the exact
interval between order statistics; means, pooled shares and correlations the percentile bootstrap; a maximum none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.arrays import blocks, generator
from phiscope.errors import DataError

Values = Sequence[float] | NDArray

TEST_SAMPLES = "test samples like those of this run, classifier and training set fixed"
_BLOCK = 2_000_000  # entries of the resampling counts held at a time


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; NaN ends, and an `interval` that says why, where there is none."""

    value: float
    low: float
    high: float
    interval: str
    n: int


@dataclass(frozen=True)
class Resampling:
    """How intervals are made: confidence in (0, 1), number and seed of the bootstrap's resamples, the population."""

    resamples: int = 2000
    confidence: float = 0.95
    seed: int = 0
    population: str = TEST_SAMPLES

    def draws(self, statistic: Callable[..., NDArray], *sizes: int) -> NDArray[np.float64]:
        """(resamples, ...) the statistic on resamples of groups of those sizes, each group resampled on its own.

        statistic maps, for each group, counts (k, n), how often each of its n samples was drawn in each of k
        resamples, to (k, ...). The same sizes give the same resamples on every call.
        """
        most = max(1, _BLOCK // sum(sizes))
        groups = [self._counts(n, most, group) for group, n in enumerate(sizes)]
        return np.concatenate([statistic(*counts) for counts in zip(*groups)])

    def _counts(self, n: int, most: int, group: int) -> Iterator[NDArray[np.float64]]:
        # A second group of the same size must not be drawn alike.
        random = generator(self.seed, n, *([group] if group else []))
        for part in blocks(self.resamples, most):
            size = part.stop - part.start
            drawn = random.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
            yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(float)

    def ends(self, draws: NDArray) -> NDArray[np.float64]:
        """(2, ...) the percentiles of draws (resamples, ...) between which `confidence` of them lie."""
        tail = 100 * (1 - self.confidence) / 2
        return np.percentile(draws, [tail, 100 - tail], axis=0)

    def describe(self, method: str) -> str:
        """In words, what an interval made by `method` says."""
        return f"{100 * self.confidence:g} % {method}; {self.population}"

    @property
    def bootstrap(self) -> str:
        """The bootstrap in words."""
        return self.describe(f"percentile bootstrap over samples ({self.resamples} resamples)")


def share_of(flags: Values, options: Resampling) -> Estimate:
    """Share of samples that a flag, true or false, is true of."""
    flags = _numbers(flags)
    if not np.isin(flags, (0.0, 1.0)).all():
        raise DataError("share: got values other than 0 and 1; expected one flag per sample")
    return counted_share(int(flags.sum()), len(flags), options)


def counted_share(hits: int, n: int, options: Resampling) -> Estimate:
    """Share of n samples, `hits` of which count: Wilson, or Clopper-Pearson where that is all or none."""
    if hits in (0, n):
        (low, high), name = _clopper_pearson(int(hits), int(n), options.confidence), "Clopper-Pearson"
    else:
        (low, high), name = _wilson(int(hits), int(n), options.confidence), "Wilson"
    return Estimate(hits / n, low, high, options.describe(name), int(n))


def paired_change(gained: int, lost: int, n: int, options: Resampling) -> Estimate:
    """Change of a share between two looks at the same n samples: (gained - lost) / n.

    Agresti and Min (2005): half a sample more in each of the four cells, then the normal interval; unlike the
    bootstrap it has a width where hardly any sample changes.
    """
    more, less, total = gained + 0.5, lost + 0.5, n + 2
    centre = (more - less) / total
    z = -scipy.special.ndtri((1 - options.confidence) / 2)
    half = z * np.sqrt((more + less) - (more - less) ** 2 / total) / total
    low, high = np.clip([centre - half, centre + half], -1, 1)
    return Estimate((gained - lost) / n, float(low), float(high), options.describe("Agresti-Min, paired"), int(n))


def mean_of(values: Values, options: Resampling) -> Estimate:
    """Mean over samples: bootstrap."""
    return _ratio(_numbers(values), None, options)


def pooled_share(parts: Values, wholes: Values | None, options: Resampling) -> Estimate:
    """sum(parts) / sum(wholes), 0 <= parts <= wholes: a ratio estimator, both sums over the same resampled samples.

    wholes None: ones, the mean of shares. Bootstrap; where all parts are empty or all are full, Clopper-Pearson on
    the number of samples.
    """
    parts = _numbers(parts)
    full = parts == (1.0 if wholes is None else _numbers(wholes))
    if full.all() or not parts.any():
        return counted_share(len(parts) if full.all() else 0, len(parts), options)
    return _ratio(parts, wholes, options)


def median_of(values: Values, options: Resampling) -> Estimate:
    """Median over samples; between the two order statistics that enclose it with at least the confidence asked for."""
    values = _numbers(values, infinite=True)
    n = len(values)
    # So many samples at least lie below the median, with the confidence asked for; by symmetry so many lie above it.
    below = int(np.searchsorted(scipy.special.bdtr(np.arange(n + 1), n, 0.5), (1 - options.confidence) / 2))
    if not below:
        return without_interval(np.median(values), n, "too few samples")
    low, high = np.sort(values)[[below - 1, n - below]]
    method = options.describe("interval between order statistics")
    return Estimate(float(np.median(values)), float(low), float(high), method, n)


def without_interval(value: float, n: int, reason: str) -> Estimate:
    """A number that has no sampling distribution worth an interval, such as a maximum."""
    return Estimate(float(value), np.nan, np.nan, f"none: {reason}", int(n))


def _wilson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    """The shares p with |hits / n - p| <= z √(p (1 - p) / n)."""
    share, z = hits / n, scipy.special.ndtri(0.5 + 0.5 * confidence)
    scale = 2 * (n + z**2)
    centre, half = (2 * n * share + z**2) / scale, z / scale * np.sqrt(4 * n * share * (1 - share) + z**2)
    return float(centre - half), float(centre + half)


def _clopper_pearson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    ends = scipy.stats.binomtest(hits, n).proportion_ci(confidence, "exact")
    return ends.low, ends.high


def _ratio(top: NDArray, bottom: Values | None, options: Resampling) -> Estimate:
    bottom = np.ones_like(top) if bottom is None else _numbers(bottom)
    order = np.lexsort((bottom, top))  # so that rows in another order give the same interval
    top, bottom = top[order], bottom[order]
    value = top.sum() / bottom.sum()
    if len(top) == 1:
        return without_interval(value, 1, "one sample")
    low, high = options.ends(options.draws(lambda counts: (counts @ top) / (counts @ bottom), len(top)))
    return Estimate(float(value), float(low), float(high), options.bootstrap, len(top))


def _numbers(values: Values, infinite: bool = False) -> NDArray[np.float64]:
    values = np.asarray(values, dtype=float)
    if not len(values):
        raise DataError("interval: got no samples; expected at least one")
    if np.isnan(values).any() or (not infinite and np.isinf(values).any()):
        row = int(np.argmax(np.isnan(values) | np.isinf(values)))
        raise DataError(f"interval: value {row} is {values[row]}; expected numbers only")
    return values
