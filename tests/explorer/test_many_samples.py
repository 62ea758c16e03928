"""A run of 100,000 vectors, its report and its explorer in a real browser; PHISCOPE_MANY names a finished one."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from phiscope import tables

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("browser")]
TEST, TRAIN, CLASSES, FEATURES = 100_000, 20_000, 10, 8
_RUN = """
run: many
dataset: {path: many.npz, reader: features}
report: {title: A hundred thousand vectors}
"""
_TIMES = "(() => { const own = performance.getEntriesByType('navigation')[0]; return own.loadEventEnd; })()"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Of ten classes that overlap."""
    if finished := os.environ.get("PHISCOPE_MANY"):
        return Path(finished)
    folder, random = tmp_path_factory.mktemp("many"), np.random.default_rng(0)
    centers, arrays = 2.2 * random.normal(size=(CLASSES, FEATURES)), {}
    for split, count in (("train", TRAIN), ("test", TEST)):
        labels = random.integers(0, CLASSES, count)
        vectors = centers[labels] + random.normal(size=(count, FEATURES))
        arrays |= {f"x_{split}": vectors.astype(np.float32), f"y_{split}": labels}
    np.savez(folder / "many.npz", **arrays)
    (folder / "many.yaml").write_text(_RUN)
    done = subprocess.run(
        [sys.executable, "-m", "phiscope", "run", "many.yaml"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder / "results/many"


def margins(results):
    return tables.read(results / "features/original/test.parquet", ["sample", "margin"])


@pytest.mark.parametrize("width", [1200, 390])
def test_the_report_opens_and_leads_into_the_explorer(results, opened, width):
    report = opened(results / "report.html", width=width, ready=False)
    report.until(f"{_TIMES} > 0")
    size, count = (results / "report.html").stat().st_size / 1e6, len(margins(results))
    print(f"\n{count:,} samples, {width} pixels: report of {size:.1f} MB loaded in {report.run(_TIMES):.0f} ms")
    assert f"{count:,}" in report.page.locator("body").inner_text()
    assert report.run("document.documentElement.scrollWidth <= window.innerWidth")
    assert report.run("[...document.images].every((each) => each.complete && each.naturalWidth > 0)")
    link = report.page.locator('a[href^="explorer/index.html#sample="]:visible').first
    number = int(link.get_attribute("href").split("=")[1].split("&")[0])
    link.click()
    report.until("document.querySelector('#sample h2')?.textContent.length > 0")
    assert report.page.locator("#sample h2").inner_text().startswith(f"Test sample {number}")


def test_the_explorer_lists_filters_and_exports_what_the_tables_say(results, opened):
    features = margins(results)
    low, high = (float(f"{edge:.3g}") for edge in features["margin"].quantile([0.5, 0.51]))
    explorer = opened(results / "explorer/index.html", f"#f.margin={low}..{high}&sort=margin")
    explorer.settle()
    timings = explorer.run("phiscope.timings")
    print(f"\nexplorer: ready in {timings['ready']:.0f} ms, filter {timings['filter']:.1f} ms")
    wanted = features[features["margin"].between(low, high)].sort_values("margin")
    explorer.page.locator(".menu summary").click()
    with explorer.page.expect_download() as download:
        explorer.page.click("#export-listed")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert len(wanted) > 0
    assert [int(row["sample"]) for row in rows] == wanted["sample"].tolist()
    assert [float(row["margin"]) for row in rows] == wanted["margin"].tolist()
