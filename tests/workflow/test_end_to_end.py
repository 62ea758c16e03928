"""The whole workflow on the tiny preset, in a copy of the project: what its tables, figures and page hold."""

import re

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import unit_range
from phiscope.exhibits.inversion import image_at

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def test_tables_hold_a_row_per_solved_problem(finished):
    margins, hulls, balls = (
        tables.read(finished.results / f"tables/{n}.parquet") for n in ("margins", "hulls", "balls")
    )
    assert margins.groupby(["view", "split"]).size().to_dict() == {
        ("denoise", "test"): 60 * 9,
        ("hull-pixel", "test"): 60 * 9,
        ("original", "test"): 150 * 9,
        ("original", "train"): 300 * 9,
        ("pgd-first", "test"): 60 * 9,
    }
    assert hulls.groupby(["view", "space"]).size().to_dict() == {
        ("denoise", "feature"): 60,
        ("hull-pixel", "feature"): 60,
        ("original", "feature"): 150,
        ("original", "pixel"): 150,
        ("pgd-first", "feature"): 60,
    }
    assert len(balls) == 150 + 300 + 60 + 60 + 60
    assert set(hulls["status"]) == {"converged"}
    assert not margins.duplicated(["view", "split", "sample", "other_class"]).any()


def test_hulls_of_classes_and_of_all_samples_but_one(finished):
    classes, left_out, hulls = (
        tables.read(finished.results / f"tables/{n}.parquet") for n in ("class_hulls", "leave_one_out", "hulls")
    )
    counts = {"denoise": 60 * 10, "hull-pixel": 60 * 10, "original": 150 * 10, "pgd-first": 60 * 10}
    assert classes.groupby("view").size().to_dict() == counts
    assert (classes.groupby(["view", "sample"])["is_predicted"].sum() == 1).all()
    whole = hulls[hulls["space"] == "feature"].set_index(["view", "sample"])["distance"]
    nearest = classes.groupby(["view", "sample"])["distance"].min()
    assert (nearest >= whole.loc[nearest.index] - 1e-9).all()  # of a part of the vertices
    assert left_out.groupby("hull_of").size().to_dict() == {"all": 300, "class": 300}
    own, every = (left_out[left_out["hull_of"] == kind].set_index("sample")["distance"] for kind in ("class", "all"))
    assert (own >= every - 1e-9).all()
    places = tables.read(finished.results / "statistics/hull_standing.parquet")
    assert places["p_value"].between(1 / 301, 1).all()
    page = (finished.results / "report.html").read_text()
    assert "Inside which hull" in page
    assert "In how many dimensions" in page


def test_numbers_agree_across_tables(finished):
    margins, hulls, balls = (
        tables.read(finished.results / f"tables/{n}.parquet") for n in ("margins", "hulls", "balls")
    )
    closest = margins.groupby(["view", "split", "sample"])["margin"].min()
    radius = balls.set_index(["view", "split", "sample"])["radius"]
    pd.testing.assert_series_equal(closest.sort_index(), radius.sort_index(), check_names=False, atol=1e-8, rtol=0)
    weights = hulls["support_weight"].map(sum)
    assert (weights - 1).abs().max() < 1e-12
    assert (hulls["support_index"].map(len) == hulls["support_size"]).all()


def test_hull_projections_of_the_tables_are_verified(finished):
    found = tables.read(finished.results / "statistics/verification.parquet").set_index(["view", "space"])
    assert found["n"].to_dict() == {
        ("denoise, hull of denoise", "feature"): 60,
        ("original, hulls of classes", "feature"): 1000,  # as many as are verified of a view
        **{(f"{view}, hulls of classes", "feature"): 600 for view in ("hull-pixel", "pgd-first", "denoise")},
        ("original", "feature"): 150,
        ("hull-pixel", "feature"): 60,
        ("pgd-first", "feature"): 60,
        ("denoise", "feature"): 60,
        ("original", "pixel"): 150,
    }
    assert (found.xs("feature", level="space")["relative_gap"] <= 1e-10).all()
    assert found.loc[("original", "pixel"), "relative_gap"] <= 1e-6
    assert found[["distance_error", "weight_error"]].max().max() < 1e-12


