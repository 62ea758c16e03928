import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from phiscope import stats
from phiscope.errors import DataError
from phiscope.stats.detection.human import Ranks, spearman


def standing_of(margin, distance, confidence):
    margin, distance = np.asarray(margin, float), np.asarray(distance, float)
    columns = {"margin": margin, "distance": distance, "ambiguity": margin - distance, "confidence": confidence}
    return pd.DataFrame(columns | {"sample": np.arange(len(margin))})


def entropy_of(values):
    return pd.DataFrame({"sample": np.arange(len(values)), "entropy": values})


@pytest.fixture
def people():
    random = np.random.default_rng(0)
    doubt = random.random(300)
    noise = random.normal(size=(3, 300))
    standing = standing_of(2 - doubt + 0.5 * noise[0], 1 + doubt + 0.5 * noise[1], 1 - 0.3 * doubt + 0.2 * noise[2])
    return standing, entropy_of(np.round(doubt, 1))  # ties, as where people agree


def test_entropy_of_labels():
    found = stats.label_entropy(np.array([[1.0, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]]))
    np.testing.assert_allclose(found, [0, np.log(4), np.log(2)])


@pytest.mark.parametrize("row", [[0.5, 0.4], [1.5, -0.5], [40.0, 11.0], [np.nan, 1.0]])
def test_what_is_no_distribution_is_refused(row):
    with pytest.raises(DataError, match="row 1 does not hold shares"):
        stats.label_entropy(np.array([[0.5, 0.5], row]))


def test_correlations_are_spearmans_and_oriented_towards_doubt(people):
    standing, entropy = people
    found = stats.human_agreement(standing, entropy, resamples=20).set_index("key")["correlation"]
    columns = {"ambiguity": -standing["ambiguity"], "margin": -standing["margin"],
               "distance": standing["distance"], "confidence": 1 - standing["confidence"]}  # fmt: skip
    for key, column in columns.items():
        assert found[key] == pytest.approx(spearmanr(column, entropy["entropy"]).statistic)
        assert found[key] > 0
    assert found["difference"] == pytest.approx(found["ambiguity"] - found["confidence"])


def test_scores_of_detectors_get_a_row_each(people):
    standing, entropy = people
    values = {"energy": -standing["confidence"], "knn": standing["distance"] ** 3, "msp": standing["margin"]}
    scores = pd.concat(
        [pd.DataFrame({"sample": standing["sample"], "detector": k, "score": v}) for k, v in values.items()]
    )
    found = stats.human_agreement(standing, entropy, scores, resamples=50).set_index("key")
    plain = stats.human_agreement(standing, entropy, resamples=50).set_index("key")
    assert found.index.tolist() == [*plain.index[:-1], "energy", "knn", "difference"]  # msp is an indicator already
    numbers = ["correlation", "ci_low", "ci_high"]
    np.testing.assert_allclose(
        found.loc["energy", numbers].astype(float), plain.loc["confidence", numbers].astype(float)
    )
    np.testing.assert_allclose(found.loc["knn", numbers].astype(float), plain.loc["distance", numbers].astype(float))
    pd.testing.assert_frame_equal(found.loc[plain.index], plain)


def test_samples_without_a_score_are_left_out(people):
    standing, entropy = people
    scores = pd.DataFrame({"sample": standing["sample"], "detector": "knn", "score": standing["distance"]})
    scores.loc[:49, "score"] = np.nan
    assert (stats.human_agreement(standing, entropy, scores, resamples=20)["n"] == 250).all()


def test_perfect_agreement():
    doubt = np.arange(20.0)
    standing = standing_of(100 - doubt, doubt, 1 - doubt / 100)
    found = stats.human_agreement(standing, entropy_of(doubt), resamples=50).set_index("key")
    np.testing.assert_allclose(found.loc[found.index != "difference", ["correlation", "ci_low", "ci_high"]], 1.0)
    np.testing.assert_allclose(
        found.loc["difference", ["correlation", "ci_low", "ci_high"]].astype(float), 0, atol=1e-12
    )


