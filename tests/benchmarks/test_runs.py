"""Runs of the workflow that a benchmark starts: configurations, and what their jobs used."""

import json

import pytest

from benchmarks import classes, runs
from phiscope.errors import DataError
from phiscope.workflow.configuration import resolve


def log(folder, place, peak, wall):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    cost = {"processor_s": 2.0, "startup_s": 1.0, "wall_s": wall, "peak_mb": peak}
    path.write_text(f"something\ncost: {json.dumps(cost)}\n")


def test_jobs_by_rule_the_largest_first(tmp_path):
    log(tmp_path, "small.log", 10.0, 1.0)
    log(tmp_path, "locate/test/0.log", 20.0, 3.0)
    log(tmp_path, "locate/test/1.log", 30.0, 2.0)
    located, small = runs.by_rule(tmp_path)
    assert located == {"rule": "locate", "jobs": 2, "processor_s": 4.0, "longest_s": 3.0, "peak_mb": 30.0}
    assert (small["rule"], small["peak_mb"]) == ("small", 10.0)


def test_a_run_that_fails_says_why(tmp_path, capsys):
    config = tmp_path / "wrong.yaml"
    config.write_text("dataset: {path: nowhere}\n")
    with pytest.raises(DataError, match=r"the run of .*wrong\.yaml failed"):
        runs.run(config, tmp_path)
    assert "nowhere; expected a file or folder with data" in capsys.readouterr().err


def test_the_configuration_of_many_classes_is_one(tmp_path):
    config = resolve([classes.configuration(tmp_path, tmp_path / "head.npz", classes.WHOLE)], name="classes")
    assert (config["run"], config["margins"]["classes"]) == ("classes", 10)