def test_another_solver_agrees_with_the_tables(finished):
    rows = tables.read(finished.results / "tables/disagreements.parquet")
    assert rows.groupby(["problem", "space"]).size().to_dict() == {
        # Onto the hull of training samples as they are, and denoised, and onto hulls of ten classes together.
        ("hull", "feature"): 100 + 60 + 100,
        ("hull", "pixel"): 100,
        ("margin", "feature"): 200 * 9,
    }
    assert rows["hull_class"].value_counts().to_dict() == dict.fromkeys(range(10), 10)
    assert set(rows["outcome"]) == {"agrees"}
    assert set(rows["solver"]) == {"piqp"}
    assert rows["relative_difference"].max() < 1e-9
    assert rows["relative_difference"].is_monotonic_decreasing
    margins = tables.read(finished.results / "tables/margins.parquet")
    who = ["view", "split", "sample", "other_class"]
    both = rows[rows["problem"] == "margin"].merge(margins, on=who)
    assert len(both) == 200 * 9
    solved = both["status"] == "solved"
    assert (both["margin"] == both["ours"])[solved].all()
    assert "none contradicts its certificate" in (finished.results / "second_opinion.txt").read_text()
    assert "were solved once more by" in (finished.results / "report.html").read_text()


def test_denoised_samples_stand_beside_denoised_training_images(finished):
    plain, processed = (
        tables.read(finished.results / f"tables/{name}.parquet") for name in ("hulls", "processed_hulls")
    )
    assert processed[["view", "hull_of"]].drop_duplicates().to_numpy().tolist() == [["denoise", "denoise"]]
    plain = plain[(plain["view"] == "denoise")].set_index("sample")
    processed = processed.set_index("sample")
    assert processed.index.tolist() == plain.index.tolist()
    assert (processed["distance"] != plain["distance"]).any()
    views = tables.read(finished.results / "statistics/views.parquet").set_index("view")
    assert views.loc["denoise", "processed"] == pytest.approx(processed["distance"].median())
    assert views["processed"].notna().tolist() == [view == "denoise" for view in views.index]
    assert "to the processed hull" in (finished.results / "denoising.html").read_text()


def test_attacks_are_judged_and_seen_by_all_tables_alike(finished):
    attacks, margins = (tables.read(finished.results / f"tables/{name}.parquet") for name in ("attacks", "margins"))
    assert attacks.groupby("view").size().to_dict() == {"pgd-first": 60}
    assert (attacks["success"] == (attacks["predicted_before"] != attacks["predicted_after"])).all()
    assert attacks["success"].mean() > 0.5
    assert attacks["linf"].max() <= 0.2 + 1e-6
    assert (attacks["linf"] <= attacks["l2"]).all()
    located = margins[margins["split"] == "test"].drop_duplicates(["view", "sample"]).set_index(["view", "sample"])
    for view, column in (("original", "predicted_before"), ("pgd-first", "predicted_after")):
        assert located.loc[view]["predicted"].loc[attacks["sample"]].tolist() == attacks[column].tolist()


def test_rounded_images_are_those_that_are_still_attacks(finished):
    attacks, rounded = (tables.read(finished.results / f"tables/{name}.parquet") for name in ("attacks", "rounded"))
    assert rounded["sample"].tolist() == attacks.loc[attacks["success_8bit"], "sample"].tolist()
    before = attacks.set_index("sample")["predicted_before"].loc[rounded["sample"]]
    assert (rounded["predicted"].to_numpy() != before.to_numpy()).all()
    assert (rounded["distance_lower"] <= rounded["distance"]).all()


def test_attacks_at_many_settings_agree_with_the_view_of_one(finished):
    sweep = tables.read(finished.results / "tables/attack_sweep.parquet")
    assert sweep.groupby("attack").size().to_dict() == {"bisected": 10, "deepfool": 20, "pgd-first": 40}
    won = sweep[sweep["success"]]
    nearest = won.groupby("attack")["margin"].median()
    assert nearest["bisected"] < nearest["deepfool"] < nearest["pgd-first"]
    assert sweep["asked"].min() >= 10
    front = tables.read(finished.results / "statistics/attack_front.parquet")
    assert front[["confidence", "hull_penalty"]].drop_duplicates().shape == (4, 2)
    assert len(tables.read(finished.results / "statistics/straight_paths.parquet")) == 6


def test_images_are_drawn_as_functions(finished):
    fits = tables.read(finished.results / "tables/implicit.parquet")
    assert set(fits["status"]) == {"fitted"}
    assert fits.groupby("model").size().to_dict() == {"largest": 5 * 2 * 3, "mlp": 5 * 2 * 9, "projection": 5 * 2 * 2}
    linear = fits[fits["model"].isin(["projection", "largest"])]
    assert (linear["psnr_train"] - linear["psnr_parseval"]).abs().max() < 1e-6
    assert fits["psnr_heldout"].notna().equals((fits["model"] == "mlp") & (fits["pixels"] == "training"))
    networks = tables.read(finished.results / "statistics/implicit_networks.parquet")
    assert set(networks["measure"]) == {"psnr_all"}
    rates = tables.read(finished.results / "statistics/implicit_rates.parquet")
    assert set(rates["basis"]) == {"dct", "dct+haar", "jpeg"}
    assert not list(finished.results.glob("chunks/implicit/*.fits"))  # kept for a job that is stopped, no longer
    page = (finished.results / "functions.html").read_text()
    assert "Is noise the same for every complete basis?" in page
    assert "is that short beside JPEG?" in page


