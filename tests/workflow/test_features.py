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
