"""Which samples are listed to be looked at, and why, by hand."""

import numpy as np
import pandas as pd
import pytest

from phiscope import stats
from phiscope.stats.intervals import Resampling

CLASSES = ["ant", "bee"]


@pytest.fixture
def standing():
    """An error, three that rest on the other class, one of them in the hull, and one far outside."""
    return pd.DataFrame(
        {
            "split": "test",
            "sample": [0, 1, 2, 3, 4],
            "label": [0, 0, 0, 0, 1],
            "predicted": [1, 0, 0, 0, 1],
            "margin": [0.5, 1.0, 1.0, 0.25, 3.0],
            "distance": [0.25, 0.5, 0.0, 1.0, 2.0],
            "confidence": [0.9, 0.8, 0.8, 0.7, 0.9999],
        }
    )


@pytest.fixture
def support():
    shares = pd.DataFrame({"sample": np.arange(5), "same_weight": [1.0, 0.25, 0.0, 0.125, 1.0]})
    return shares.assign(view="original", space="feature")


@pytest.fixture
def listed(standing, support):
    copies = pd.DataFrame(
        [(4, 9, 0, np.nan, 0.5), (1, 7, 0, np.nan, 0.125)],
        columns=["sample", "train_sample", "train_label", "pixel_rms", "feature_distance"],
    )
    files = pd.DataFrame({"sample": np.arange(5), "file": [f"{number}.png" for number in range(5)]})
    rows = stats.inspection(standing, support, copies, files, CLASSES)
    return {str(reason): part for reason, part in rows.groupby("reason")}


def test_every_error_is_listed_in_words(listed):
    assert listed["error"]["sample"].tolist() == [0]
    assert listed["error"]["why"].item() == "labelled ant, predicted bee with confidence 90.0 %"
    assert listed["error"]["file"].item() == "0.png"


def test_a_sample_in_the_hull_is_no_label_suspect_since_its_mixture_is_any_of_many(listed):
    assert listed["label_suspect"]["sample"].tolist() == [3, 1]
    assert listed["label_suspect"]["value"].tolist() == [0.125, 0.25]


def test_nor_is_one_whose_distance_is_within_its_noise(standing, support):
    none = pd.DataFrame(columns=["sample", "train_sample", "train_label", "pixel_rms", "feature_distance"])
    files = pd.DataFrame({"sample": np.arange(5), "file": None})
    rows = stats.inspection(standing.assign(distance_noise=[0.0, 0.5, 0.0, 0.5, 0.0]), support, none, files, CLASSES)
    assert rows.loc[rows["reason"] == "label_suspect", "sample"].tolist() == [3]


def test_the_most_ambiguous_are_nearest_to_a_boundary_for_their_distance_to_the_hull(listed):
    assert listed["ambiguous"]["sample"].tolist()[:2] == [3, 0]
    assert listed["ambiguous"]["value"].tolist()[:2] == [-0.75, 0.25]


def test_far_outside_are_confident_ones_beyond_the_median(listed):
    assert listed["far_outside"]["sample"].tolist() == [4]


def test_copies_with_another_label_come_first(listed):
    assert listed["duplicate"]["sample"].tolist() == [4, 1]
    assert listed["duplicate"]["train_sample"].tolist() == [9, 7]


def test_each_class_has_its_medians(standing):
    standing = standing.assign(correct=standing["label"] == standing["predicted"])
    rows = stats.class_summary(standing, CLASSES, Resampling(resamples=20)).set_index("class_name")
    assert rows["n"].to_dict() == {"ant": 4, "bee": 1}
    assert rows.loc["ant", "median_margin"] == 0.75
    assert rows.loc["ant", "median_distance"] == 0.375
    assert rows.loc["ant", "accuracy"] == 0.75
