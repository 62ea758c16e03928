"""Pages of several runs of images as functions, and of the published table as far as it has been fitted."""

import numpy as np
import pandas as pd
import pytest

from phiscope import tables
from phiscope.errors import DataError
from phiscope.experiments.implicit.fits import COLUMNS, Options, draw
from phiscope.experiments.implicit.kept import KeptFits
from phiscope.experiments.implicit.settings import Setting
from phiscope.implicit.fit import Schedule
from phiscope.implicit.images import pink_noise
from phiscope.implicit.networks import Network
from tools.pages import implicit, published, write

OPTIONS = Options(Network(width=8, depth=2), Schedule(10), seeds=(0,), training="grid", seed=0)
ABOUT = {"commit": "c0ffee", "seed": 0, "python": "3.11", "packages": {"numpy": "2.4"}}


def images(group: str, side: int, count: int = 4) -> dict[str, np.ndarray]:
    return {f"{group}/{i:02d}.png": pink_noise((side, side), 1, seed=i, exponent=0.5 + i / 4) for i in range(count)}


def rows(drawn, *settings: Setting, kept: KeptFits | None = None) -> pd.DataFrame:
    return pd.DataFrame([each.row for each in draw(drawn, settings, OPTIONS, kept=kept)])[list(COLUMNS)]


@pytest.fixture
def two_runs(tmp_path):
    settings = [Setting("mlp", "gaussian", k=4, sigma=s, learning_rate=0.05) for s in (1.0, 4.0)]
    for name, group, side in (("first", "natural", 8), ("second", "natural-16", 16)):
        (tmp_path / name / "tables").mkdir(parents=True)
        found = rows(images(group, side), Setting("mlp", "basic", learning_rate=0.05), *settings)
        tables.write(found, "implicit", tmp_path / name / "tables/implicit.parquet", ABOUT)
    return tmp_path


def test_runs_are_told_together_with_every_picture_once(two_runs):
    page = write("together", two_runs / "first", "on a clock", two_runs / "docs", [two_runs / "second"]).read_text()
    assert page.startswith("# first, second: together\n\non a clock\n")
    assert "Within one encoding and one kind of image" in page
    assert "| second | PSNR (heldout) and sum of magnitudes |" in page
    overall = next(
        line for line in page.splitlines() if "with sum of magnitudes, MLP, within encoding and kind |" in line
    )
    assert overall.endswith("| 4 |")  # pictures, in two sizes
    assert (two_runs / "docs/first-together-implicit_within.png").exists()


def test_what_is_not_there_and_what_takes_no_others_is_said(two_runs):
    with pytest.raises(DataError, match="there is no such folder"):
        write("together", two_runs / "first", "", two_runs / "docs", [two_runs / "third"])
    with pytest.raises(DataError, match="it is of one run"):
        write("implicit", two_runs / "first", "", two_runs / "docs", [two_runs / "second"])


def test_the_published_table_stands_beside_finished_images_and_kept_fits(tmp_path):
    folder = tmp_path / "published/chunks/implicit"
    folder.mkdir(parents=True)
    settings = [Setting("mlp", name, learning_rate=0.05) for name in ("none", "basic")]
    settings += [Setting("mlp", name, k=4, sigma=2.0, learning_rate=0.05) for name in ("positional", "gaussian")]
    done = rows(images("natural", 8, 1), *settings)
    tables.write(done, "implicit", folder / "0000000-0000001.parquet", ABOUT)
    rows(images("text", 8, 1), settings[0], kept=KeptFits(folder / "0000016-0000017.fits", least_seconds=0.0))
    page = write("published", tmp_path / "published", "so far", tmp_path / "docs").read_text()
    assert "5 fits so far, of 128." in page
    reached = done.set_index("encoding")["psnr_between"]
    line = next(line for line in page.splitlines() if line.startswith("| natural/00.png | "))
    assert f"| {reached['none']:.2f} | {reached['basic']:.2f} |" in line
    text = next(line for line in page.splitlines() if line.startswith("| text/00.png | "))
    assert text.count("–") == 4  # three encodings and the order are not there yet
    assert "| published, mean ± deviation of 16 | 19.32 ± 2.48 |" in page
    assert len(published.fitted(tmp_path / "published")) == 5
    with pytest.raises(DataError, match="nothing lies at chunks/implicit"):
        published.fitted(tmp_path / "docs")


def test_sparse_models_of_some_pixels_are_told_by_group_and_basis():
    settings = [Setting("basis_pursuit", "dct"), Setting("basis_pursuit", "dct+haar")]
    found = rows(images("natural", 8), *settings)
    lines = list(implicit.sparse(found))
    mean = found[found["encoding"] == "dct"]["psnr_heldout"].mean()
    assert any(line.startswith(f"| basis pursuit | natural | DCT | {mean:.2f} dB | ") for line in lines)
    assert sum("DCT and Haar" in line for line in lines) == 1
    assert list(implicit.sparse(found.assign(model="mlp"))) == []


def test_networks_on_bases_are_told_by_group_and_pixels():
    about = {"group": "natural", "measure": "psnr_all", "ci_low": 29.0, "ci_high": 32.0, "n": 4}
    frame = pd.DataFrame([about | {"encoding": name, "value": value} for name, value in (("dct", 30.5), ("haar", 31))])
    lines = list(implicit.networks(frame))
    assert "| natural | all pixels, all fitted | 30.50 [29.00, 32.00] | 31.00 [29.00, 32.00] | 4 |" in lines
    assert list(implicit.networks(frame.head(0))) == []
