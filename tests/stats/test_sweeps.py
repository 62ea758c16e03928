import numpy as np
import pandas as pd
import pytest

from phiscope import stats
from phiscope.stats.intervals import Resampling
from phiscope.stats.sweeps import QUESTIONS, efficient

OPTIONS = Resampling(resamples=50)


@pytest.fixture
def sweep():
    """Two overshoots and bisection on two samples; PGD at two leads and two penalties."""
    base = {"sample": [0, 1], "success": True, "success_8bit": False, "l2": 0.1, "lead": 1.0, "asked": 3, "seen_by": ""}
    deepfool = [("bisected", np.nan, [1e-6, 2e-6]), ("deepfool", 0.0, [1e-4, 0.02]), ("deepfool", 0.1, [0.5, 0.6])]
    parts = [pd.DataFrame(base | {"attack": a, "overshoot": o, "margin": m, "distance": 0.5}) for a, o, m in deepfool]
    grid = [
        (0, 0, [0.1, 0.2], [0.5, 0.5], ["margin", ""]),
        (4, 0, [1.0, 2.0], [0.4, 0.6], ["knn", "knn vim"]),
        (0, 1, [0.1, 0.1], [0.9, 0.9], ["", "hull"]),
        (4, 1, [0.1, 0.1], [0.3, 0.3], ["hull", "hull"]),
    ]
    for confidence, penalty, margin, distance, seen in grid:
        about = {"attack": "pgd-first", "confidence": confidence, "hull_penalty": penalty, "seen_by": seen}
        parts.append(pd.DataFrame(base | about | {"margin": margin, "distance": distance}))
    return pd.concat(parts, ignore_index=True)


STANDING = pd.DataFrame({"view": "original", "margin": [0.5, 1.0, 1.5], "distance": [0.4, 0.5, 0.8]})


def test_overshoots_are_compared_with_the_least_genuine_margin(sweep):
    found = stats.overshoots(sweep, np.array([0.01, 1.0, 2.0]), OPTIONS).set_index(["attack", "overshoot", "key"])
    assert found.loc[("bisected", np.nan, "below_0"), "value"] == 1.0
    assert found.loc[("deepfool", 0.0, "below_0"), "value"] == 0.5
    assert found.loc[("deepfool", 0.1, "below_0"), "value"] == 0.0
    assert found.loc[("deepfool", 0.1, "below_0"), "n"] == 2


def test_the_front_holds_what_no_setting_beats(sweep):
    front = stats.attack_front(sweep, STANDING, OPTIONS).set_index(["confidence", "hull_penalty"])
    assert front["front"].to_dict() == {(0, 0): False, (0, 1): True, (4, 0): True, (4, 1): False}
    assert front.loc[(0, 0), "unseen"] == front.loc[(0, 1), "unseen"] == 0.5
    assert front.loc[(4, 0), ["margin_percentile", "distance_percentile"]].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_rows_are_efficient_unless_another_is_as_good_and_better():
    goals = np.array([[1.0, 1.0], [1.0, 2.0], [2.0, 0.0], [1.0, 2.0], [np.nan, 3.0]])
    assert efficient(goals).tolist() == [False, True, True, True, True]


def test_the_summary_counts_samples_over_all_settings(sweep):
    paths = pd.DataFrame(
        {"predicted": [0, 0, 1, 2], "other_predicted": [0, 1, 1, 0], "length_over_chord": [2.0, 3.0, 1.0, 4.0],
         "class_changes": [0, 1, 2, 1]}
    )  # fmt: skip
    found = stats.sweep_summary(sweep, STANDING, np.array([0.01]), paths, OPTIONS).set_index("key")["value"]
    assert found.to_dict() == {
        "bisected_below_genuine": 1.0, "front_unseen": 0.5, "front_unseen_any": 1.0, "front_far_any": 0.5,
        "paths_same_class": 1.5, "paths_other_class": 3.5, "paths_curved": 0.75, "paths_leave_class": 0.5,
    }  # fmt: skip
    assert set(found.index) == set(QUESTIONS)


def test_what_was_not_swept_has_no_row():
    assert stats.sweep_summary(None, STANDING, np.array([0.01]), None, OPTIONS).empty
