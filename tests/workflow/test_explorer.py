"""The explorer of the tiny run: made with it, true to its tables, in a real browser; and two runs side by side."""

import csv
import io
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from phiscope import tables
from tests.explorer.conftest import chromium, opened

__all__ = ["chromium", "opened"]
pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


@pytest.fixture
def path(finished):
    return finished.results / "explorer/index.html"


def test_it_is_one_file_with_a_stamp(finished, path):
    from phiscope.files import stamp_of

    assert [each.name for each in path.parent.iterdir()] == ["index.html"]
    assert stamp_of(path)
    assert 'href="explorer/index.html#sample=87"' in (finished.results / "report.html").read_text()


def test_it_shows_what_the_tables_say(finished, path, opened):
    explorer = opened(path, "#sample=87", webgl=True)
    explorer.until("document.querySelectorAll('#sample .support').length")
    timings = explorer.run("phiscope.timings")
    print(f"\ntiny run: ready in {timings['ready']:.0f} ms")
    features = tables.read(finished.results / "features/original/test.parquet").sort_values("sample")
    assert explorer.listed == list(range(len(features)))
    explorer.run("phiscope.change({filters: {}})")
    rows = dict(zip(zip(explorer.run(category("view")), explorer.values("sample")), explorer.values("margin")))
    for view in ("original", "hull-pixel", "pgd-first", "denoise"):
        own = tables.read(finished.results / f"features/{view}/test.parquet")
        assert {(view, row.sample): row.margin for row in own.itertuples()}.items() <= rows.items()
    assert len(rows) == len(explorer.listed) == 330
    hulls = tables.read(finished.results / "tables/hulls.parquet")
    own = hulls[(hulls["view"] == "original") & (hulls["sample"] == 87)]
    assert explorer.page.locator("#sample .support").count() == own["support_index"].map(len).sum()
    text = explorer.page.locator("#sample").inner_text()
    assert "Images of chosen points" in text  # it is inverted
    assert explorer.page.locator("#sample .inverted").count() == 2
    assert explorer.page.locator("#sample .view").count() == (hulls["sample"] == 87)[hulls["space"] == "feature"].sum()


def category(name):
    return (
        f"(() => {{ const own = phiscope.columns.find((each) => each.name === '{name}');"
        " return [...own.codes].map((_, row) => own.category(row)); })()"
    )


def test_attacks_that_no_detector_sees_are_those_of_the_tables(finished, path, opened):
    explorer = opened(path)
    explorer.page.click('[data-question="unseen"]')
    scores = tables.read(finished.results / "tables/scores.parquet").pivot(
        index=["view", "sample"], columns="detector", values="score"
    )
    genuine, attacked = scores.loc["original"], scores.loc["pgd-first"]
    below = [(genuine.lt(row).sum() + genuine.eq(row).sum() / 2) / len(genuine) for _, row in attacked.iterrows()]
    highest = dict(zip(attacked.index, (each.max() for each in below)))
    attacks = tables.read(finished.results / "tables/attacks.parquet")
    wanted = {row.sample for row in attacks.itertuples() if row.success and highest[row.sample] < 0.95}
    samples = explorer.values("sample")
    assert {samples[row] for row in explorer.listed} == wanted


def test_the_export_of_a_selection_is_the_tables(finished, path, opened):
    explorer = opened(path, "#f.margin=0.1..0.5&sort=margin")
    explorer.settle()
    explorer.page.locator(".menu summary").click()
    with explorer.page.expect_download() as download:
        explorer.page.click("#export-listed")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    features = tables.read(finished.results / "features/original/test.parquet").set_index("sample")
    wanted = features[features["margin"].between(0.1, 0.5)].sort_values("margin")
    assert [int(row["sample"]) for row in rows] == wanted.index.tolist()
    assert [float(row["margin"]) for row in rows] == wanted["margin"].tolist()
    hulls = tables.read(finished.results / "tables/hulls.parquet")
    distance = hulls[(hulls["view"] == "original") & (hulls["space"] == "feature")].set_index("sample")["distance"]
    assert [float(row["hull_distance"]) for row in rows] == distance[wanted.index].tolist()


def test_a_changed_script_of_the_page_makes_the_page_alone_anew(project):
    project.edit("phiscope/explorer/page/style.css", "margin: 0;", "margin: 0px;")
    assert set(project.planned()) == {"all", "render_explorer"}


def test_deleted_images_of_views_are_not_made_again_for_it(project):
    shutil.rmtree(project.results / "views")
    project.edit("phiscope/explorer/page/style.css", "margin: 0;", "margin: 0px;")
    assert set(project.planned()) == {"all", "render_explorer"}


def test_a_run_beside_itself_changes_nothing(finished, tmp_path, opened):
    environment = os.environ | {"PYTHONPATH": str(finished.folder)}
    command = [sys.executable, "-m", "phiscope", "compare", "tiny", str(finished.results), "--to", str(tmp_path)]
    done = subprocess.run(command, cwd=finished.folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Distances of two networks do not compare" in done.stdout
    explorer = opened(tmp_path / "index.html")
    assert "Distances of two networks do not compare" in explorer.page.locator("#about").inner_text()
    assert len(explorer.listed) == 150
    assert not np.any(explorer.values("margin_rank_change"))
    explorer.page.keyboard.press("ArrowDown")
    explorer.until("document.querySelectorAll('#sample .pairs tbody tr').length > 3")
