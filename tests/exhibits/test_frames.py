"""What figures ask for by name is there, and is made of what it says."""

import numpy as np
import pandas as pd
import pytest

from phiscope import figures
from phiscope.exhibits.frames import FRAMES, Run, artifacts_of, frames_of
from phiscope.workflow.artifacts import ARTIFACTS


@pytest.mark.parametrize("kind", figures.FIGURES)
def test_every_frame_of_a_figure_is_made_of_artifacts(kind):
    needed, optional = artifacts_of(kind)
    assert {*needed, *optional} <= ARTIFACTS.keys()
    about = figures.about(kind)
    assert {*about.frames, *about.optional} <= {*FRAMES, *ARTIFACTS}
    assert about.when in figures.WHEN
    assert about.alt != about.caption  # one tells those who see the picture how to read it, the other what there is


def test_every_frame_is_drawn_in_some_figure():
    asked = {name for kind in figures.FIGURES for name in figures.about(kind).frames + figures.about(kind).optional}
    assert FRAMES.keys() <= asked


def test_a_frame_that_is_an_artifact_is_drawn_as_it_is_and_opened_once():
    opened = []

    def open_artifact(name):
        opened.append(name)
        return pd.DataFrame({"name": [name]})

    run = Run(open_artifact, {})
    assert frames_of("pixel_boundary", run)["pixel_boundary"]["name"].item() == "pixel_boundary"
    frames_of("pixel_boundary", run)
    assert opened == ["pixel_boundary"]


def test_main_views_are_chosen():
    standing = pd.DataFrame({"view": ["original", "noise", "hull-pixel"], "split": "test"})
    run = Run({"standing": standing}.get, {"main_views": ["original", "hull-pixel"]})
    assert frames_of("plane", run)["main_standing"]["view"].tolist() == ["original", "hull-pixel"]
    assert len(frames_of("distances_by_view", run)["standing"]) == 3


def test_what_a_run_has_not_is_none():
    logs = {"published/0": pd.DataFrame({"epoch": [0]}), "published/1": pd.DataFrame({"epoch": [0]})}
    run = Run({"encoder_log": logs}.get, {})
    frames = frames_of("latent_training", run)
    assert frames["generator_log"] is None
    assert frames["encoder_logs"]["setting"].tolist() == ["published", "published"]


def test_images_under_each_noise_are_of_the_first_set():
    images = {name: {"clean": np.zeros((1, 2, 2))} for name in ("a-n", "a-m", "b-n")}
    benches = {"a-n": ("a", {"noise": "n"}), "a-m": ("a", {"noise": "m"}), "b-n": ("b", {"noise": "n"})}
    run = Run({"denoised_exhibits": images}.get, {"benches": benches})
    assert [shown["noise"] for shown in frames_of("denoised", run)["denoised_images"]] == ["n", "m"]


def test_a_figure_that_says_too_little_is_refused(tmp_path, monkeypatch):
    (tmp_path / "silent_figure.py").write_text("ALT = 'a picture'\n\ndef draw(standing):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(figures.FIGURES, "silent", "silent_figure")
    with pytest.raises(figures.ConfigError, match="does not say CAPTION"):
        figures.about("silent")
