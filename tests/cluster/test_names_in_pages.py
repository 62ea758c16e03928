"""Names of classes and files, and a title, that hold tags, quotes and marks of direction, in a real browser."""

import html
import json
import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.cluster import browser
from tests.cluster.small import CLASSES, RAN

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("cluster")]
# What Snakemake's report says of itself in any run.
_OF_SNAKEMAKE = "cdn.tailwindcss.com should not be used in production"
_MARKS = re.compile("[\u202a-\u202e]")


@pytest.fixture(scope="module")
def _browser():
    if not browser.executable():
        pytest.skip("no Chromium here: tools/install-debian-packages.sh installs it on Debian")


@pytest.fixture(scope="module")
def page(small, _browser, tmp_path_factory):
    """The report of the run, opened."""
    folder = tmp_path_factory.mktemp("page")
    return browser.opened(browser.probed(small.results / "report.html", folder / "page.html"), folder / "profile")


@pytest.fixture(scope="module")
def provenance(root, small, _browser, tmp_path_factory):
    """Snakemake's own report of the run, opened."""
    folder = tmp_path_factory.mktemp("provenance")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", str(small.configuration)]
    done = subprocess.run(
        [*command, "--directory", str(small.folder), "--report", str(folder / "page.html")], cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert (folder / "page.html").stat().st_size < 10e6
    return browser.opened(folder / "page.html", folder / "profile")


def test_no_script_runs_and_nothing_is_complained_of(page):
    seen = json.loads(html.unescape(re.search(r'<pre id="probe">(.*?)</pre>', page.document)[1]))
    assert page.console == []
    assert seen["title"] != "it ran"
    assert RAN in seen["title"]  # as text


def test_class_names_are_shown_as_they_are(page):
    text = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", page.document, flags=re.S))
    tags, quotes, marked, hebrew = CLASSES
    for name in (tags, quotes, hebrew, marked.replace("\u202e", "\\u202e")):
        assert name in text


def test_no_mark_turns_what_follows_and_letters_from_the_right_stay_where_they_stand(page):
    assert not _MARKS.search(page.document)
    seen = json.loads(html.unescape(re.search(r'<pre id="probe">(.*?)</pre>', page.document)[1]))
    assert seen["order"]
    assert all(seen["order"])


def test_figures_hold_no_markup_of_names(small):
    pictures = sorted(small.results.glob("figures/*.svg"))
    assert pictures
    for path in pictures:
        for element in ElementTree.parse(path).iter():
            assert not str(element.tag).endswith(("script", "foreignObject"))
            assert not [name for name in element.attrib if name.startswith("on")]


def test_snakemakes_report_is_whole(provenance):
    assert [line for line in provenance.console if _OF_SNAKEMAKE not in line] == []
    assert "Snakemake Report" in provenance.document
    assert f"<script>{RAN}" not in provenance.document
    assert "Workflow" in provenance.document
