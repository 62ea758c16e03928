"""Rows of scores, where the scores of two samples are known."""

import numpy as np
import pandas as pd
import pytest

from phiscope import detection, tables
from phiscope.experiments.detection.scores import distances, score_all

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
    rows = score_all(samples, queries, training)
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
    parts = [pd.DataFrame({"sample": [3, 5], "distance": [0.3, 0.5]}), pd.DataFrame({"sample": [1], "distance": [0.1]})]
    np.testing.assert_array_equal(distances(parts, pd.Series([5, 1, 2, 3])), [0.5, 0.1, np.nan, 0.3])
    assert np.isnan(distances([], pd.Series([5, 1]))).all()
