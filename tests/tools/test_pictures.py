"""Pictures of the documentation: drawn by the library, and copies of figures that are small."""

import numpy as np
import pytest
from PIL import Image

from phiscope.geometry import hull, margin
from tests.conftest import ROOT
from tools.__main__ import main
from tools.pictures.reading import SAMPLES, draw_certificate, draw_noise, toy, write


def written_in(figure):
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_every_picture_of_the_page_on_margin_and_hull_is_drawn(tmp_path):
    write(tmp_path)
    page = (ROOT / "docs/reading.md").read_text(encoding="utf-8")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 5
    assert all(f"(pictures/{name})" in page and (ROOT / "docs/pictures" / name).is_file() for name in names)


def test_the_four_samples_are_what_the_page_says_of_them():
    known, points = toy(), np.array(list(SAMPLES.values()))
    near = dict(zip(SAMPLES, margin.closest_flip(points, known.weight, known.bias).distance))
    far = dict(zip(SAMPLES, hull.project(points, known.features).distance))
    assert near["B"] < 0.1 < 1 < near["A"] < near["C"]
    assert near["D"] < 0.1
    assert far["A"] == pytest.approx(0, abs=1e-6)
    assert far["D"] == pytest.approx(0, abs=1e-6)
    assert 0.3 < far["B"] < far["C"]


def test_the_bound_that_the_page_speaks_of_is_one_hundredth_below_the_distance():
    said = written_in(draw_certificate(toy()))
    lower, true = float(said.split(" = ")[2].split()[0]), float(said.split("true distance ")[1].split()[0])
    assert true - 0.015 < lower < true
    projected = hull.project(np.array([SAMPLES["C"]]), toy().features)
    assert true == pytest.approx(projected.distance[0], abs=5e-4)


def test_one_of_the_samples_beside_the_hull_is_within_the_noise():
    said = written_in(draw_noise(toy()))
    assert "outside\n" in said
    assert "within_noise\n" in said


def test_figures_of_runs_are_copied_small_and_the_first_run_counts(tmp_path):
    for run, shade in (("a", 0), ("b", 255)):
        (tmp_path / run / "figures").mkdir(parents=True)
        Image.new("RGB", (1700, 900), (shade,) * 3).save(tmp_path / run / "figures/plane.png")
    Image.new("RGB", (300, 90)).save(tmp_path / "b/figures/sample-7.png")
    runs = [str(tmp_path / run) for run in ("a", "b")]
    assert main(["pictures", "--output", str(tmp_path / "out"), "gallery", *runs]) == 0
    copied = {path.name: Image.open(path) for path in (tmp_path / "out/gallery").iterdir()}
    assert {name: image.size for name, image in copied.items()} == {"plane.png": (800, 424), "sample.png": (300, 90)}
    assert copied["plane.png"].convert("L").getpixel((0, 0)) == 0


def test_a_folder_without_figures_is_said(tmp_path, capsys):
    assert main(["pictures", "--output", str(tmp_path / "out"), "gallery", str(tmp_path)]) == 2
    assert "figures: there is no picture" in capsys.readouterr().err
