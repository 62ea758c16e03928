"""Training samples left out one at a time, and the p-values that they give."""

import numpy as np
import pandas as pd
import pytest

from phiscope import tables
from phiscope.experiments.geometry.class_hulls import Spanning
from phiscope.experiments.geometry.leave_one_out import drawn, left_out, with_p_values
from phiscope.geometry import hull

OPTIONS = {"most": 1000, "of_classes": True, "seed": 0, "tolerance": 1e-10, "threads": 1}


@pytest.fixture
def spanning():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(50, 3))
    vectors[7] = vectors[9]  # copies, of one class
    labels = np.r_[np.zeros(20, int), np.ones(25, int), [2], np.full(4, -1)]
    return Spanning(vectors, labels, 10 * np.arange(50), np.zeros(50))


def test_distances_are_those_to_the_hull_of_the_others(spanning, tmp_path):
    columns = left_out(spanning, np.arange(50) % 2, **OPTIONS)
    found = pd.DataFrame(columns)
    every, own = (found[found["hull_of"] == kind] for kind in ("all", "class"))
    assert every["sample"].tolist() == (10 * np.arange(50)).tolist()
    assert own["sample"].tolist() == (10 * np.arange(45)).tolist()  # a class of one, and no class, have no others
    for rows, alike in ((every, np.ones(50, bool)), (own, None)):
        for row in rows.itertuples():
            place = row.sample // 10
            others = alike if alike is not None else spanning.labels == spanning.labels[place]
            others = others & (np.arange(50) != place)
            alone = hull.project(spanning.vectors[[place]], spanning.vectors[others])
            assert row.distance == pytest.approx(alone.distance[0], abs=1e-6)
    assert every.set_index("sample")["distance"][[70, 90]].tolist() == [0, 0]
    whole = columns | tables.constant({"view": "original", "split": "train"}, len(found))
    tables.write(whole, "leave_one_out", tmp_path / "table.parquet", {})


def test_the_draw_is_even_over_groups_seeded_and_without_those_of_no_group():
    groups = np.r_[np.zeros(100, int), np.ones(5, int), np.full(30, 2), np.full(50, -1)]
    rows = drawn(groups, 40, 3)
    assert len(set(rows)) == len(rows) == 40
    assert np.bincount(groups[rows]).tolist() in ([18, 5, 17], [17, 5, 18])
    np.testing.assert_array_equal(rows, drawn(groups, 40, 3))
    assert set(rows) != set(drawn(groups, 40, 4))
    np.testing.assert_array_equal(drawn(groups, 1000, 0), np.arange(135))


def test_without_labels_all_is_all_there_is_and_of_one_sample_there_is_nothing(spanning, tmp_path):
    unlabelled = spanning._replace(labels=np.full(50, -1))
    assert set(left_out(unlabelled, np.zeros(50, int), **OPTIONS)["hull_of"]) == {"all"}
    one = Spanning(*(part[:1] for part in spanning))
    nothing = left_out(one, np.zeros(1, int), **OPTIONS)
    tables.write(nothing | {"view": [], "split": []}, "leave_one_out", tmp_path / "table.parquet", {})


def test_p_values_come_from_training_samples_of_the_predicted_class():
    standing = pd.DataFrame(
        {"predicted": [0, 0, 1, 5], "distance": [0.5, 9, 0.5, 1], "own_distance": [1, np.nan, 3, 1]}
    )
    null = pd.DataFrame(
        {"hull_of": ["all"] * 4 + ["class"] * 3, "predicted": [0, 0, 0, 1, 0, 0, 1], "label": [1, 1, 1, 1, 0, 0, 1],
         "distance": [0.1, 0.5, 0.9, 0.7, 0.5, 1.5, 2.0], "position": "outside"}
    )  # fmt: skip
    found = with_p_values(standing, null)
    assert found["p_value"].tolist() == [3 / 4, 1 / 4, 2 / 2, 1]
    np.testing.assert_array_equal(found["own_p_value"], [2 / 3, np.nan, 1 / 2, 1])
    assert with_p_values(standing, None)[["p_value", "own_p_value"]].isna().all().all()
    assert with_p_values(standing, null[null["hull_of"] == "all"])["own_p_value"].isna().all()
