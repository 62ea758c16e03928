import numpy as np
import pytest
from scipy import stats as reference

from phiscope.errors import DataError
from phiscope.stats import intervals
from phiscope.stats.intervals import Resampling, counted_share, mean_of, median_of, paired_change, pooled_share

FEW = Resampling(resamples=400)


def covers(estimate, truth):
    return estimate.low <= truth <= estimate.high


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (0, 50), (50, 50)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_all_or_none_gets_clopper_pearson(hits, n, confidence):
    found = counted_share(hits, n, Resampling(confidence=confidence))
    # Closed form: the end that is not 0 or 1 solves (1 - p)^n = alpha / 2.
    far = 1 - ((1 - confidence) / 2) ** (1 / n)
    expected = (0.0, far) if hits == 0 else (1 - far, 1.0)
    assert (found.value, found.n) == (hits / n, n)
    np.testing.assert_allclose((found.low, found.high), expected, atol=1e-12)
    np.testing.assert_allclose(expected, reference.binomtest(hits, n).proportion_ci(confidence), atol=1e-12)
    assert "Clopper-Pearson" in found.interval
    assert f"{100 * confidence:g} %" in found.interval


def test_other_shares_get_wilson():
    found = intervals.share_of([True, False, True, True], FEW)
    z, p, n = reference.norm.ppf(0.975), 0.75, 4
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    np.testing.assert_allclose((found.low, found.value, found.high), (centre - half, 0.75, centre + half))
    assert "Wilson" in found.interval
    assert found.interval.endswith(intervals.TEST_SAMPLES)


def test_bootstrap_of_a_mean_is_near_the_normal_interval():
    values = np.random.default_rng(0).normal(3, 2, 2000)
    found = mean_of(values, Resampling(resamples=4000))
    half = reference.norm.ppf(0.975) * values.std() / np.sqrt(len(values))
    np.testing.assert_allclose((found.low, found.high), (values.mean() - half, values.mean() + half), atol=0.1 * half)


def test_intervals_of_a_mean_cover_it_about_as_often_as_they_say():
    random = np.random.default_rng(1)
    hits = sum(covers(mean_of(random.exponential(size=60), Resampling(300, 0.9, seed)), 1.0) for seed in range(300))
    # Binomial(300, 0.9) lies in here with probability 0.9999; the bootstrap's own shortfall at n = 60 is some 2 %.
    assert 242 <= hits <= 290


def test_intervals_of_a_pooled_share_see_that_rows_of_a_sample_belong_together():
    random = np.random.default_rng(2)
    sizes = np.full(100, 20)
    together = 20 * (random.random(100) < 0.5)  # all rows of a sample agree: 100 coin tosses, not 2000
    found = pooled_share(together, sizes, FEW)
    assert found.high - found.low == pytest.approx(4 * 0.5 / np.sqrt(100), rel=0.2)


def test_pooled_share_is_sum_over_sum_and_the_mean_of_shares_is_not():
    parts, wholes = np.array([1, 0, 3]), np.array([1, 1, 12])
    assert pooled_share(parts, wholes, FEW).value == 4 / 14
    assert pooled_share(parts / wholes, None, FEW).value == pytest.approx(1.25 / 3)


@pytest.mark.parametrize(("parts", "value"), [([2, 5, 1], 1.0), ([0, 0, 0], 0.0)])
def test_pooled_share_of_all_or_none_has_a_width(parts, value):
    found = pooled_share(parts, [2, 5, 1], FEW)
    expected = reference.binomtest(int(3 * value), 3).proportion_ci()
    assert (found.value, found.n) == (value, 3)
    np.testing.assert_allclose((found.low, found.high), expected)


def test_order_of_the_samples_does_not_matter():
    random = np.random.default_rng(3)
    parts, wholes = random.integers(0, 4, 50), random.integers(4, 8, 50)
    order = random.permutation(50)
    assert pooled_share(parts, wholes, FEW) == pooled_share(parts[order], wholes[order], FEW)
    assert mean_of(parts, FEW) == mean_of(parts[order], FEW)
    assert median_of(parts, FEW) == median_of(parts[order], FEW)


def test_the_seed_decides_the_resamples():
    values = np.random.default_rng(4).random(40)
    assert mean_of(values, Resampling(100, seed=1)) == mean_of(values, Resampling(100, seed=1))
    assert mean_of(values, Resampling(100, seed=1)).low != mean_of(values, Resampling(100, seed=2)).low


def test_resamples_hold_as_many_samples_as_there_are_and_blocks_do_not_change_them(monkeypatch):
    options = Resampling(resamples=7, seed=5)
    whole = options.draws(lambda counts: counts, 9)
    assert whole.shape == (7, 9)
    np.testing.assert_array_equal(whole.sum(axis=1), 9)
    monkeypatch.setattr(intervals, "_BLOCK", 18)
    np.testing.assert_array_equal(options.draws(lambda counts: counts, 9), whole)


