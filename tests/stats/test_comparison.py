import numpy as np
import pandas as pd
import pytest

from phiscope import tables
from phiscope.stats import paper_comparison
from phiscope.stats.intervals import Resampling


@pytest.fixture
def frames():
    standing = pd.DataFrame(
        {"view": "original", "sample": [0, 731, 5], "margin": [3.0, 0.5, 2.0], "distance": [0.5, 2.0, 1.0],
         "correct": [True, False, True]}
    )  # fmt: skip
    hulls = pd.DataFrame({"view": "original", "space": "feature", "position": ["outside", "outside", "undecided"]})
    support = pd.DataFrame(
        {"view": "original", "space": "feature", "sample": [0, 731, 5], "support_size": [1, 1, 8],
         "same_label": [1, 1, 0], "same_share": [1.0, 1.0, 0.0], "same_weight": [1.0, 1.0, 0.5]}
    )  # fmt: skip
    accuracy = pd.DataFrame(
        {"view": ["original"], "space": ["feature"], "n": [3], "accuracy_before": [2 / 3], "accuracy_after": [1.0],
         "changed": [1]}
    )  # fmt: skip
    balls = pd.DataFrame(
        {"view": "original", "split": ["test", "test", "test", "train"], "sample": [0, 731, 5, 3],
         "train_inside": [4, 0, 0, 0], "test_inside": [1, 0, 0, 0], "in_train_union": [True, False, False, False]}
    )  # fmt: skip
    lipschitz = pd.DataFrame({"constant": [6.0], "largest_ratio": [5.5]})
    return standing, hulls, support, accuracy, balls, lipschitz


def compared(frames, **options):
    options = {"dataset_is_papers": True, "options": Resampling(200)} | options
    return paper_comparison(*frames, **options).set_index("key")


def test_values_by_hand(frames):
    found = compared(frames)
    expected = {
        "accuracy": 2 / 3, "closer_to_hull": 2 / 3, "median_margin": 2.0, "outside_feature": 2 / 3,
        "accuracy_after_feature": 1.0, "changed_feature": 1 / 3, "same_label_feature_pooled": 0.2,
        "same_label_feature_query": 2 / 3, "same_label_feature_weighted": 2.5 / 3, "balls_test_nonempty": 1 / 3,
        "balls_train_nonempty": 0.0, "balls_mean": 5 / 4, "balls_most": 5, "in_union": 1 / 3, "lipschitz": 6.0,
        "sample_0_margin": 3.0, "sample_731_distance": 2.0, "sample_0_train_inside": 4,
    }  # fmt: skip
    assert found.loc[list(expected), "value"].tolist() == pytest.approx(list(expected.values()))
    assert found.loc["closer_to_hull", "paper_value"] == 0.783
    assert np.isnan(found.loc["balls_most", "ci_low"])
    assert found.index.is_unique


def test_intervals_hold_their_values(frames):
    found = compared(frames).dropna(subset="ci_low")
    assert (found["ci_low"] <= found["value"] + 1e-12).all()
    assert (found["value"] <= found["ci_high"] + 1e-12).all()
    assert len(found) > 8


def test_another_data_set_has_no_numbers_of_the_paper(frames):
    found = compared(frames, dataset_is_papers=False)
    assert found["paper_value"].isna().all()
    assert not found.index.str.startswith("sample_").any()


def test_other_views_do_not_count(frames):
    more = [pd.concat([frame, frame.assign(view="noisy")]) if "view" in frame else frame for frame in frames]
    pd.testing.assert_frame_equal(compared(more), compared(frames))


def test_fits_its_table(frames, tmp_path):
    tables.write(compared(frames).reset_index(), "paper_comparison", tmp_path / "t.parquet", {})
    assert len(tables.read(tmp_path / "t.parquet")) == len(compared(frames))
