import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from phiscope import stats
from phiscope.errors import DataError


def hulls_of(*rows):
    """view, space, sample, label, predicted, projected_class, support_index, support_weight."""
    names = ["view", "space", "sample", "label", "predicted", "projected_class", "support_index", "support_weight"]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.assign(split="test", distance=1.0, distance_lower=0.9, noise=1e-6, position="outside")
    frame["support_size"] = frame["support_index"].map(len)
    return frame


def features_of(*rows):
    """view, split, sample, label, predicted, margin."""
    names = ["view", "split", "sample", "label", "predicted", "margin"]
    return pd.DataFrame(rows, columns=names).assign(closest_class=1, margin_noise=1e-6, confidence=0.75)


def test_standing_by_hand():
    features = features_of(
        ("original", "test", 7, 0, 0, 2.5), ("original", "test", 3, 1, 0, 0.25), ("original", "train", 3, 0, 0, 9.0)
    )
    hulls = hulls_of(
        ("original", "feature", 3, 1, 0, 0, [1], [1.0]),
        ("original", "feature", 7, 0, 0, 0, [1], [1.0]),
        ("original", "pixel", 7, 0, 0, None, [1], [1.0]),
        ("original", "feature", 3, 0, 0, 0, [3], [1.0]),
    )
    hulls.loc[3, "split"] = "train"
    found = stats.standing(features, hulls)
    assert found["sample"].tolist() == [3, 7]
    assert found["ambiguity"].tolist() == [-0.75, 1.5]
    assert found["correct"].tolist() == [False, True]
    np.testing.assert_allclose(found["confidence"], 0.75)
    assert {"closest_class", "distance_lower", "position"} <= set(found)


def test_the_distance_to_a_processed_hull_is_that_of_the_same_sample():
    features = features_of(
        ("noisy", "test", 7, 0, 0, 2.5), ("noisy", "test", 3, 1, 0, 0.25), ("original", "test", 3, 0, 0, 9.0)
    )
    hulls = hulls_of(*[(view, "feature", sample, 0, 0, 0, [1], [1.0]) for view, sample in
                       (("noisy", 7), ("noisy", 3), ("original", 3))])  # fmt: skip
    processed = hulls[hulls["view"] == "noisy"].assign(distance=[0.7, 0.3], hull_of="noisy")
    found = stats.standing(features, hulls, processed).set_index(["view", "sample"])["processed"]
    assert found.loc["noisy"].to_dict() == {3: 0.3, 7: 0.7}
    assert np.isnan(found.loc[("original", 3)])
    assert stats.standing(features, hulls)["processed"].isna().all()


def test_what_touches_the_hull_is_at_distance_zero():
    features = features_of(("original", "test", 3, 0, 0, 2.5), ("original", "test", 7, 0, 0, 0.25))
    hulls = hulls_of(*[("original", "feature", sample, 0, 0, 0, [1], [1.0]) for sample in (3, 7)])
    hulls = hulls.assign(distance=[9e-16, 9e-16], position=["within_tolerance", "undecided"])
    found = stats.standing(features, hulls, hulls)
    assert found["distance"].tolist() == found["processed"].tolist() == [0.0, 9e-16]
    assert found["ambiguity"].tolist() == [2.5, 0.25 - 9e-16]
    assert stats.hull_standing(hulls)["distance"].tolist() == [0.0, 9e-16]


def test_standing_keeps_views_apart_and_leaves_out_samples_without_a_hull(run):
    found = stats.standing(run["features"], run["hulls"])
    assert found["view"].unique().tolist() == ["original"]
    assert found["sample"].tolist() == list(range(10))


def test_without_any_hull_samples_stand_among_the_boundaries_alone(run):
    found = stats.standing(run["features"], run["hulls"].iloc[:0])
    test = run["features"].query("split == 'test'")
    assert len(found) == len(test)
    assert found[["distance", "ambiguity"]].isna().all(axis=None)
    assert found["margin"].notna().all()
    assert len(stats.standing(run["features"].query("split == 'train'"), run["hulls"].iloc[:0])) == 0


