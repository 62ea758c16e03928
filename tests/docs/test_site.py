"""The site is built without a warning or a request to elsewhere, and the notebook runs; requirements-docs.lock."""

import os
import subprocess
import sys

import pytest

from tests.cluster.browser import executable, opened
from tests.conftest import ROOT
from tools.docs import requests

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}  # about what comes after the theme, on every start
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "WARNING" not in done.stdout + done.stderr
    return folder


def test_pages_are_there_and_ask_nothing_of_others(site):
    for page in ("index", "reading", "gallery", "glossary", "notebook", "reference/tables", "results/index"):
        assert (site / f"{page}.html").is_file(), page
    assert requests.outside(site) == []
    assert 'id="plane"' in (site / "gallery.html").read_text(encoding="utf-8")
    assert "generated:" not in (site / "reference/configuration.html").read_text(encoding="utf-8")


def test_a_dead_link_ends_the_build(tmp_path):
    pytest.importorskip("mkdocs")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A page\n\n[elsewhere](nowhere.md)\n")
    (tmp_path / "mkdocs.yml").write_text(
        f"site_name: a\nstrict: true\nplugins: []\nhooks: [{ROOT}/tools/docs/hooks.py]\nnav: [index.md]\n"
    )
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "-f",
        str(tmp_path / "mkdocs.yml"),
        "-d",
        str(tmp_path / "site"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "the link nowhere.md leads nowhere" in done.stdout + done.stderr


@pytest.mark.parametrize("page", ["index.html", "gallery.html", "results/index.html"])
def test_a_browser_opens_a_page_from_disk_without_complaint(site, tmp_path, page):
    if executable() is None:
        pytest.skip("there is no Chromium here")
    seen = opened(site / page, tmp_path)
    assert "<h1" in seen.document
    assert seen.console == []


def test_the_notebook_runs_and_answers_its_questions(tmp_path):
    pytest.importorskip("nbclient")
    from tools.notebook import NOTEBOOK, execute, kept

    notebook = kept(execute(NOTEBOOK, tmp_path), tmp_path)
    written = str(notebook)
    assert (tmp_path / "results/own/report.html").is_file()
    assert "Report: results/own/report.html" in written
    assert str(tmp_path) not in written
    assert written.count("image/png") == 2
    assert written.count('class="dataframe"') == 4