def test_resampled_correlation_is_that_of_the_repeated_samples(people):
    standing, entropy = people
    values, doubt = np.round(standing["margin"].to_numpy(), 1), entropy["entropy"].to_numpy()
    random = np.random.default_rng(1)
    counts = np.stack([np.bincount(random.integers(300, size=300), minlength=300) for _ in range(5)]).astype(float)
    found = spearman(counts, Ranks(values)(counts), Ranks(doubt)(counts))
    for row, ours in zip(counts.astype(int), found):
        assert ours == pytest.approx(spearmanr(np.repeat(values, row), np.repeat(doubt, row)).statistic)


def test_the_difference_is_paired(people):
    standing, entropy = people
    # Two indicators that rank alike: each is uncertain, their difference is not.
    standing["confidence"] = 0.5 + 0.01 * standing["ambiguity"]
    found = stats.human_agreement(standing, entropy, resamples=100).set_index("key")
    assert found.loc["ambiguity", "ci_high"] - found.loc["ambiguity", "ci_low"] > 0.05
    np.testing.assert_allclose(found.loc["difference", ["ci_low", "ci_high"]].astype(float), 0, atol=1e-12)


def test_interval_agrees_with_the_normal_one_on_fishers_scale(people):
    found = stats.human_agreement(*people, resamples=2000).set_index("key").loc["distance"]
    half = 1.96 * np.sqrt((1 + found["correlation"] ** 2 / 2) / (300 - 3))  # Bonett and Wright (2000)
    expected = np.tanh(np.arctanh(found["correlation"]) + np.array([-half, half]))
    np.testing.assert_allclose(found[["ci_low", "ci_high"]].astype(float), expected, atol=0.03)


def test_order_does_not_matter_and_samples_without_people_are_left_out(people):
    standing, entropy = people
    expected = stats.human_agreement(standing[:200], entropy, resamples=30)
    assert (expected["n"] == 200).all()
    shuffled = stats.human_agreement(standing.sample(frac=1, random_state=1), entropy[:200][::-1], resamples=30)
    pd.testing.assert_frame_equal(shuffled, expected)


def test_people_who_always_agree_leave_nothing_to_rank(people):
    standing, _ = people
    found = stats.human_agreement(standing, entropy_of(np.zeros(300)), resamples=20)
    assert found[["correlation", "ci_low", "ci_high"]].isna().all(axis=None)
    assert found["interval"].str.startswith("none").all()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_samples_have_no_interval(people, n):
    standing, entropy = people
    found = stats.human_agreement(standing[:n], entropy, resamples=20)
    assert found[["ci_low", "ci_high"]].isna().all(axis=None)
    assert (found["n"] == n).all()


def test_small_runs_have_finite_intervals():
    random = np.random.default_rng(2)
    standing = standing_of(*random.random((3, 4)))
    found = stats.human_agreement(standing, entropy_of(random.random(4)), resamples=200)
    assert np.isfinite(found[["ci_low", "ci_high"]]).all(axis=None)


def test_frames_are_of_the_original_view_and_take_the_shares_of_its_samples():
    random = np.random.default_rng(3)
    standing = standing_of(*random.random((3, 4))).assign(sample=[6, 0, 3, 5])  # of seven that people looked at
    shares = np.eye(3)[[0, 0, 0, 0, 0, 1, 2]]
    shares[3] = 1 / 3
    both = pd.concat([standing.assign(view="original"), standing.assign(view="noise", margin=9.0)])
    scores = pd.DataFrame({"view": "original", "sample": standing["sample"], "detector": "knn", "score": 1.0})
    frames = stats.human_frames(both, scores, shares, seed=1, resamples=20)
    assert frames["entropy"]["sample"].tolist() == [6, 0, 3, 5]
    np.testing.assert_allclose(frames["entropy"]["entropy"], [0, 0, np.log(3), 0])
    agreement = stats.human_agreement(standing, frames["entropy"], scores, seed=1, resamples=20)
    pd.testing.assert_frame_equal(frames["agreement"], agreement)
    assert "knn" in set(frames["agreement"]["key"])