def test_training_samples_stand_by_their_margins_and_answers():
    features = features_of(("original", "train", 5, -1, 0, 2.0), ("original", "train", 2, 1, 0, 1.0))
    found = stats.training_standing(features)
    assert found["sample"].tolist() == [2, 5]
    assert found["correct"].tolist() == [False, False]
    np.testing.assert_allclose(found["confidence"], 0.75)


def test_support_counts_training_samples_with_a_label():
    hulls = hulls_of(
        ("original", "feature", 0, 1, 1, 1, [10, 11, 12], [0.5, 0.3, 0.2]),
        ("original", "feature", 1, 0, 0, 0, [10], [1.0]),
    )
    found = stats.support_shares(hulls, pd.Series([-1, 1, 0], index=[10, 11, 12]))
    assert found["sample"].tolist() == [0]
    assert found[["support_size", "same_label", "same_share"]].iloc[0].tolist() == [2, 1, 0.5]
    np.testing.assert_allclose(found["same_weight"], 0.6)
    assert stats.support_shares(hulls, pd.Series([-1, -1, -1], index=[10, 11, 12])).empty


def test_support_shares_by_hand():
    hulls = hulls_of(
        ("original", "feature", 0, 1, 1, 1, [10, 11, 12, 13], [0.7, 0.1, 0.1, 0.1]),
        ("original", "feature", 1, 0, 0, 0, [11], [1.0]),
        ("original", "pixel", 0, 1, 1, None, [12, 13], [0.75, 0.25]),
    )
    labels = pd.Series([1, 0, 0, 1], index=[10, 11, 12, 13])
    found = stats.support_shares(hulls, labels)
    assert found["same_label"].tolist() == [2, 1, 1]
    assert found["same_share"].tolist() == [0.5, 1.0, 0.5]
    np.testing.assert_allclose(found["same_weight"], [0.8, 1.0, 0.25])
    feature = found[found["space"] == "feature"]
    pooled = feature["same_label"].sum() / feature["support_size"].sum()
    ways = [pooled, feature["same_share"].mean(), feature["same_weight"].mean()]
    np.testing.assert_allclose(ways, [0.6, 0.75, 0.9])


def test_support_shares_agree_with_a_loop(run):
    found = stats.support_shares(run["hulls"], run["train_labels"]).set_index(["space", "sample"])
    for row in run["hulls"].itertuples():
        same = np.array([run["train_labels"][index] == row.label for index in row.support_index])
        ours = found.loc[(row.space, row.sample)]
        assert ours["same_label"] == same.sum()
        assert ours["same_share"] == pytest.approx(same.mean())
        assert ours["same_weight"] == pytest.approx(row.support_weight @ same)


def test_weight_that_is_all_of_one_label_is_exactly_one():
    weights = np.full(10, 0.1)  # sums to less than 1 in floating point
    hulls = hulls_of(("original", "feature", 0, 2, 2, 2, np.arange(10), weights))
    assert stats.support_shares(hulls, pd.Series([2] * 10))["same_weight"].tolist() == [1.0]


def test_support_without_a_label_is_named():
    hulls = hulls_of(("original", "feature", 0, 0, 0, 0, [0, 17], [0.5, 0.5]))
    with pytest.raises(DataError, match="training sample 17 has no label"):
        stats.support_shares(hulls, pd.Series([0, 1]))


def test_projection_accuracy_by_hand():
    hulls = hulls_of(
        # right and stays; right and lost; wrong and gained; wrong and wrong otherwise
        ("original", "feature", 0, 0, 0, 0, [0], [1.0]),
        ("original", "feature", 1, 0, 0, 1, [0], [1.0]),
        ("original", "feature", 2, 1, 0, 1, [0], [1.0]),
        ("original", "feature", 3, 2, 0, 1, [0], [1.0]),
        ("original", "pixel", 0, 0, 0, None, [0], [1.0]),
        ("original", "pixel", 1, 0, 0, None, [0], [1.0]),
    )
    features = features_of(
        ("original", "test", 0, 0, 0, 1.0), ("original", "test", 1, 0, 0, 1.0),
        ("moved", "test", 1, 0, 0, 1.0), ("moved", "test", 0, 0, 1, 1.0), ("moved", "train", 0, 0, 0, 1.0),
    )  # fmt: skip
    found = stats.projection_accuracy(features, hulls, {"original": "moved"}).set_index("space")
    expected = {"n": 4, "accuracy_before": 0.5, "accuracy_after": 0.5, "changed": 3, "gained": 1, "lost": 1}
    assert found.loc["feature"].drop("view").to_dict() == expected
    expected = {"n": 2, "accuracy_before": 1.0, "accuracy_after": 0.5, "changed": 1, "gained": 0, "lost": 1}
    assert found.loc["pixel"].drop("view").to_dict() == expected


