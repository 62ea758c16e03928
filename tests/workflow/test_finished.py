"""A figure of a finished run by one call: the same that the run drew, from wherever its results lie."""

import shutil

import pytest
from matplotlib.figure import Figure

import phiscope
from phiscope import figures
from phiscope.errors import ConfigError

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def is_drawn_in(figure, path):
    """Whether a file holds that figure; its stamp comes last, which says what made the file."""
    return path.read_bytes().startswith(figures.encode(figure, "svg").removesuffix(b"</svg>\n"))


def test_a_figure_is_the_one_that_the_run_drew(finished, monkeypatch):
    monkeypatch.chdir(finished.folder)
    figure = phiscope.draw("tiny", "plane")
    assert isinstance(figure, Figure)
    assert is_drawn_in(figure, finished.results / "figures/plane.svg")
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_every_figure_of_the_run_is_named(finished):
    drawn = {path.stem for path in (finished.results / "figures").glob("*.svg")}
    assert set(phiscope.drawn(finished.results)) == drawn


def test_a_run_is_found_by_its_folder_and_a_figure_of_its_only_sample_without_a_number(finished, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    figure = phiscope.draw(str(finished.results), "sample")
    (drawn,) = (finished.results / "figures").glob("sample-*.svg")
    assert is_drawn_in(figure, drawn)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("planes", "does not exist .did you mean 'plane'"),
        ("human", "this run has none, it is drawn where there are human labels"),
        ("sample-9999", "the run has sample-.*; name one of these"),
    ],
)
def test_a_figure_that_the_run_has_not_is_said(finished, name, said):
    with pytest.raises(ConfigError, match=said):
        phiscope.draw(finished.results, name)


def test_a_run_that_is_not_there_is_said(finished, monkeypatch):
    monkeypatch.chdir(finished.folder)
    with pytest.raises(ConfigError, match=r"no run 'absent' in .*; runs that are there: tiny"):
        phiscope.draw("absent", "plane")


def test_a_table_that_is_gone_is_named(project):
    (project.results / "statistics/standing.parquet").unlink()
    with pytest.raises(ConfigError, match=r"standing\.parquet: not there, and drawing computes nothing"):
        phiscope.draw(project.results, "plane")


def test_a_run_that_was_moved_is_said(project):
    moved = project.results.with_name("other")
    shutil.move(project.results, moved)
    with pytest.raises(ConfigError, match="this folder was moved"):
        phiscope.draw(moved, "plane")
