"""ROC statistics against scikit-learn, plain loops and populations whose area is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, norm
from sklearn.metrics import roc_auc_score, roc_curve

from phiscope import stats
from phiscope.errors import DataError
from phiscope.stats.detection.curves import Roc
from phiscope.stats.intervals import Resampling

FEW = Resampling(resamples=200)


def table(view, samples, **scores):
    rows = [pd.DataFrame({"sample": samples, "detector": name, "score": values}) for name, values in scores.items()]
    return pd.concat(rows, ignore_index=True).assign(view=view, split="test")


def attacks_of(view, samples, success, success_8bit=False):
    return pd.DataFrame({"view": view, "sample": samples, "success": success, "success_8bit": success_8bit})


def at(found, measure="area", counted="all", detector="margin", view="attacked"):
    keys = ["view", "counted", "detector", "measure"]
    return found.set_index(keys).loc[(view, counted, detector, measure)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def scores(rng):
    """60 samples before and after an attack; `knn` has ties, `margin` is another detector's noisy copy."""
    genuine = rng.normal(size=60)
    attacked = genuine + rng.normal(1, 0.5, 60)
    views = [("original", genuine), ("attacked", attacked)]
    return pd.concat([table(view, np.arange(60), margin=x, knn=np.round(x), msp=-x) for view, x in views])


def split(scores, detector):
    rows = scores[scores["detector"] == detector]
    return (rows.loc[rows["view"] == view, "score"].to_numpy() for view in ("original", "attacked"))


def by_scikit_learn(genuine, suspicious):
    """Area, and false positive rate at the largest threshold that catches 95 %."""
    truth, values = np.repeat([0, 1], [len(genuine), len(suspicious)]), np.r_[genuine, suspicious]
    fpr, tpr, _ = roc_curve(truth, values, drop_intermediate=False)
    return roc_auc_score(truth, values), fpr[np.argmax(tpr >= 0.95)]


@pytest.mark.parametrize("detector", ["margin", "knn", "msp"])
def test_values_are_scikit_learns(scores, detector):
    found = stats.detection(scores, options=FEW)
    area, rate = by_scikit_learn(*split(scores, detector))
    assert at(found, "area", detector=detector)["value"] == pytest.approx(area)
    assert at(found, "fpr95", detector=detector)["value"] == pytest.approx(rate)


@pytest.mark.parametrize("ties", [1, 20])
def test_resamples_by_a_plain_loop(rng, ties):
    genuine, suspicious = np.round(rng.normal(size=(2, 25)) * ties) / ties + np.array([[0], [0.7]])
    flags = np.stack([np.ones(25, bool), rng.random(25) < 0.5])
    counts = rng.multinomial(25, np.full(25, 1 / 25), size=10)
    found = Roc(genuine, suspicious, flags)(counts.T.astype(float), counts.T.astype(float))
    for row, ours in zip(counts, found):
        for flag, (area, rate) in zip(flags, ours):
            expected = by_scikit_learn(np.repeat(genuine, row), np.repeat(suspicious[flag], row[flag]))
            assert (area, rate) == pytest.approx(expected)


def test_intervals_are_those_of_a_plain_bootstrap(scores):
    genuine, attacked = split(scores, "margin")
    found = at(stats.detection(scores, options=FEW))
    drawn = FEW.draws(lambda counts: counts, 60).astype(int)  # the same resamples for the sample and its copy
    areas = [by_scikit_learn(np.repeat(genuine, row), np.repeat(attacked, row))[0] for row in drawn]
    np.testing.assert_allclose([found["ci_low"], found["ci_high"]], np.percentile(areas, [2.5, 97.5]))


def test_a_foreign_view_is_resampled_on_its_own(scores):
    paired = at(stats.detection(scores, options=FEW))
    alone = at(stats.detection(scores, foreign=["attacked"], options=FEW))
    assert paired["value"] == alone["value"]
    assert (paired["paired"], alone["paired"]) == (True, False)
    # What moves a sample and its copy alike moves the area little.
    assert paired["ci_high"] - paired["ci_low"] < 0.8 * (alone["ci_high"] - alone["ci_low"])


