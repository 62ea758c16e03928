import numpy as np
import pytest
from scipy.stats import binomtest

from phiscope.stats.intervals import Resampling, mean_of, ratio_of, without_interval

OPTIONS = Resampling(resamples=1000, seed=3)


@pytest.mark.parametrize(("ones", "n"), [(0, 7), (7, 7), (0, 500), (1, 1)])
def test_all_or_nothing_gets_clopper_pearson(ones, n):
    found = mean_of(np.repeat([1.0, 0.0], [ones, n - ones]), OPTIONS)
    expected = binomtest(ones, n).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert "Clopper-Pearson" in found.interval


def test_constant_values_that_are_no_share_are_bootstrapped():
    found = mean_of(np.full(9, 2.0), OPTIONS)
    assert (found.value, found.low, found.high) == (2, 2, 2)


def test_bootstrap_covers_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    hits = 0
    for trial in range(150):
        found = mean_of(random.exponential(size=80), Resampling(400, 0.9, seed=trial))
        hits += found.low <= 1.0 <= found.high
    assert 0.78 <= hits / 150 <= 0.96


def test_width_is_that_of_the_standard_error():
    values = np.random.default_rng(1).normal(size=400)
    found = mean_of(values, OPTIONS)
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_a_pooled_share_resamples_queries_not_rows():
    """One query with a hundred rows of ones and fifty with one zero each: rows would be far too sure."""
    top, bottom = np.array([100] + [0] * 50), np.array([100] + [1] * 50)
    found = ratio_of(top, bottom, OPTIONS)
    assert found.value == pytest.approx(100 / 150)
    assert found.low == 0.0
    assert found.high > 0.7


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(2).normal(size=30)
    assert mean_of(values, OPTIONS) == mean_of(values, OPTIONS)
    assert mean_of(values, OPTIONS) != mean_of(values, Resampling(1000, seed=4))


def test_no_interval_says_why():
    found = without_interval(5, 3, "a maximum")
    assert np.isnan(found.low)
    assert found.interval == "none: a maximum"
