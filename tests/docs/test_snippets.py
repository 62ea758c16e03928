"""The Python of the README and of docs/hull.md runs as it stands."""

import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PAGES = ("README.md", "docs/hull.md")
SNIPPETS = [
    snippet
    for page in PAGES
    for snippet in re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)
]
OF_A_RUN = [snippet for snippet in SNIPPETS if "results/" in snippet]
ALONE = [snippet for snippet in SNIPPETS if "results/" not in snippet]


def run(snippet, folder):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", snippet], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_snippets_are_found():
    assert (len(OF_A_RUN), len(ALONE)) == (1, 5)


@pytest.mark.parametrize("snippet", ALONE)
def test_a_snippet_of_the_library_runs(snippet, tmp_path):
    assert len(run(snippet, tmp_path).splitlines()) >= 3


@pytest.mark.workflow
@pytest.mark.xdist_group("workflow")
@pytest.mark.parametrize("snippet", OF_A_RUN)
def test_a_snippet_about_tables_runs(snippet, finished, tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results/digits").symlink_to(finished.results)
    run(snippet, tmp_path)
