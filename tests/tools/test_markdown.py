"""Pages of docs/results are written from frames: what is measured stands there, and a dash where nothing was."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from phiscope import figures
from tools.pages import denoising, implicit, markdown


def test_pictures_are_copied_small_and_absent_ones_left_out(tmp_path):
    (tmp_path / "run/figures").mkdir(parents=True)
    Image.new("RGB", (3 * markdown.WIDTH, 30), "red").save(tmp_path / "run/figures/plane.png")
    lines = markdown.pictures(tmp_path / "run", tmp_path, ["plane", "slice"])
    assert lines == ["![plane](run-plane.png)", "", f"*{figures.about('plane').caption}*", ""]
    with Image.open(tmp_path / "run-plane.png") as copied:
        assert copied.size == (markdown.WIDTH, 10)
        assert copied.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_the_best_method_stands_first_and_views_without_a_second_hull_have_a_dash():
    about = {"dataset": "BSD68", "noise": "gaussian", "level": 0.1, "n": 68, "psnr_noisy": 20.5, "ssim": 0.8}
    rows = [
        about | {"method": "tv", "psnr": 27.2, "standard_error": 0.31, "strength": 0.2, "seconds": 0.1},
        about | {"method": "network", "psnr": 28.9, "standard_error": 0.32, "seconds": 0.4, "parameters": 1234},
    ]
    frame = pd.DataFrame(rows).assign(training_noise=[np.nan, "gaussian (0.1)"])
    lines = list(denoising.methods(frame))
    assert "28.90 ± 0.32" in lines[5]
    assert "trained on gaussian (0.1)" in lines[5]
    assert "1,234" in lines[5]
    assert "27.20 ± 0.31" in lines[6]
    assert "trained" not in lines[6]
    assert "| – |" in lines[6]

    known = dict.fromkeys(("accuracy", "margin", "distance"), 0.5)
    ends = {f"{name}_{end}": 0.25 for name in (*known, "processed") for end in ("low", "high")}
    views = pd.DataFrame([{"view": "noise", "n": 1000, "processed": np.nan} | known | ends])
    assert denoising.standing(views)[-1] == (
        "| noise | 1,000 | 0.500 [0.250, 0.250] | 0.500 [0.250, 0.250] | 0.500 [0.250, 0.250] | – |"
    )


@pytest.mark.parametrize(
    ("value", "low", "unit", "told"),
    [(25.566, 24.1, "dB", "25.57 [24.10, 26.00] dB"), (0.1234, np.nan, "correlation", "0.123")],
)
def test_answers_are_told_with_their_unit_and_interval(value, low, unit, told):
    row = {"key": "noise", "question": "Is it?", "quantity": "PSNR", "subject": "DCT", "where": "white noise"}
    frame = pd.DataFrame([row | {"unit": unit, "value": value, "ci_low": low, "ci_high": 26.0, "n": 4}])
    assert f"| PSNR | {told} | 4 |" in list(implicit.answers(frame))