def test_projection_accuracy_is_over_the_samples_that_were_sent_back(run):
    found = stats.projection_accuracy(run["features"], run["hulls"], {"original": "hull-pixel"}).set_index("space")
    assert found["n"].to_dict() == {"feature": 10, "pixel": 8}
    change = found["accuracy_after"] - found["accuracy_before"]
    np.testing.assert_allclose(change, (found["gained"] - found["lost"]) / found["n"])


@pytest.mark.parametrize("pixel_views", [{}, {"original": "elsewhere"}])
def test_without_projections_sent_back_there_is_no_pixel_row(run, pixel_views):
    found = stats.projection_accuracy(run["features"], run["hulls"], pixel_views)
    assert found["space"].tolist() == ["feature"]


def test_a_projection_without_a_class_is_not_a_changed_prediction():
    hulls = hulls_of(
        ("original", "feature", 0, 0, 0, 0, [0], [1.0]), ("original", "feature", 1, 0, 0, None, [0], [1.0])
    )
    found = stats.projection_accuracy(features_of(), hulls, {})
    assert found[["n", "changed"]].to_numpy().tolist() == [[1, 0]]


def test_ball_summary_by_hand():
    balls = pd.DataFrame({
        "view": "original", "split": ["train", "train", "test", "test", "test"], "sample": [0, 1, 0, 1, 2],
        "radius": [1.0, 3.0, 0.5, 0.7, 2.0], "train_inside": [0, 4, 0, 0, 2], "test_inside": [0, 1, 0, 1, 2],
        "in_train_union": [False, True, False, True, True], "on_surface": [0, 1, 0, 0, 2],
        "on_union_surface": [True, False, False, False, False],
    })  # fmt: skip
    found = stats.ball_summary(balls).set_index("split")
    assert found.loc["train"].drop("view").to_list() == [2, 0.5, 2.5, 5, 0.5, 1, 1, 2.0]
    np.testing.assert_allclose(found.loc["test"].drop("view").to_list(), [3, 2 / 3, 5 / 3, 4, 2 / 3, 2, 0, 0.7])


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_does_not_matter(run, seed):
    random = np.random.default_rng(seed)
    other = {name: frame.sample(frac=1, random_state=random) for name, frame in run.items()}
    views = {"original": "hull-pixel"}
    of = {
        "standing": lambda tables: stats.standing(tables["features"], tables["hulls"]),
        "support": lambda tables: stats.support_shares(tables["hulls"], tables["train_labels"]),
        "accuracy": lambda tables: stats.projection_accuracy(tables["features"], tables["hulls"], views),
        "balls": lambda tables: stats.ball_summary(tables["balls"]),
    }
    for name, made in of.items():
        assert_frame_equal(made(run), made(other), obj=name)


def test_no_rows_make_no_rows(run):
    empty = {name: frame.iloc[:0] for name, frame in run.items()}
    assert stats.standing(empty["features"], empty["hulls"]).empty
    assert stats.support_shares(empty["hulls"], run["train_labels"]).empty
    assert stats.projection_accuracy(empty["features"], empty["hulls"], {"original": "hull-pixel"}).empty
    assert stats.ball_summary(empty["balls"]).empty


def test_samples_without_a_label_are_counted_neither_right_nor_wrong():
    hulls = hulls_of(
        ("original", "feature", 0, 1, 1, 1, [11], [1.0]), ("far", "feature", 0, -1, 1, 0, [11], [1.0])
    )  # fmt: skip
    found = stats.projection_accuracy(features_of(("original", "test", 0, 1, 1, 1.0)), hulls, {})
    assert found["view"].tolist() == ["original"]
    assert stats.support_shares(hulls, pd.Series({11: 1}))["view"].tolist() == ["original"]
