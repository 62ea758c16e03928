"""Rows of scores, where the scores of two samples are known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from phiscope import detection, tables
from phiscope.experiments.detection.scores import beside_classes, distances, null_of, score_all

WEIGHT, BIAS = np.array([[1.0, -1.0], [0.0, 0.0]]), np.zeros(2)


@pytest.fixture
def training():
    features = np.random.default_rng(0).normal(size=(60, 2))
    return detection.Training(features, (features[:, 0] < 0).astype(int), features @ WEIGHT + BIAS, WEIGHT, BIAS)


@pytest.fixture
def samples():
    """Numbers and an index that are not the places."""
    return pd.DataFrame({"view": "noise", "split": "test", "sample": [7, 3]}, index=[4, 9])


@pytest.fixture
def queries():
    features = np.array([[2.0, 0.0], [-0.5, 0.0]])
    return detection.Queries(features, features @ WEIGHT, np.abs(features[:, 0]), np.array([0.25, np.nan]))


def test_every_sample_has_a_row_of_every_detector_and_keeps_its_number(samples, queries, training, tmp_path):
    null = detection.Null(np.linspace(0, 1, 60), training.labels)
    training = replace(training, margin=np.ones(60), of_all=null, of_class=null)
    rows = score_all(samples, replace(queries, own=np.ones(2), other=np.ones(2)), training)
    assert rows["sample"].tolist() == [7] * len(detection.DETECTORS) + [3] * len(detection.DETECTORS)
    assert rows["detector"].tolist() == list(detection.DETECTORS) * 2
    tables.write(rows, "scores", tmp_path / "scores.parquet", {})


def test_a_score_stands_in_the_row_of_its_sample_and_detector(samples, queries, training):
    scores = score_all(samples, queries, training).set_index(["sample", "detector"])["score"]
    # Logits are (2, -2) and (-0.5, 0.5): softmax leaves the class behind 1 / (1 + exp(4)) and 1 / (1 + exp(1)).
    for sample, ahead in ((7, 4.0), (3, 1.0)):
        assert scores[sample, "msp"] == pytest.approx(1 / (1 + np.exp(ahead)))
    assert scores[7, "margin"] == -2
    assert scores[7, "margin-hull"] == 0.25 - 2  # of the sample that was projected
    assert np.isnan(scores[3, "margin-hull"])


def test_distances_are_in_the_order_of_the_samples_and_missing_where_nothing_was_projected():
    parts = [
        pd.DataFrame({"sample": samples, "distance": distance, "position": "outside"})
        for samples, distance in (([3, 5], [0.3, 0.5]), ([1], [0.1]))
    ]
    np.testing.assert_array_equal(distances(parts, pd.Series([5, 1, 2, 3])), [0.5, 0.1, np.nan, 0.3])
    assert np.isnan(distances([], pd.Series([5, 1]))).all()


def test_samples_that_touch_the_hull_are_no_stranger_than_each_other():
    """Rounding leaves 1e-15 of them, in an order that says nothing."""
    rows = pd.DataFrame({"sample": [0, 1, 2], "distance": [3e-16, 1e-16, 0.4]})
    rows["position"] = ["within_tolerance", "within_tolerance", "outside"]
    np.testing.assert_array_equal(distances([rows], rows["sample"]), [0, 0, 0.4])
    null, _ = null_of(rows.assign(hull_of="all", predicted=0, label=0))
    np.testing.assert_array_equal(null.distance, [0, 0, 0.4])


def test_a_class_without_a_hull_is_infinitely_far_and_what_was_not_projected_unknown():
    rows = pd.DataFrame(
        {"view": "original", "split": "test", "sample": [5, 5, 1, 2], "hull_class": [0, 1, 1, 0], "position": "outside",
         "is_predicted": [True, False, False, True], "distance": [0.5, 0.7, 0.9, 0.2]}
    )  # fmt: skip
    own, other = beside_classes([rows.iloc[:2], rows.iloc[2:]], pd.Series([1, 2, 5, 8]), np.array([1, 1, 1, np.nan]))
    np.testing.assert_array_equal(own, [np.inf, 0.2, 0.5, np.nan])
    np.testing.assert_array_equal(other, [0.9, np.inf, 0.7, np.nan])
    assert beside_classes([], pd.Series([1]), np.ones(1)) == (None, None)


def test_nulls_are_by_predicted_class_and_by_label():
    table = pd.DataFrame({"hull_of": ["all", "class"], "distance": [1.0, 2.0], "predicted": [3, 4], "label": [5, 6]})
    table["position"] = "outside"
    every, own = null_of(table)
    assert (every.distance.tolist(), every.group.tolist()) == ([1], [3])
    assert (own.distance.tolist(), own.group.tolist()) == ([2], [6])
    assert null_of(table.iloc[:1])[1] is None
    assert null_of(None) == (None, None)