def test_foreign_samples_may_be_more_and_have_any_number(scores, rng):
    foreign = table("digits", np.arange(30, 130), margin=rng.normal(2, 1, 100), knn=0.0, msp=0.0)
    found = stats.detection(pd.concat([scores, foreign]), foreign=["digits"], options=FEW)
    told = at(found, view="digits")
    genuine, _ = split(scores, "margin")
    assert (told["n"], told["n_genuine"]) == (100, 60)
    assert told["value"] == pytest.approx(by_scikit_learn(genuine, foreign.query("detector == 'margin'")["score"])[0])


def test_unpaired_intervals_cover_the_area_about_as_often_as_they_say():
    random, hits = np.random.default_rng(1), 0
    truth = norm.cdf(1 / np.sqrt(2))  # two normal populations of variance 1, one apart
    for seed in range(200):
        both = pd.concat([table("original", np.arange(80), margin=random.normal(size=80)),
                          table("x", np.arange(80), margin=random.normal(1, 1, 80))])  # fmt: skip
        found = at(stats.detection(both, foreign=["x"], options=Resampling(200, 0.9, seed)), view="x")
        hits += found["ci_low"] <= truth <= found["ci_high"]
    # Binomial(200, 0.9) lies in here with probability 0.9999; the bootstrap's own shortfall at n = 80 is some 2 %.
    assert 160 <= hits <= 195


def test_paired_differences_cover_the_truth_and_are_tighter_than_two_intervals():
    random, hits = np.random.default_rng(2), 0
    truth = norm.cdf(0.5 / np.sqrt(2)) - norm.cdf(1 / np.sqrt(2))
    for seed in range(200):
        views = []
        for view, shift in (("original", 0), ("attacked", 1)):
            noise = random.normal(size=80)
            other = 0.9 * noise + np.sqrt(1 - 0.81) * random.normal(size=80)
            views.append(table(view, np.arange(80), margin=noise + shift, msp=other + shift / 2))
        found = stats.detection(pd.concat(views), options=Resampling(200, 0.9, seed))
        told, own = at(found, detector="msp"), at(found)
        hits += told["difference_low"] <= truth <= told["difference_high"]
        width = told["difference_high"] - told["difference_low"]
        assert width < (told["ci_high"] - told["ci_low"]) + (own["ci_high"] - own["ci_low"])
    assert 160 <= hits <= 195


def test_difference_is_to_the_margin_on_the_same_resamples(scores):
    found = stats.detection(scores, options=FEW)
    for measure in ("area", "fpr95"):
        told, own = at(found, measure, detector="knn"), at(found, measure)
        assert told["difference"] == pytest.approx(told["value"] - own["value"])
        assert own["difference"] == 0
        assert np.isnan([own["difference_low"], own["difference_high"]]).all()


def test_a_detector_turned_round_has_the_area_that_is_left(scores):
    found = stats.detection(scores, options=FEW)
    assert at(found, detector="msp")["value"] == pytest.approx(1 - at(found)["value"])


def test_a_growing_function_of_a_score_changes_nothing(scores):
    bent = scores.assign(score=np.exp(3 * scores["score"]))
    pd.testing.assert_frame_equal(stats.detection(bent, options=FEW), stats.detection(scores, options=FEW))


def test_successes_are_counted_against_all_genuine_samples(scores, rng):
    success = rng.random(60) < 0.6
    attacks = attacks_of("attacked", np.arange(60), success, success & (rng.random(60) < 0.4))
    found = stats.detection(scores, attacks.sample(frac=1, random_state=0), options=FEW)
    genuine, attacked = split(scores, "margin")
    for counted in ("success", "success_8bit"):
        flags = attacks[counted].to_numpy(bool)
        told = at(found, counted=counted)
        assert (told["n"], told["n_genuine"]) == (flags.sum(), 60)
        assert told["value"] == pytest.approx(by_scikit_learn(genuine, attacked[flags])[0])


def test_what_no_sample_counts_under_has_no_row(scores):
    found = stats.detection(scores, attacks_of("attacked", np.arange(60), True, False), options=FEW)
    assert set(found["counted"]) == {"all", "success"}


def test_a_sample_without_an_outcome_is_named(scores):
    with pytest.raises(DataError, match="sample 59"):
        stats.detection(scores, attacks_of("attacked", np.arange(59), True), options=FEW)


