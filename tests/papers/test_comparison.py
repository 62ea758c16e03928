import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from phiscope import tables
from phiscope.papers.decision_boundaries import STATED

TABLE_1 = [f"sample_0_margin_{place}" for place in range(10) if place != 3]
SEGMENT = [f"sample_0_segment_{name}" for name in ("from_neighbour", "from_sample", "unlike")]


def by_key(frame):
    return frame.set_index("key")


def test_it_fits_the_table(run, compare, tmp_path):
    found = compare(run)
    assert found.columns.tolist() == tables.SCHEMAS["paper_comparison"].names
    tables.write(found, "paper_comparison", tmp_path / "comparison.parquet", {})
    assert_frame_equal(tables.read(tmp_path / "comparison.parquet"), found, check_dtype=False)


def test_everything_that_is_stated_is_measured_once(run, compare):
    found = compare(run)
    assert found["key"].tolist() == [key for key in STATED if not key.startswith("sample_731")]
    assert found["quantity"].is_unique


def test_values_are_those_of_the_tables(run, compare):
    found = by_key(compare(run))
    feature = run["hulls"][run["hulls"]["space"] == "feature"].set_index("sample")
    test = run["features"].query("view == 'original' and split == 'test'").set_index("sample")
    sent_back = run["features"].query("view == 'hull-pixel'").set_index("sample")["predicted"]
    before, label = test["predicted"][:8], test["label"][:8]
    inside = run["balls"]["train_inside"] + run["balls"]["test_inside"]
    expected = {
        "accuracy": (test["label"] == test["predicted"]).mean(),
        "closer_to_hull": (feature["distance"] < test["margin"]).mean(),
        "median_margin": test["margin"].median(),
        "outside_feature": 1.0,
        "changed_feature": 0.0,
        "accuracy_change_feature": 0.0,
        "accuracy_before_pixel": (before == label).mean(),
        "accuracy_after_pixel": (sent_back == label).mean(),
        "accuracy_change_pixel": (sent_back == label).mean() - (before == label).mean(),
        "changed_pixel": (sent_back != before).mean(),
        "balls_mean": inside.mean(),
        "balls_most": inside.max(),
        "balls_train_nonempty": (inside > 0)[run["balls"]["split"] == "train"].mean(),
        "within_noise_feature": 0.0,
        "margin_within_noise": 0.0,
        "on_union_surface": 0.0,
        "in_union": run["balls"].loc[run["balls"]["split"] == "test", "in_train_union"].mean(),
        "lipschitz": 3.0,
        "largest_ratio": 2.5,
        "sample_0_margin": test.loc[0, "margin"],
        "sample_0_distance": feature.loc[0, "distance"],
    }
    np.testing.assert_allclose(found.loc[list(expected), "value"].astype(float), list(expected.values()))


def test_what_is_within_noise_is_counted_apart(run, compare):
    run["hulls"].loc[:2, "position"] = "within_noise"
    run["features"]["margin_noise"] = 100.0
    run["balls"]["on_union_surface"] = True
    found = by_key(compare(run))["value"]
    assert found["outside_feature"] == pytest.approx(1 - found["within_noise_feature"]) == pytest.approx(0.7)
    assert found["outside_pixel"] == found["margin_within_noise"] == found["on_union_surface"] == 1


def test_samples_without_a_label_are_neither_right_nor_wrong(run, compare):
    own = (run["features"]["view"] == "original") & (run["features"]["split"] == "test")
    known = run["features"][own & (run["features"]["sample"] % 2 == 0)]
    for name in ("features", "hulls"):
        split = run[name]["split"] == "test"
        run[name].loc[split & (run[name]["sample"] % 2 == 1), "label"] = -1
    row = by_key(compare(run)).loc["accuracy"]
    assert row["n"] == len(known)
    assert row["value"] == pytest.approx((known["label"] == known["predicted"]).mean())
    for name in ("features", "hulls"):
        run[name].loc[run[name]["split"] == "test", "label"] = -1
    left = by_key(compare(run))
    assert not {"accuracy", "accuracy_after_feature", "same_label_feature_pooled"} & set(left.index)
    assert left.loc["median_margin", "n"] == own.sum()


