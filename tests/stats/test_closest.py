"""What is said of the closest images on the boundary, by hand."""

import numpy as np
import pandas as pd
import pytest

from phiscope import stats
from phiscope.stats.closest import QUESTIONS, closest_distances, closest_summary
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=200)


@pytest.fixture
def distances(run):
    standing = stats.standing(run["features"], run["hulls"])
    return closest_distances(run["closest"], standing, run["attacks"], "deepfool")


def test_answers_by_hand(distances):
    found = dict(closest_summary(distances, 100, OPTIONS))
    assert list(found) == list(QUESTIONS)
    assert (found["closest_found"].value, found["closest_found"].n) == (0.9, 10)
    assert (found["closest_stationary"].value, found["closest_stationary"].n) == (5 / 9, 9)
    assert found["closest_distance"].value == 0.125  # of five even samples and four odd ones that are farther
    assert found["closest_levels"].value == 12.75 * 0.25
    assert found["closest_over_deepfool"].value == 0.5
    assert found["closest_within_attacks"].value == 1.0
    assert found["closest_same_class"].value == 1.0
    expected = distances.dropna(subset="pixel_distance")[["pixel_distance", "margin"]].corr("spearman").iloc[0, 1]
    assert found["closest_margin_correlation"].value == pytest.approx(expected)


def test_an_image_that_is_farther_than_an_attacks_counts_against_it(distances):
    farther = distances.assign(attack=np.where(distances["sample"] == 0, 0.1, distances["attack"]))
    assert dict(closest_summary(farther, 100, OPTIONS))["closest_within_attacks"].value == pytest.approx(8 / 9)


def test_without_attacks_and_without_images_there_are_fewer_answers(run):
    standing = stats.standing(run["features"], run["hulls"])
    alone = dict(closest_summary(closest_distances(run["closest"], standing, None, None), 100, OPTIONS))
    assert set(QUESTIONS) - set(alone) == {"closest_over_deepfool", "closest_within_attacks"}
    none = run["closest"].assign(status="not_found", pixel_distance=np.nan)
    found = dict(closest_summary(closest_distances(none, standing, run["attacks"], "deepfool"), 100, OPTIONS))
    assert list(found) == ["closest_found"]
    assert found["closest_found"].value == 0
    empty = closest_distances(run["closest"].iloc[:0], standing, None, None)
    assert not dict(closest_summary(empty, 100, OPTIONS))
    assert isinstance(empty, pd.DataFrame)
