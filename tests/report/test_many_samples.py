"""A run of 100,000 samples from its vectors to the report and the explorer, opened in a real browser."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
import yaml

from phiscope import tables
from tests.cluster import browser

pytestmark = [pytest.mark.long, pytest.mark.workflow]
MANY, TRAINING, FEATURES, CLASSES = 100_000, 600, 8, 5


@pytest.fixture(scope="module")
def many(root, tmp_path_factory):
    """The results of a run on clouds of vectors, one for each class."""
    folder, draw = tmp_path_factory.mktemp("many"), np.random.default_rng(0)
    middles = draw.normal(size=(CLASSES, FEATURES)) * 1.5
    labels = {"train": draw.integers(0, CLASSES, TRAINING), "test": draw.integers(0, CLASSES, MANY)}
    arrays = {f"y_{split}": own for split, own in labels.items()}
    arrays |= {f"x_{split}": middles[own] + draw.normal(size=(len(own), FEATURES)) for split, own in labels.items()}
    np.savez(folder / "vectors.npz", **arrays)
    config = {
        "run": "many",
        "dataset": {"path": str(folder / "vectors.npz"), "reader": "features"},
        "chunk_size": 20_000,
    }
    (folder / "many.yaml").write_text(yaml.safe_dump(config))
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "-s",
        str(root / "Snakefile"),
        "--cores",
        "2",
        "--configfile",
        "many.yaml",
    ]
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    print(f"\n{MANY:,} samples: {time.perf_counter() - began:.0f} s to the report")
    return folder / "results/many"


@pytest.fixture
def opened(many):
    """Opens a page of the run; gives the page and what it complained of and asked for."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not (executable := browser.executable()):
        pytest.skip("no Chromium here: tools/install-debian-packages.sh installs it on Debian")
    with playwright.sync_playwright() as own:
        chromium = own.chromium.launch(executable_path=executable, args=["--no-sandbox"])

        def opened(path):
            page, complaints, outside = chromium.new_page(), [], []
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda each: outside.append(each.url) if each.url.startswith("http") else None)
            began = time.perf_counter()
            page.goto(path.as_uri())
            print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, loaded in {time.perf_counter() - began:.1f} s")
            return page, complaints, outside

        yield opened
        chromium.close()


def test_the_report_opens_and_its_numbers_are_those_of_the_tables(many, opened):
    page, complaints, outside = opened(many / "report.html")
    assert (complaints, outside) == ([], [])
    margins = tables.read(many / "features/original/test.parquet", ["margin", "label", "predicted"])
    accuracy = (margins["label"] == margins["predicted"]).mean()
    assert f"{100 * accuracy:.1f} %" in page.inner_text("body")
    assert (many / "report.html").stat().st_size < 20e6
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_explorer_of_that_run_holds_all_of_them(many, opened):
    page, complaints, outside = opened(many / "explorer/index.html")
    page.wait_for_function("document.getElementById('listed').textContent.includes('listed')", timeout=60_000)
    assert f"{MANY:,} listed" in page.inner_text("#listed") or f"{MANY} listed" in page.inner_text("#listed")
    assert (complaints, outside) == ([], [])
