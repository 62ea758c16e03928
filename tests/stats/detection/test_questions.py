"""What detectors tell: areas that can be counted by hand, paired differences, samples that are left out."""

import numpy as np
import pandas as pd
import pytest

from phiscope.stats import detector_questions
from phiscope.stats.intervals import Resampling

FEW = Resampling(200)


def scores_of(view: str, values: dict[str, list]) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"sample": range(len(each)), "detector": name, "score": each}) for name, each in values.items()
    ]
    return pd.concat(frames).assign(view=view, split="test")


@pytest.fixture
def standing():
    """Six test samples: the last has no label, samples 1 and 4 are wrong."""
    labels, predicted = np.array([0, 1, 0, 1, 1, -1]), np.array([0, 0, 0, 1, 0, 1])
    return pd.DataFrame(
        {"view": "original", "sample": np.arange(6), "label": labels, "correct": labels == predicted, "split": "test"}
    )


@pytest.fixture
def scores():
    own = {"msp": [0, 5, 1, 2, 6, 9], "hull": [0, 1, 2, 3, 4, 5], "knn": [1, 1, 1, 1, 1, 1]}
    return pd.concat([scores_of("original", own), scores_of("other", {name: [7, 8] for name in own})])


def areas(frame: pd.DataFrame, question: str) -> dict[str, float]:
    rows = frame[(frame["question"] == question) & (frame["measure"] == "area")]
    return rows.drop_duplicates("detector").set_index("detector")["value"].to_dict()


def test_errors_are_told_among_labelled_samples(scores, standing):
    found = detector_questions(scores, standing, options=FEW)
    assert set(found["question"]) == {"error"}
    assert areas(found, "error") == {"msp": 1.0, "hull": 4 / 6, "knn": 0.5}
    assert set(found["n"]) == {2}
    assert set(found["n_genuine"]) == {3}


def test_people_disagree_where_fewer_than_nine_in_ten_say_the_same(scores, standing):
    shares = np.array([[0.95, 0.05], [0.5, 0.5], [0.9, 0.1], [0.1, 0.9], [0.89, 0.11], [1, 0]])
    found = detector_questions(scores, standing, shares, options=FEW)
    assert areas(found, "disagreement") == {"msp": 6 / 8, "hull": 4 / 8, "knn": 0.5}


def test_a_view_of_another_data_set_stands_beside_all_original_samples(scores, standing):
    found = detector_questions(scores, standing, foreign=["other"], options=FEW)
    assert areas(found, "foreign") == {"msp": 10 / 12, "hull": 1.0, "knn": 1.0}
    assert set(found.loc[found["question"] == "foreign", "n_genuine"]) == {6}


def test_differences_are_paired_and_those_to_oneself_nothing(standing):
    random = np.random.default_rng(0)
    n = 300
    wrong = random.random(n) < 0.3
    about = pd.DataFrame({"view": "original", "sample": np.arange(n), "label": 0, "correct": ~wrong, "split": "test"})
    first = random.normal(size=n) + wrong
    values = {"hull": first, "knn": first + 0.01 * random.normal(size=n), "mahalanobis": random.normal(size=n)}
    found = detector_questions(scores_of("original", values), about, options=Resampling(400)).set_index(
        ["measure", "detector", "against"]
    )
    assert found.loc[("area", "hull", "hull"), "difference"] == 0
    assert np.isnan(found.loc[("area", "hull", "hull"), "difference_low"])
    near, far = found.loc[("area", "knn", "hull")], found.loc[("area", "hull", "mahalanobis")]
    # Nearly the same score: its difference is known ten times as well as its area.
    assert near["difference_high"] - near["difference_low"] < 0.1 * (near["ci_high"] - near["ci_low"])
    assert 0 < far["difference_low"] < far["difference"] < far["difference_high"]
    assert far["difference"] == pytest.approx(far["value"] - found.loc[("area", "mahalanobis", "hull"), "value"])


def test_what_cannot_be_asked_has_no_rows(scores, standing):
    right = standing.assign(correct=True)
    assert detector_questions(scores, right, options=FEW).empty
    assert detector_questions(scores, standing.assign(label=-1), options=FEW).empty
    assert list(detector_questions(scores.iloc[:0], standing.iloc[:0], options=FEW).columns)


def test_a_sample_without_some_score_counts_for_no_detector(scores, standing):
    scores.loc[(scores["sample"] == 4) & (scores["detector"] == "hull"), "score"] = np.nan
    assert set(detector_questions(scores, standing, options=FEW)["n"]) == {1}
    infinite = scores.assign(score=np.where(scores["score"] == 5, np.inf, scores["score"])).query("sample != 4")
    assert areas(detector_questions(infinite, standing, options=FEW), "error")["msp"] == 1
