import numpy as np
import pandas as pd
import pytest

from phiscope.stats import ball_summary, projection_accuracy, standing, support_shares


@pytest.fixture
def features():
    return pd.DataFrame(
        {
            "view": ["original", "original", "flat", "flat", "original"],
            "split": ["test"] * 4 + ["train"],
            "sample": [7, 2, 7, 2, 7],
            "label": [0, 1, 0, 1, 0],
            "predicted": [0, 0, 1, 1, 0],
            "margin": [2.0, 0.5, 1.0, 1.0, 9.0],
            "closest_class": 1,
            "logits": [np.array([np.log(3), 0.0])] * 5,
        }
    )


@pytest.fixture
def hulls():
    return pd.DataFrame(
        {
            "view": ["original"] * 4,
            "split": "test",
            "space": ["feature", "feature", "pixel", "pixel"],
            "sample": [2, 7, 2, 7],
            "label": [1, 0, 1, 0],
            "predicted": [0, 0, 0, 0],
            "distance": [1.5, 0.5, 3.0, 4.0],
            "distance_lower": [1.5, 0.5, 3.0, 4.0],
            "position": "outside",
            "support_size": [3, 1, 2, 2],
            "support_index": [np.array([10, 11, 12]), np.array([11]), np.array([10, 12]), np.array([12, 10])],
            "support_weight": [np.array([0.8, 0.1, 0.1]), np.array([1.0]), np.array([0.6, 0.4]), np.array([0.5, 0.5])],
            "projected_class": [1, 0, None, None],
        }
    )


def test_standing_by_hand(features, hulls):
    found = standing(features, hulls)
    assert found["sample"].tolist() == [2, 7]  # test samples of views that are projected, sorted
    assert found["ambiguity"].tolist() == [-1.0, 1.5]
    assert found["correct"].tolist() == [False, True]
    np.testing.assert_allclose(found["confidence"], 0.75)


def test_support_pooled_per_sample_and_weighted_differ(hulls):
    labels = pd.Series([1, 0, 0], index=[10, 11, 12])
    found = support_shares(hulls, labels)
    feature = found[found["space"] == "feature"]
    assert feature["same_label"].tolist() == [1, 1]
    assert feature["same_label"].sum() / feature["support_size"].sum() == 0.5
    np.testing.assert_allclose(feature["same_share"], [1 / 3, 1.0])
    np.testing.assert_allclose(feature["same_weight"], [0.8, 1.0])
    np.testing.assert_allclose(found[found["space"] == "pixel"]["same_weight"], [0.6, 0.5])


def test_accuracy_pairs_the_same_samples(features, hulls):
    found = projection_accuracy(features, hulls, {"original": "flat"}).set_index("space")
    assert found.loc["feature", ["accuracy_before", "accuracy_after"]].tolist() == [0.5, 1.0]
    assert found.loc["feature", "changed"] == 1
    assert found.loc["pixel", ["accuracy_before", "accuracy_after"]].tolist() == [0.5, 0.5]
    assert found.loc["pixel", "changed"] == 2
    assert found["n"].tolist() == [2, 2]


def test_without_a_pixel_view_there_is_no_pixel_row(features, hulls):
    assert projection_accuracy(features, hulls, {})["space"].tolist() == ["feature"]


def test_ball_summary_by_hand():
    balls = pd.DataFrame(
        {
            "view": "original", "split": ["train", "train", "test"], "sample": [0, 1, 0], "radius": [1.0, 3.0, 2.0],
            "train_inside": [0, 2, 0], "test_inside": [0, 1, 0], "in_train_union": [False, True, True],
        }
    )  # fmt: skip
    found = ball_summary(balls).set_index("split")
    assert found.loc["train", ["n", "share_nonempty", "mean_inside", "max_inside"]].tolist() == [2, 0.5, 1.5, 3]
    assert found.loc["train", "median_radius"] == 2
    assert found.loc["test", "share_in_union"] == 1
