import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from phiscope import stats
from phiscope.errors import DataError
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=100)


def standing_of(view, margin, distance):
    return pd.DataFrame({"view": view, "sample": np.arange(len(margin)), "margin": margin, "distance": distance})


@pytest.fixture
def standing():
    """Five samples; the attack leaves 0 and 1 at the boundary, 2 near it, 3 deep inside, and fails on 4."""
    before = standing_of("original", [1.0, 2.0, 0.5, 1.0, 3.0], [0.8, 0.9, 0.7, 0.6, 0.5])
    after = standing_of("deepfool", [0.001, 0.002, 0.4, 5.0, 2.0], [0.6, 0.8, 0.3, 0.9, 0.4])
    return pd.concat([before, after], ignore_index=True)


@pytest.fixture
def attacks():
    success, survives = [True, True, True, True, False], [True, False, False, True, False]
    return pd.DataFrame({"view": "deepfool", "sample": np.arange(5), "success": success, "success_8bit": survives})


def answers(found, counted):
    return found[found["counted"] == counted].set_index("key")


def test_answers_by_hand(standing, attacks):
    genuine = pd.Series([1.0, 2.0, 0.5, 1.0, 3.0, 0.01])  # the last is a training sample
    found = answers(stats.attack_summary(standing, attacks, genuine, OPTIONS), "success")
    expected = {"rate": 4 / 5, "closer_to_boundary": 2 / 4, "below_genuine": 2 / 4, "towards_hull": 3 / 4,
                "median_hull_change": -0.15, "median_margin": 0.201, "median_distance": 0.7}  # fmt: skip
    np.testing.assert_allclose(found.loc[list(expected), "value"], list(expected.values()))
    assert found["n"].to_dict() == dict.fromkeys(expected, 4) | {"rate": 5}


def test_what_survives_rounding_is_asked_again(standing, attacks):
    found = answers(stats.attack_summary(standing, attacks, standing["margin"][:5], OPTIONS), "success_8bit")
    assert found.loc["rate", "value"] == 2 / 5
    assert found.loc["closer_to_boundary", ["value", "n"]].tolist() == [0.5, 2]
    assert found.loc["median_margin", "value"] == pytest.approx((0.001 + 5) / 2)


def test_all_is_not_certain(standing, attacks):
    only = standing[standing["sample"] < 2]
    found = answers(stats.attack_summary(only, attacks[:2], pd.Series([0.5]), OPTIONS), "success").loc["below_genuine"]
    assert (found["value"], found["ci_high"]) == (1.0, 1.0)
    assert found["ci_low"] == pytest.approx(binomtest(2, 2).proportion_ci().low)


def test_nothing_that_survives_leaves_the_rate_alone(standing, attacks):
    found = stats.attack_summary(standing, attacks.assign(success_8bit=False), pd.Series([0.5]), OPTIONS)
    assert answers(found, "success_8bit").index.tolist() == ["rate"]
    assert answers(found, "success_8bit").loc["rate", "value"] == 0


def test_samples_without_a_hull_count_in_the_rate_only(standing, attacks):
    kept = standing[(standing["view"] == "original") | (standing["sample"] > 0)]
    found = answers(stats.attack_summary(kept, attacks, pd.Series([0.5]), OPTIONS), "success")
    assert found.loc["rate", "n"] == 5
    assert found.loc["closer_to_boundary", "n"] == 3


def test_a_sample_without_an_outcome_is_named(standing, attacks):
    with pytest.raises(DataError, match="sample 4"):
        stats.attack_summary(standing, attacks[:4], pd.Series([0.5]), OPTIONS)


def test_order_of_rows_does_not_matter(standing, attacks):
    first = stats.attack_summary(standing, attacks, pd.Series([0.5]), OPTIONS)
    mixed = (frame.sample(frac=1, random_state=1) for frame in (standing, attacks))
    pd.testing.assert_frame_equal(stats.attack_summary(*mixed, pd.Series([0.5]), OPTIONS), first)