def test_three_ways_to_count_supports_differ(run, compare):
    found = by_key(compare(run))
    for space in ("feature", "pixel"):
        ways = found.loc[[f"same_label_{space}_{way}" for way in ("pooled", "query", "weighted")], "value"]
        assert ways.nunique() == 3


def test_intervals_hold_their_values_and_a_maximum_has_none(run, compare):
    found = by_key(compare(run))
    without = found["ci_low"].isna()
    assert found.index[without].tolist() == [
        "balls_most", "lipschitz", "largest_ratio",
        "sample_0_margin", "sample_0_distance", *TABLE_1, "sample_0_train_inside", "sample_0_test_inside",
        "sample_1_margin", "sample_1_distance", "sample_1_deepfool_margin", "sample_1_deepfool_distance",
        "sample_0_path_ratio", "sample_0_morph_end", *SEGMENT,
    ]  # fmt: skip
    assert found.loc[without, "interval"].str.startswith("none").all()
    rest = found[~without]
    assert ((rest["ci_low"] <= rest["value"]) & (rest["value"] <= rest["ci_high"])).all()
    assert rest["interval"].str.contains("of this run, classifier and").all()
    assert "Clopper-Pearson" in found.loc["outside_feature", "interval"]
    shares = rest[rest["unit"] == "share"]
    assert ((shares["ci_low"] >= 0) & (shares["ci_high"] <= 1)).all()


def test_numbers_of_the_text_stand_only_beside_its_data_set(run, compare):
    papers, other = by_key(compare(run)), by_key(compare(run, dataset_is_papers=False))
    assert papers.loc["closer_to_hull", "paper_value"] == 0.783
    assert papers.loc["accuracy_after_pixel", "paper_value"] == 0.33
    assert np.isnan(papers.loc["median_margin", "paper_value"])
    assert other["paper_value"].isna().all()
    assert set(papers.index) - set(other.index) == {
        "sample_0_margin", "sample_0_distance", *TABLE_1, "sample_0_train_inside", "sample_0_test_inside",
        "sample_1_margin", "sample_1_distance", "sample_1_deepfool_margin", "sample_1_deepfool_distance",
        "sample_0_path_ratio", "sample_0_morph_end", *SEGMENT,
    }  # fmt: skip
    texts = ["paper_value", "verdict", "difference"]
    assert_frame_equal(papers.loc[other.index].drop(columns=texts), other.drop(columns=texts))


def test_a_number_is_judged_beside_its_data_set_alone_and_a_claim_everywhere(run, compare):
    papers, other = by_key(compare(run)), by_key(compare(run, dataset_is_papers=False))
    assert papers.loc["in_union", "verdict"] in ("holds", "differs")
    assert papers.loc["in_union", "difference"] == papers.loc["in_union", "value"] - 0.68
    assert pd.isna(other.loc["in_union", "verdict"])
    assert papers.loc["outside_feature", "verdict"] == other.loc["outside_feature", "verdict"] == "holds"
    assert pd.isna(papers.loc["median_margin", "verdict"])
    assert papers.loc["lipschitz", "verdict"] == "undecided"  # one number of one network


def test_the_ambiguous_sample_is_there_when_the_run_holds_it(run, compare):
    for name in ("features", "hulls", "balls", "entropy"):
        run[name]["sample"] = run[name]["sample"].replace({9: 731})
    found = by_key(compare(run))
    told = found.loc[["sample_731_margin", "sample_731_distance"], "paper_value"]
    assert told.tolist() == [0.3745, 2.143]


def test_the_texts_attack_stands_beside_its_numbers(run, compare):
    found = by_key(compare(run))
    assert found.loc["deepfool_closer_to_boundary_success", ["paper_value", "value"]].tolist() == [1.0, 1.0]
    assert found.loc["deepfool_below_genuine_success_8bit", ["value", "n"]].tolist() == [1.0, 3]
    assert np.isnan(found.loc["deepfool_towards_hull_success", "paper_value"])
    told = found.loc[["sample_1_margin", "sample_1_distance", "sample_1_deepfool_margin", "sample_1_deepfool_distance"]]
    assert told["paper_value"].tolist() == [2.494, 0.845, 0.0001, 0.640]
    before = run["features"].query("view == 'original' and split == 'test' and sample == 1")["margin"].item()
    assert told["value"].iloc[[0, 2]].tolist() == [before, 0.01]


