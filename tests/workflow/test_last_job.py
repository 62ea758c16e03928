"""The last job of a run: it fails where another solver contradicts a certificate, when all else is there."""

import runpy
from types import SimpleNamespace

import pandas as pd
import pytest

from phiscope import tables
from phiscope.workflow.configuration import read, resolve
from phiscope.workflow.plan import Plan

ROW = {
    "problem": "margin",
    "view": "original",
    "split": "test",
    "sample": 3,
    "space": "feature",
    "hull_of": None,
    "hull_class": None,
    "other_class": 1,
    "solver": "piqp",
    "ours": 1.25,
    "theirs": 1.5,
    "difference": -0.25,
    "ours_error": 0.0,
    "theirs_error": 1e-9,
    "tolerance": 1e-9,
    "relative_difference": 0.1,
    "outcome": "disagrees",
}


@pytest.fixture
def ended(root, tmp_path):
    """Runs the script on a table of these rows."""

    def run(rows: pd.DataFrame) -> None:
        tables.write(rows, "disagreements", tmp_path / "disagreements.parquet", {})
        given = SimpleNamespace(
            input=SimpleNamespace(disagreements=str(tmp_path / "disagreements.parquet")),
            output=[str(tmp_path / "second_opinion.txt")],
            log=[str(tmp_path / "log.txt")],
            params=SimpleNamespace(),
            config={"run": "ants"},
        )
        runpy.run_path(str(root / "scripts/report/require_agreement.py"), init_globals={"snakemake": given})

    return run


def test_a_contradiction_ends_the_run_in_one_sentence(ended, tmp_path):
    with pytest.raises(SystemExit) as error:
        ended(pd.DataFrame([ROW, {**ROW, "sample": 4, "outcome": "agrees"}]))
    assert error.value.code not in (0, None)
    said = (tmp_path / "log.txt").read_text().splitlines()[0]
    assert said.startswith(
        f"phiscope: {tmp_path / 'disagreements.parquet'}: of 2 margins, solved once more by piqp, 1 "
    )
    assert "margin of test sample 3 of original to class 1, 1.25 by ours and 1.5 by piqp, 0.250 apart" in said
    assert said.endswith("the report is results/ants/report.html")
    assert not (tmp_path / "second_opinion.txt").exists()


def test_agreement_is_written_down(ended, tmp_path):
    ended(pd.DataFrame([{**ROW, "outcome": "agrees"}]))
    assert (tmp_path / "second_opinion.txt").read_text().startswith("1 margin, solved once more by piqp: none")


def test_it_waits_for_everything_else(root):
    plan = Plan.of(resolve([read(root / "presets/tiny.yaml")], name="tiny"), scripts=root / "scripts")
    assert plan.targets == [*plan.results_to_keep, plan.path("second_opinion")]
    assert {plan.below("report.html"), plan.path("disagreements")} < set(plan.results_to_keep)
    rule = (root / "workflow/rules/report.smk").read_text().partition("rule require_agreement:")[2]
    assert "after=ancient(PLAN.results_to_keep)" in rule
    assert "group:" not in rule  # a group that fails takes what its other jobs made with it
