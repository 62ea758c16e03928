"""What `inversions.budget` leaves out of a run, and that the estimate stands before it."""

import json

import pandas as pd
import pytest
from safetensors import safe_open

from phiscope import tables
from phiscope.experiments.inversion.budget import SearchCost
from phiscope.workflow.configuration import load

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def cost_of_a_sample(project) -> float:
    """Seconds, as they were measured when the project was run."""
    options = load([project.folder / "presets/tiny.yaml"])["inversions"]
    return SearchCost.read(project.results / "inversions/cost.json").pair(options)


def allow(project, seconds: float) -> None:
    project.edit("presets/tiny.yaml", "  samples: 6\n", f"  samples: 6\n  budget: {seconds:.9f} s\n")


def test_the_estimate_says_hours_gigabytes_and_jobs_by_part(finished):
    text = (finished.results / "models/estimate.txt").read_text()
    heading, *lines = text.splitlines()
    assert heading.split("  ")[0] == "estimate of the long parts"
    for part in ("attacks", "features and margins", "hulls in feature space", "hulls in pixel space", "inversions"):
        assert any(line.startswith(part) for line in lines), part
    assert "not estimated: denoising, implicit" in lines
    parts = {
        part["part"]: part for part in json.loads((finished.results / "models/estimate.json").read_text())["parts"]
    }
    assert 0 < parts["inversions"]["hours"] < 1
    assert parts["features and margins"]["jobs"] == 4
    assert parts["hulls in pixel space"]["memory"] > 300 * 64 * 4


def test_the_default_budget_leaves_nothing_out(finished):
    budget = tables.read(finished.results / "statistics/inversion_budget.parquet")
    assert (budget["left_out"] == 0).all()
    # Whatever was measured, the statistic is the same then.
    assert budget[["seconds_each", "budget_seconds", "needed_bytes", "free_bytes"]].isna().all(axis=None)
    assert "inversions.budget allows" not in (finished.results / "report.html").read_text()


def test_another_budget_that_does_for_all_reruns_nothing(project):
    allow(project, 7200)
    assert project.planned() == {}


def test_a_budget_for_one_sample_inverts_one_and_says_what_it_left_out(project):
    allow(project, 1.5 * cost_of_a_sample(project))
    assert set(project.planned()) == {
        *("all", "estimate_cost", "invert", "explore_ball", "sum_up_run"),
        *("draw_inversion", "render_report", "render_explorer"),
    }
    done = project.snakemake()
    assert done.returncode == 0, done.stderr[-4000:]
    inversions = tables.read(project.results / "tables/inversions.parquet")
    assert inversions["target"].tolist() == ["flip", "hull"]
    assert inversions["sample"].tolist() == [87, 87]
    with safe_open(project.results / "inversions/ball-87.safetensors", framework="numpy") as left_out:
        assert not list(left_out.keys())
    budget = tables.read(project.results / "statistics/inversion_budget.parquet")
    assert budget[["what", "made", "left_out"]].to_numpy().tolist() == [["samples", 1, 5], ["ball", 0, 1]]
    page = (project.results / "report.html").read_text()
    assert "5 of 6 samples" in page
    assert "the ball of test sample 87" in page
    assert "A larger inversions.budget includes them." in page
    assert 'alt="Twelve steps of a morph' not in page
    assert "5 of 6 samples" in (project.results / "models/estimate.txt").read_text()
    distances = pd.read_parquet(project.results / "statistics/inversion_distances.parquet")
    assert set(distances["sample"]) <= {87}
