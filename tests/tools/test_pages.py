"""Every page is started the same way, and what is missing is said in a sentence."""

import pandas as pd
import pytest

from phiscope import tables
from tools.__main__ import TOOLS, main
from tools.pages import PAGES


def compared():
    about = {"key": "accuracy", "paper": "Someone 2022", "place": "7", "note": "", "interval": "Wilson"}
    rows = [
        about
        | {"quantity": "accuracy", "unit": "share", "paper_value": 0.9, "value": 0.875, "n": 1000, "verdict": "holds"},
        about | {"quantity": "median margin", "unit": "distance", "value": 1.25, "n": 1000},
    ]
    return pd.DataFrame(rows).assign(ci_low=[0.85, None], ci_high=[0.9, None])


@pytest.fixture
def results(tmp_path):
    about = {"commit": "abc", "seed": 0, "python": "3.11", "packages": {"numpy": "2"}}
    tables.write_frame(compared(), tmp_path / "results/small/tables/paper_comparison.parquet", about)
    return tmp_path


def test_the_page_of_a_run_says_what_the_paper_states_and_what_was_measured(results):
    places = ["--results", str(results / "results"), "--output", str(results / "docs")]
    assert main(["page", "results", "small", "On two cores.", *places]) == 0
    lines = (results / "docs/small.md").read_text().splitlines()
    assert lines[:5] == ["# small", "", "On two cores.", "", "Commit abc, seed 0, Python 3.11, numpy 2."]
    assert "| accuracy | 90.0 % | 87.5 % | 85.0 % to 90.0 % | 1,000 | holds |" in lines
    assert "| median margin | – | 1.25 | – | 1,000 | – |" in lines
    assert lines[-1] == "- Wilson"


@pytest.mark.parametrize("kind", PAGES)
def test_a_run_that_is_not_there_is_said(tmp_path, capsys, kind):
    places = ["--results", str(tmp_path), "--output", str(tmp_path)]
    assert main(["page", kind, "absent", "nowhere", *places]) == 2
    assert "absent: there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind != "results"])
def test_a_run_without_what_a_page_tells_of_is_said(results, capsys, kind):
    places = ["--results", str(results / "results"), "--output", str(results / "docs")]
    assert main(["page", kind, "small", "nowhere", *places]) == 2
    assert "small" in capsys.readouterr().err


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: python -m tools {name}" in capsys.readouterr().out


def test_a_tool_that_is_not_there_is_said(capsys):
    assert main(["pages"]) == 2
    assert "expected one of page, pictures, notebook, compare-results, compare-commits" in capsys.readouterr().err
