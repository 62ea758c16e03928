import numpy as np
import pandas as pd
import pytest

from phiscope.papers.deep_lsd import latent_comparison
from phiscope.stats.intervals import Resampling
from phiscope.stats.latent import (
    axis_counts,
    keys_of,
    latent_table,
    order_spread,
    path_summary,
    view_effect,
)

TOP1 = "lsd/sampled/gram-schmidt/all/magnitude/1"
OPTIONS = Resampling(resamples=200)


def readings(values) -> pd.DataFrame:
    return pd.DataFrame({"sample": np.arange(len(values)), TOP1: values, "classifier/////0": 1.0})


def test_keys_are_taken_apart():
    keys = keys_of([TOP1, "classifier/////0"])
    assert keys.iloc[0].tolist() == ["lsd", "sampled", "gram-schmidt", "all", "magnitude", 1]
    assert keys.iloc[1].tolist() == ["classifier", "", "", "", "", 0]


def test_trainings_are_averaged_before_samples_are_resampled():
    """Two trainings that are right on opposite halves: every sample is half right, so there is nothing to resample."""
    left, right = [1.0] * 10 + [0.0] * 10, [0.0] * 10 + [1.0] * 10
    table = latent_table({("published", 0): readings(left), ("published", 1): readings(right)}, OPTIONS)
    row = table[table["measure"] == "lsd"].iloc[0]
    assert row[["value", "ci_low", "ci_high", "lowest", "highest"]].tolist() == [0.5] * 5
    assert (row["n"], row["trainings"]) == (20, 2)


def test_the_spread_of_trainings_is_kept_and_settings_are_apart():
    found = {("a", 0): readings([1.0, 1, 1, 0]), ("a", 1): readings([1.0, 0, 0, 0]), ("b", 0): readings([0.0] * 4)}
    table = latent_table(found, OPTIONS).set_index(["setting", "measure"])
    assert table.loc[("a", "lsd"), ["value", "lowest", "highest"]].tolist() == [0.5, 0.25, 0.75]
    assert table.loc[("b", "lsd"), "value"] == 0


@pytest.mark.parametrize("papers", [True, False])
def test_the_text_stands_beside_its_own_data_set_only(papers):
    table = latent_table({("published", 0): readings([1.0, 1, 1, 0])}, OPTIONS)
    found = latent_comparison(table, dataset_is_papers=papers).set_index("key")
    assert set(found.index) == {"lsd_top1", "lsd_classifier"}
    assert found.loc["lsd_top1", "value"] == 0.75
    assert found["paper_value"].notna().all() == papers


def test_without_the_published_setting_nothing_is_compared():
    assert latent_comparison(latent_table({("mine", 0): readings([1.0])}, OPTIONS), dataset_is_papers=True).empty


def test_views_are_paired_by_sample():
    standing = pd.DataFrame(
        [
            # view, sample, label, predicted, margin, distance: the attack turned 0 and 1, the view brings 0 back
            ("pgd", 0, 4, 9, 1.0, 2.0), ("pgd", 1, 4, 9, 1.0, 2.0), ("pgd", 2, 4, 4, 1.0, 2.0),
            ("lsd", 2, 4, 4, 3.0, 1.0), ("lsd", 1, 4, 9, 3.0, 1.0), ("lsd", 0, 4, 4, 2.0, 1.5),
        ],
        columns=["view", "sample", "label", "predicted", "margin", "distance"],
    )  # fmt: skip
    row = view_effect(standing, {"lsd": "pgd"}, ["pgd"]).iloc[0]
    assert (row["n"], row["turned"]) == (3, 2)
    np.testing.assert_allclose(row[["right_before", "right_after", "same"]].astype(float), [1 / 3, 2 / 3, 2 / 3])
    np.testing.assert_allclose(row[["margin_change", "distance_change", "undoes"]].astype(float), [2.0, -1.0, 0.5])
    assert np.isnan(view_effect(standing, {"lsd": "pgd"}, []).iloc[0]["undoes"])


def test_samples_without_a_label_count_where_no_label_is_asked():
    columns = ["view", "sample", "label", "predicted", "margin", "distance"]
    rows = [
        ("pgd", 0, -1, 9, 1.0, 2.0),
        ("pgd", 1, 4, 9, 1.0, 2.0),
        ("lsd", 0, -1, 9, 2.0, 2.0),
        ("lsd", 1, 4, 4, 4.0, 2),
    ]
    row = view_effect(pd.DataFrame(rows, columns=columns), {"lsd": "pgd"}, ["pgd"]).iloc[0]
    expected = {"n": 2, "turned": 1, "right_before": 0, "right_after": 1, "same": 0.5, "margin_change": 2, "undoes": 1}
    assert row[list(expected)].astype(float).to_dict() == expected


def test_paths_are_summed_up_where_stages_end():
    rows = [("p", 0, 1, 1.0, 0.0), ("p", 1, 1, 1.0, 0.2), ("p", 2, 1, 0.5, 0.8), ("p", 3, 2, 0.5, 0.4)]
    frame = pd.DataFrame(
        [(*row[:4], label, share) for row in rows for label, share in ((row[2], row[4]), (0, 1 - row[4]))],
        columns=["path", "step", "target", "diversity", "label", "share"],
    )  # fmt: skip
    row = path_summary(frame).iloc[0]
    assert row["reached"] == pytest.approx((0.8 + 0.4) / 2)
    assert row["diversity"] == 0.5


def test_axes_are_counted():
    axes = pd.DataFrame(
        {
            "kind": ["average", "average", "axis", "axis", "axis"],
            "set": [1, 1, 1, 1, 0],
            "label": [0, 1, 0, 1, -1],
            "decoded": [0, 1, 0, 0, 1],
        }
    )
    assert axis_counts(axes) == {"averages": 2, "averages_keep": 2, "axes": 2, "axes_keep": 1}


def test_orders_have_a_range():
    numbers = pd.DataFrame(
        {"quantity": ["order", "order", "condition"], "kind": ["g", "g", None], "value": [0.8, 0.9, 5]}
    )
    assert order_spread(numbers) == {"g": (0.8, 0.9)}