def test_groups_are_drawn_apart_even_of_one_size():
    options = Resampling(resamples=50, seed=5)
    first, second = options.draws(lambda one, other: np.stack([one, other], axis=1), 8, 8).swapaxes(0, 1)
    np.testing.assert_array_equal(first, options.draws(lambda counts: counts, 8))
    np.testing.assert_array_equal(second.sum(axis=1), 8)
    assert (first != second).any(axis=1).mean() > 0.9


def test_groups_of_several_sizes_in_blocks(monkeypatch):
    options = Resampling(resamples=7)
    whole = options.draws(lambda one, other: np.concatenate([one, other], axis=1), 9, 4)
    monkeypatch.setattr(intervals, "_BLOCK", 30)
    np.testing.assert_array_equal(options.draws(lambda one, other: np.concatenate([one, other], axis=1), 9, 4), whole)


def test_each_sample_is_drawn_once_on_average():
    counts = Resampling(resamples=20_000).draws(lambda counts: counts, 5)
    # A count is Binomial(5, 1/5): mean 1, variance 0.8; five standard errors.
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=5 * np.sqrt(0.8 / 20_000))
    np.testing.assert_allclose(counts.var(axis=0), 0.8, atol=0.05)


def test_median_lies_between_order_statistics():
    # n = 10: P(Binomial(10, 1/2) <= 1) = 11/1024 < 2.5 % < P(<= 2), so the second from either end.
    found = median_of([5, 1, 9, 3, 7, 2, 10, 8, 4, 6], FEW)
    assert (found.low, found.value, found.high) == (2, 5.5, 9)
    assert "order statistics" in found.interval


def test_medians_of_a_skewed_population_are_covered():
    random = np.random.default_rng(6)
    hits = sum(covers(median_of(random.exponential(size=41), FEW), np.log(2)) for _ in range(400))
    assert hits >= 370  # the exact level is at least 95 %; 370 is four standard errors below


def test_infinite_margins_have_a_median():
    found = median_of([1.0] * 30 + [np.inf] * 3, FEW)
    assert (found.low, found.value, found.high) == (1, 1, 1)


def test_median_of_few_has_no_interval():
    found = median_of([1, 2, 3], FEW)
    assert found.value == 2
    assert np.isnan(found.low)
    assert found.interval.startswith("none")


def test_paired_change_has_a_width_without_any_change_and_is_symmetric():
    none, up, down = (paired_change(*change, 100, FEW) for change in ((0, 0), (7, 2), (2, 7)))
    assert none.value == 0 < none.high == -none.low < 0.05
    assert up.value == pytest.approx(0.05)
    np.testing.assert_allclose((up.low, up.value, up.high), (-down.high, -down.value, -down.low))


def test_paired_changes_are_covered_and_tighter_than_unpaired_ones():
    random = np.random.default_rng(7)
    changes = random.multinomial(200, [0.02, 0.06, 0.92], size=500)
    found = [paired_change(gained, lost, 200, FEW) for gained, lost, _ in changes]
    assert sum(covers(estimate, -0.04) for estimate in found) >= 455  # 95 % of 500 less four standard errors
    unpaired = 2 * 1.96 * np.sqrt(2 * 0.25 / 200)  # two shares near one half, taken as independent
    assert max(estimate.high - estimate.low for estimate in found) < unpaired


def test_one_sample_has_no_bootstrap():
    found = mean_of([4.0], FEW)
    assert (found.value, found.n) == (4.0, 1)
    assert np.isnan([found.low, found.high]).all()
    assert found.interval == "none: one sample"


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [1.0, np.inf]])
def test_what_has_no_mean_is_refused(values):
    with pytest.raises(DataError, match="expected"):
        mean_of(values, FEW)


def test_flags_are_flags():
    with pytest.raises(DataError, match="one flag per sample"):
        intervals.share_of([0.5, 1.0], FEW)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("n", [1, 5, 6, 40, 1437])
def test_medians_and_shares_are_scipys_to_the_bit(n, confidence):
    """Its quantiles are used without importing its statistics."""
    options, values = Resampling(confidence=confidence), np.random.default_rng(n).normal(size=n)
    median, expected = (
        median_of(values, options),
        reference.quantile_test(values, p=0.5).confidence_interval(confidence),
    )
    if np.isnan([expected.low, expected.high]).any():
        assert np.isnan([median.low, median.high]).all()
    else:
        assert (median.low, median.high) == (expected.low, expected.high)
    for hits in range(1, n, max(1, n // 7)):
        share = counted_share(hits, n, options)
        assert (share.low, share.high) == tuple(reference.binomtest(hits, n).proportion_ci(confidence, "wilson"))