def test_without_that_attack_there_is_nothing_about_it(run, compare):
    found, without = compare(run), compare(run, attacked=False)
    gone = set(found["key"]) - set(without["key"])
    beside_it = {"flip_image_nearer", "boundary_closer_pixel", "boundary_closer_feature", "closest_within_attacks"}
    of_attacks = {key for key in STATED if "deepfool" in key or key.startswith(("sample_1_", "pgd_"))}
    assert gone == of_attacks | beside_it


def test_every_attack_that_is_named_has_its_rows(run, compare):
    """What is said of rounded images is of these; a share is there for each third of feature norms."""
    found = by_key(compare(run))
    for attack in ("deepfool", "pgd_first", "pgd_full"):
        assert found.loc[f"{attack}_towards_hull_success_8bit", "n"] == 3
        thirds = found.loc[[f"{attack}_towards_hull_{third}" for third in ("low", "middle", "high")]]
        assert thirds["n"].sum() == found.loc[f"{attack}_towards_hull_success", "n"] == 10
        mean = np.average(thirds["value"], weights=thirds["n"])
        assert mean == pytest.approx(found.loc[f"{attack}_towards_hull_success", "value"])


def test_table_1_stands_beside_the_margins_of_the_first_test_sample(run, compare):
    found = by_key(compare(run)).loc[TABLE_1]
    assert found["value"].tolist() == run["margins"]["margin"].tolist()
    assert found.loc["sample_0_margin_2", ["quantity", "paper_value"]].tolist() == [
        "first test sample: margin to bird", 2.546
    ]  # fmt: skip
    assert found["paper_value"].min() == 2.546  # that of the closest boundary, as the text has it elsewhere


def test_our_own_questions_name_no_paper(run, compare):
    found = compare(run)
    human = found["key"].str.startswith("human_")
    assert human.sum() == 16
    inverted = {"inverted_flip_solved", "inverted_hull_solved", "flip_image_nearer", "flip_over_deepfool"}
    inverted |= {"inverted_flip_no_image", "inverted_hull_no_image"}
    swept = {"front_unseen", "front_unseen_any", "front_far_any", "paths_leave_class"}
    noise = {"within_noise_feature", "within_noise_pixel", "margin_within_noise", "on_union_surface"}
    by_norm = found["key"].str.match(r".*_towards_hull_(low|middle|high)$") | found["key"].str.startswith("closest_")
    ours = human | by_norm | found["key"].isin(inverted | noise | swept)
    assert (found.loc[ours, "paper"] == "").all()
    assert (found.loc[~ours, "paper"] == "Yousefzadeh 2022").all()
    assert not compare(run, people=False)["key"].str.startswith("human_").any()


def test_only_the_original_view_counts(run, compare):
    expected = compare(run)
    for name in ("hulls", "balls"):
        copy = run[name].assign(view="blurred")
        for column in {"distance", "train_inside"} & set(copy):
            copy[column] += 5
        run[name] = pd.concat([run[name], copy], ignore_index=True)
    assert_frame_equal(compare(run), expected)


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_does_not_matter(run, compare, seed):
    expected = compare(run)
    random = np.random.default_rng(seed)
    assert_frame_equal(
        compare({name: frame.sample(frac=1, random_state=random) for name, frame in run.items()}), expected
    )


def test_without_pixel_hulls_there_are_no_pixel_rows(run, compare):
    run["hulls"] = run["hulls"][run["hulls"]["space"] == "feature"]
    found = compare(run)
    assert not found["key"].str.contains("pixel").any()
    assert found["value"].notna().all()


def test_one_test_sample_makes_no_surprises(run, compare):
    for name in ("features", "hulls", "balls"):
        frame = run[name]
        run[name] = frame[(frame["sample"] == 0) | (frame["split"] == "train")]
    found = compare(run, people=False)
    assert found["value"].notna().all()
    assert (found["ci_low"].isna() == found["interval"].str.startswith("none")).all()


def test_all_correct_is_not_certain(run, compare):
    run["features"]["predicted"] = run["features"]["label"]
    row = by_key(compare(run)).loc["accuracy"]
    assert (row["value"], row["ci_high"]) == (1.0, 1.0)
    assert row["ci_low"] == pytest.approx(0.025 ** (1 / 10))