def test_perfect_separation_has_a_width():
    both = pd.concat([table("original", np.arange(40), margin=np.zeros(40)),
                      table("attacked", np.arange(40), margin=np.ones(40))])  # fmt: skip
    found = stats.detection(both, options=FEW)
    area, rate = at(found), at(found, "fpr95")
    assert (area["value"], area["ci_high"]) == (1, 1)
    assert area["ci_low"] == pytest.approx(binomtest(20, 20).proportion_ci().low)  # disjoint pairs of samples
    assert (rate["value"], rate["ci_low"]) == (0, 0)
    assert rate["ci_high"] == pytest.approx(binomtest(0, 40).proportion_ci().high)
    assert "Clopper-Pearson" in area["interval"]


def test_a_margin_without_boundary_counts_as_least_suspicious():
    both = pd.concat(
        [table("original", [0, 1], margin=[-np.inf, 0.0]), table("attacked", [0, 1], margin=[1.0, -np.inf])]
    )
    assert at(stats.detection(both, options=FEW))["value"] == (1 + 1 + 0.5 + 0) / 4


def test_samples_that_a_detector_did_not_score_are_left_out_for_all(scores):
    missing = (scores["detector"] == "knn") & (scores["sample"] < 10)
    found = stats.detection(scores.assign(score=scores["score"].mask(missing)), options=FEW)
    assert set(found["n"]) == {50}
    genuine, attacked = split(scores[scores["sample"] >= 10], "margin")
    assert at(found)["value"] == pytest.approx(by_scikit_learn(genuine, attacked)[0])


def test_a_detector_without_any_score_is_left_out_alone(scores):
    found = stats.detection(scores.assign(score=scores["score"].mask(scores["detector"] == "knn")), options=FEW)
    assert set(found["detector"]) == {"margin", "msp"}
    assert set(found["n"]) == {60}


def test_order_of_rows_does_not_matter(scores):
    found = stats.detection(scores.sort_values(["detector", "sample"]), options=FEW)
    other = stats.detection(scores.sample(frac=1, random_state=3), options=FEW)
    keys = ["view", "counted", "detector", "measure"]
    pd.testing.assert_frame_equal(
        found.sort_values(keys, ignore_index=True), other.sort_values(keys, ignore_index=True)
    )


def test_curves_are_scikit_learns_and_hold_the_area(scores):
    curves = stats.roc_curves(scores, points=2000)
    found = stats.detection(scores, options=FEW)
    for detector, rows in curves.groupby("detector"):
        genuine, attacked = split(scores, detector)
        truth, values = np.repeat([0, 1], 60), np.r_[genuine, attacked]
        fpr, tpr, _ = roc_curve(truth, values, drop_intermediate=False)
        for rate, caught in rows[["false_positive_rate", "true_positive_rate"]].to_numpy()[::97]:
            assert caught == pytest.approx(tpr[fpr <= rate + 1e-12].max())
        area = np.trapezoid(rows["true_positive_rate"], rows["false_positive_rate"])
        if detector != "knn":  # ties make the curve of thresholds lie below the area's
            assert area == pytest.approx(at(found, detector=detector)["value"], abs=0.01)


def test_detection_by_confidence_orders_attacks_into_series(scores):
    views = {"a": (0, 0.0), "b": (2, 0.5), "c": (1, 0.0), "d": (None, 0.5), "e": (3, 0.5)}
    kinds = {view: "pgd" if view != "e" else "other" for view in views}
    told = {view: {"kind": kinds[view], "penalty": p, "steps": 5} | ({} if k is None else {"confidence": k})
            for view, (k, p) in views.items()}  # fmt: skip
    attacked = scores[scores["view"] == "attacked"]
    everything = pd.concat([scores, *(attacked.assign(view=view) for view in views)])
    attacks = pd.concat([attacks_of(view, np.arange(60), True) for view in [*views, "attacked"]])
    found = stats.detection(everything, attacks, options=FEW)
    rows = stats.by_confidence(found, told).query("detector == 'margin' and measure == 'area'")
    assert rows[["series", "view", "confidence"]].to_numpy().tolist() == [
        ["other", "e", 3.0],
        ["pgd, penalty 0.0", "a", 0.0], ["pgd, penalty 0.0", "c", 1.0],
        ["pgd, penalty 0.5", "d", 0.0], ["pgd, penalty 0.5", "b", 2.0],
    ]  # fmt: skip
    assert set(rows["counted"]) == {"success"}
