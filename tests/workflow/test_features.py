"""Runs on features alone: a preset to its report, and the features of a run read back give its tables."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

from phiscope import tables
from tests.workflow.project import copied

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


@pytest.fixture(scope="module")
def on_features(root, tmp_path_factory):
    """The preset of features, in place of the tiny one."""
    project = copied(root, tmp_path_factory.mktemp("features"))
    config = yaml.safe_load((project.folder / "presets/features.yaml").read_text())
    small = {"run": "tiny", "dataset": config["dataset"] | {"limit": {"train": 300, "test": 100}}}
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(config | small))
    done = project.snakemake()
    assert done.returncode == 0, done.stderr[-4000:]
    assert "Report: results/tiny/report.html" in done.stdout + done.stderr
    return project


def test_the_preset_ends_in_a_report_without_pictures_of_images(on_features):
    results = on_features.results
    page = (results / "report.html").read_text()
    assert "The run is on features alone" in page
    assert "This run drew no picture here" not in page
    assert {path.stem for path in (results / "figures").glob("*.svg")} >= {"plane", "slice", "support"}
    assert not list((results / "figures").glob("contact_sheet*"))
    assert set(read_hulls(results)["status"]) == {"converged"}


def test_the_head_is_as_good_as_the_run_says(on_features):
    about = json.loads((on_features.results / "models/classifier.json").read_text())["head_alone"]
    test = tables.read(on_features.results / "features/original/test.parquet", ["label", "predicted"])
    assert about["from"] == "fit"
    assert about["test_accuracy"] == pytest.approx((test["label"] == test["predicted"]).mean())
    assert about["accuracy"] > 0.7
    assert about["held_out"] == 30


def test_features_of_a_run_read_back_give_its_margins_and_hulls(finished, tmp_path):
    project = copied(finished.folder, tmp_path)
    source = project.folder / "exported"
    source.mkdir()
    for split in ("train", "test"):
        shutil.copy(finished.results / f"features/original/{split}.parquet", source)
    head = finished.results / "models/head.safetensors"
    config = {
        "run": "back",
        "dataset": {"path": str(source), "reader": "features"},
        "classifier": {"weights": {"path": str(head)}},
    }
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(config))
    back = project.folder / "results/back"
    done = project.snakemake("--", *(f"results/back/tables/{name}.parquet" for name in ("margins", "hulls")))
    assert done.returncode == 0, done.stderr[-4000:]
    numbers = tables.read(back / "tables/samples.parquet")[["split", "sample", "source_sample"]]
    for table, value, keys in (
        ("margins", "margin", ["split", "sample", "other_class"]),
        ("hulls", "distance", ["split", "sample"]),
    ):
        before = tables.read(finished.results / f"tables/{table}.parquet").query("view == 'original'")
        before = before[before["space"] == "feature"] if table == "hulls" else before
        after = tables.read(back / f"tables/{table}.parquet").merge(numbers, on=["split", "sample"])
        after = after.drop(columns="sample").rename(columns={"source_sample": "sample"})
        both = before.merge(after, on=keys, suffixes=("", "_back"))
        assert len(both) == len(before) == len(after)
        pd.testing.assert_series_equal(both["predicted"], both["predicted_back"], check_names=False)
        np.testing.assert_allclose(both[value], both[f"{value}_back"], rtol=1e-9, atol=1e-12)


def read_hulls(results):
    return tables.read(results / "tables/hulls.parquet")


def of_vectors(root, folder, **arrays):
    """A finished run on these arrays, vectors of 6 features, with a head that tells 3 classes apart."""
    project = copied(root, folder)
    np.savez(project.folder / "data.npz", **arrays)
    np.savez(project.folder / "head.npz", weight=np.eye(3, 6), bias=np.zeros(3))
    config = {
        "run": "tiny",
        "dataset": {"path": "data.npz", "reader": "features"},
        "classifier": {"weights": {"path": "head.npz"}},
    }
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(config))
    done = project.snakemake()
    assert done.returncode == 0, done.stderr[-4000:]
    return project, done.stdout + done.stderr


@pytest.fixture
def arrays():
    draw, labels = np.random.default_rng(0), {"train": np.arange(40) % 3, "test": np.arange(20) % 3}
    vectors = {split: draw.normal(size=(len(y), 6)) + 3 * np.eye(3, 6)[y] for split, y in labels.items()}
    return {f"x_{split}": x for split, x in vectors.items()} | {f"y_{split}": y for split, y in labels.items()}


def figures_of(results):
    return {path.stem.partition("-")[0] for path in (results / "figures").glob("*.png")}


def test_test_vectors_and_a_head_are_enough(root, tmp_path, arrays):
    project, said = of_vectors(root, tmp_path, x_test=arrays["x_test"])
    results, page = project.results, (project.results / "report.html").read_text()
    left_out = "There are test vectors alone, so that what needs training vectors is left out"
    assert left_out in said
    assert left_out in page
    assert "This run drew no picture here" not in page
    assert read_hulls(results).empty
    assert len(tables.read(results / "tables/margins.parquet")) == 20 * 2
    assert set(tables.read(results / "tables/balls.parquet")["split"]) == {"test"}
    assert figures_of(results) == {"distances", "slice", "class_margins", "balls"}


@pytest.mark.long
def test_training_vectors_alone_have_margins_and_labels_to_doubt(root, tmp_path, arrays):
    wrong = arrays["y_train"].copy()
    wrong[7] = (wrong[7] + 1) % 3
    project, said = of_vectors(root, tmp_path, x_train=arrays["x_train"], y_train=wrong)
    assert "There are training vectors alone" in said
    assert "training samples another class than their label" in said
    standing = tables.read(project.results / "statistics/training_standing.parquet")
    assert len(standing) == 40
    assert standing[~standing["correct"]].nlargest(1, "margin")["sample"].tolist() == [7]
    page = (project.results / "report.html").read_text()
    assert "Labels to doubt" in page
    assert "This run drew no picture here" not in page
    assert figures_of(project.results) == {"training_margins", "class_margins", "balls"}


@pytest.mark.long
def test_training_vectors_without_labels_span_a_hull(root, tmp_path, arrays):
    project, _ = of_vectors(root, tmp_path, **{name: arrays[name] for name in ("x_train", "x_test", "y_test")})
    assert len(read_hulls(project.results)) == 20
    page = (project.results / "report.html").read_text()
    assert "No training vector has a label" in page
    assert "This run drew no picture here" not in page


@pytest.mark.long
def test_other_vectors_are_told_from_test_vectors_without_a_training_set(root, tmp_path, arrays):
    project = copied(root, tmp_path)
    np.savez(project.folder / "data.npz", x_test=arrays["x_test"])
    np.savez(project.folder / "other.npz", x_test=-arrays["x_test"])
    np.savez(project.folder / "head.npz", weight=np.eye(3, 6), bias=np.zeros(3))
    config = {
        "run": "tiny",
        "dataset": {"path": "data.npz", "reader": "features"},
        "datasets": {"other": {"path": "other.npz", "reader": "features"}},
        "views": {"other": {"kind": "original", "of": "dataset:other"}},
        "classifier": {"weights": {"path": "head.npz"}},
    }
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(config))
    done = project.snakemake()
    assert done.returncode == 0, done.stderr[-4000:]
    scores = tables.read(project.results / "tables/scores.parquet")
    assert set(scores["detector"]) == {"margin", "msp", "energy"}
    assert set(scores["view"]) == {"original", "other"}