def test_inversions_hold_a_row_per_problem_and_their_images(finished):
    found = tables.read(finished.results / "tables/inversions.parquet")
    assert found.groupby("target").size().to_dict() == {"ball": 12, "flip": 6, "hull": 6, "perimeter": 2}
    assert set(found["status"]) <= {"solved", "reference", "unreached", "no_image", "no_target"}
    solved = found[found["status"] == "solved"]
    assert len(solved) > 20
    assert (solved["feature_residual"] <= 1e-6 * solved["target_norm"]).all()
    assert not found[found["target"].isin(["flip", "hull"])].duplicated(["sample", "target"]).any()
    test = load_file(finished.results / "data/test.safetensors")
    pixels = dict(zip(test["samples"], unit_range(test["images"])))
    for row in solved[solved["reference"] == "itself"].itertuples():
        away = np.linalg.norm(image_at(finished.results, row.image) - pixels[row.sample])
        assert away == pytest.approx(row.pixel_distance, abs=1e-5)


def test_the_edit_moves_its_sample(finished):
    sides = tables.read(finished.results / "statistics/edits.parquet").set_index("side")
    located = tables.read(finished.results / "features/original/test.parquet").set_index("sample").loc[87]
    assert sides.loc["before", "margin"] == pytest.approx(located["margin"], abs=1e-5)
    assert sides.loc["before", "predicted"] == located["predicted"]
    assert sides.loc["after", "moved"] > 0


def test_denoisers_are_compared_on_the_same_images(finished):
    denoising = tables.read(finished.results / "tables/denoising.parquet")
    methods = ["biharmonic", "biharmonic-true-mask", "dncnn", "gaussian", "network", "noisy"]
    assert denoising.groupby("method").size().to_dict() == dict.fromkeys(methods, 20)
    assert (denoising.groupby("image")["psnr_noisy"].nunique() == 1).all()
    noisy = denoising[denoising["method"] == "noisy"]
    assert (noisy["psnr"] == noisy["psnr_noisy"]).all()
    assert denoising.loc[denoising["method"] == "network", "training_noise"].str.contains("blocks 0.25").all()


def test_samples_to_look_at_are_listed_with_reasons(finished):
    listed = pd.read_csv(finished.results / "tables/inspect.csv")
    standing = tables.read(finished.results / "statistics/standing.parquet").query("view == 'original'")
    wrong = standing[~standing["correct"]].sort_values("confidence", ascending=False)
    assert listed.query("reason == 'error'")["sample"].tolist() == wrong["sample"].tolist()
    ambiguous = standing.nsmallest(50, "ambiguity")["sample"].tolist()
    assert listed.query("reason == 'ambiguous'")["sample"].tolist() == ambiguous
    assert listed["why"].str.len().min() > 10


def test_figures_and_report_are_there_and_self_contained(finished):
    page = (finished.results / "report.html").read_text()
    assert "A few digits" in page
    assert not re.search(r"""src=["'](?!data:)|<link|@import|url\((?!data:)""", page)  # links to read are fine
    for name in (
        "distances",
        "distances_by_view",
        "plane",
        "ambiguity",
        "accuracy",
        "support",
        "balls",
        "which_hull",
        "dimension",
        "detector_questions",
        "slice",
        "training",
        "sample-87",
        "implicit_k",
        "implicit_networks",
        "implicit_pictures",
        "implicit_rates",
        "implicit_within",
        "inverted-87",
        "perimeter-87",
        "morph-87",
        "path-87",
        "straight_paths",
        "overshoot",
        "attack_front",
        "edit-87",
        "inversion_distances",
        "denoising",
        "denoised",
    ):
        for kind in ("svg", "png"):
            assert (finished.results / f"figures/{name}.{kind}").stat().st_size > 1000


def test_no_half_written_or_temporary_file_is_left(finished):
    assert not [path for path in finished.results.rglob("*") if path.name.endswith(".tmp")]


def test_responses_of_filters_and_layers_are_told(finished):
    responses, layers = (
        tables.read(finished.results / f"statistics/{name}.parquet") for name in ("filter_inversion", "denoiser_layers")
    )
    exact = responses[(responses["noise"] == 0) & (responses["filters"] >= 16)]
    assert exact["error"].max() < 1e-6
    assert layers["size"].tolist() == [8, 4, 8, 8]  # digits have 8 pixels a side
    assert "receptive field" in (finished.results / "denoising.html").read_text()
