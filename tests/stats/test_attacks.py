import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from phiscope import stats
from phiscope.errors import DataError
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=100)


def standing_of(view, margin, distance):
    frame = pd.DataFrame({"view": view, "sample": np.arange(len(margin)), "margin": margin, "distance": distance})
    return frame.assign(distance_lower=frame["distance"] - 1e-9, distance_noise=1e-7)


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


@pytest.fixture
def rounded():
    """Samples 0 and 3 in 8 bits, where rounding took both off the places of the float images."""
    frame = pd.DataFrame({"view": "deepfool", "sample": [0, 3], "margin": [0.3, 0.2], "distance": [0.2, 0.7]})
    return frame.assign(distance_lower=frame["distance"], noise=1e-7)


def test_what_survives_rounding_is_asked_of_the_rounded_image(standing, attacks, rounded):
    found = stats.attack_summary(standing, attacks, standing["margin"][:5], OPTIONS, rounded)
    found = answers(found, "success_8bit")
    assert found.loc["rate", "value"] == 2 / 5
    assert found.loc["closer_to_boundary", ["value", "n"]].tolist() == [0.5, 2]
    assert found.loc["median_margin", "value"] == pytest.approx(0.25)
    assert found.loc["below_genuine", "value"] == 1.0  # the least genuine margin is 0.5
    assert found.loc["towards_hull", "value"] == 0.5


def test_without_rounded_images_nothing_is_said_of_them(standing, attacks):
    found = answers(stats.attack_summary(standing, attacks, pd.Series([0.5]), OPTIONS), "success_8bit")
    assert found.index.tolist() == ["rate"]


def test_what_rounding_may_have_moved_has_moved_nowhere(standing, attacks):
    standing.loc[standing["view"] == "deepfool", "distance_noise"] = 0.15
    found = answers(stats.attack_summary(standing, attacks, pd.Series([0.5]), OPTIONS), "success")
    assert found.loc["towards_hull", "value"] == 2 / 4  # by 0.2 and 0.4; by 0.1 it is not proven


@pytest.fixture
def norms():
    """Norms before fall with the sample; the attack halves those of 0 and 1 and doubles the others."""
    before = pd.DataFrame({"view": "original", "sample": np.arange(5), "norm": [5.0, 4.0, 3.0, 2.0, 1.0]})
    after = before.assign(view="deepfool", norm=before["norm"] * [0.5, 0.5, 2, 2, 2])
    return pd.concat([before, after])


def test_moves_towards_the_hull_by_the_norm_of_the_features(standing, attacks, norms):
    found = stats.attack_moves(standing, norms, attacks, OPTIONS).set_index(["group", "key"])
    towards = found.xs("towards_hull", level="key")
    assert towards["value"].to_dict() == {
        "all": 0.75, "low": 0.5, "middle": 1.0, "high": 1.0, "shrinks": 1.0, "grows": 0.5
    }  # fmt: skip
    assert towards["n"].to_dict() == {"all": 4, "low": 2, "middle": 1, "high": 1, "shrinks": 2, "grows": 2}
    assert towards.loc["low", ["norm_low", "norm_high"]].tolist() == [2.0, 3.0]
    assert found.loc[("all", "away_from_hull"), "value"] == 0.25
    assert found.loc[("grows", "norm_shrinks"), "value"] == 0.0


def test_groups_of_equal_norms_are_thirds_all_the_same(standing, attacks, norms):
    found = stats.attack_moves(standing, norms.assign(norm=1.0), attacks, OPTIONS)
    towards = found[found["key"] == "towards_hull"].set_index("group")["n"]
    assert towards[["low", "middle", "high"]].tolist() == [2, 1, 1]
    assert "shrinks" not in towards


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
