"""Between the hull of all and those of classes, on a few samples whose places are known."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from phiscope import stats
from phiscope.stats.intervals import Resampling

HULLS = pd.DataFrame(
    {"view": "original", "split": "test", "sample": [3, 1, 2, 1], "label": [0, 1, -1, 1], "predicted": [0, 1, 1, 1],
     "space": ["feature", "feature", "feature", "pixel"], "distance": [0.0, 2.0, 4.0, 99.0],
     "position": ["within_tolerance", "outside", "within_noise", "outside"]}
)  # fmt: skip
CLASSES = pd.DataFrame(
    {"view": "original", "split": "test", "sample": [1, 1, 1, 3, 3], "hull_class": [0, 1, 2, 2, 1],
     "is_predicted": [False, True, False, False, False], "distance": [2.5, 3.0, 2.5, 1.0, 7.0],
     "position": ["outside", "within_noise", "outside", "outside", "outside"]}
)  # fmt: skip


def test_own_and_nearest_other_hull_of_each_sample():
    found = stats.hull_standing(HULLS, CLASSES).set_index("sample")
    assert found.index.tolist() == [1, 2, 3]
    assert found["distance"].tolist() == [2, 4, 0]
    np.testing.assert_array_equal(found["own_distance"], [3, np.nan, np.nan])  # of sample 3's class there is no hull
    assert found["own_position"].tolist() == ["within_noise", None, None]
    assert found["other_class"].tolist() == [0, -1, 2]  # the lowest of two at one distance
    np.testing.assert_array_equal(found["other_distance"], [2.5, np.nan, 1])


@pytest.mark.parametrize("classes", [None, CLASSES.iloc[:0]])
def test_without_hulls_of_classes(classes):
    found = stats.hull_standing(HULLS, classes)
    assert found["own_distance"].isna().all()
    assert set(found["own_position"]) == {None}
    summary = stats.hull_summary(found, Resampling(200)).iloc[0]
    assert (summary["n"], summary["classes_n"], summary["own_outside"], summary["p_value"]) == (3, 0, None, None)


def test_shares_and_medians_of_a_view():
    many = pd.DataFrame(
        {"view": ["b"] * 100 + ["original"], "split": "test", "sample": [*range(100), 0], "position": "outside",
         "distance": [*np.linspace(0, 1, 100), 0.0], "own_position": ["outside"] * 75 + ["within_noise"] * 26,
         "own_distance": [*np.linspace(1, 2, 100), 0.0], "other_distance": 1.25,
         "p_value": [*np.linspace(0, 1, 100), 1.0], "own_p_value": np.nan}
    )  # fmt: skip
    many.loc[:9, "position"] = "within_noise"
    first, second = stats.hull_summary(many, Resampling(200)).to_dict("records")
    assert (first["view"], first["n"], second["view"], second["n"]) == ("original", 1, "b", 100)
    assert (second["closure"], second["outside"], second["own_outside"]) == (0.1, 0.9, 0.75)
    assert second["own_outside_low"] < 0.75 < second["own_outside_high"]
    assert second["nearer_other"] == pytest.approx(np.mean(np.linspace(1, 2, 100) > 1.25))
    assert second["p_value"] == pytest.approx(np.mean(np.linspace(0, 1, 100) <= 0.05))
    assert (second["own_distance"], second["own_p_value"]) == (pytest.approx(1.5), None)


def test_without_a_hull_of_any_class_no_sample_has_one():
    """Of training samples without labels: texts of which there are none cannot be merged by pandas."""
    none = pa.table({name: pa.array([], kind) for name, kind in NO_HULLS.items()}).to_pandas()
    assert stats.own_and_other(none).columns.tolist()[-4:] == [
        *("own_distance", "own_position", "other_class", "other_distance"),
    ]


NO_HULLS = dict.fromkeys(("view", "split", "position"), pa.string()) | {"sample": pa.int64(), "hull_class": pa.int64()}
NO_HULLS |= {"distance": pa.float64(), "is_predicted": pa.bool_()}
