"""Every figure of the registry: it draws, alone and encoded, from full and from tiny frames, and leaves no trace."""

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure

from phiscope import figures
from phiscope.errors import ConfigError, DataError
from phiscope.figures import FIGURES

TINY = [
    *(
        "contact_sheet",
        "training",
        "distances",
        "distances_by_view",
        "plane",
        "ambiguity",
        "accuracy",
        "support",
        "balls",
        "which_hull",
        "dimension",
        "detector_questions",
        "human",
    ),
    *(
        "class_margins",
        "roc",
        "detection_by_confidence",
        "attack_plane",
        "overshoot",
        "attack_front",
        "segment",
        "straight_paths",
        "morph",
        "inversion_distances",
        "pixel_boundary",
        "closest_distances",
        "denoising",
    ),
    *("implicit_k", "implicit_spectrum", "implicit_scale", "implicit_bases", "implicit_pictures", "implicit_waves"),
    *("implicit_decoders", "implicit_within", "implicit_networks", "implicit_rates"),
]


def settings_now() -> dict:
    """The settings apart from the back-end, which matplotlib chooses when it is first asked."""
    return {key: value for key, value in matplotlib.rcParams.items() if key != "backend"}


def test_the_frames_cover_the_registry(frames):
    assert set(frames) == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_touching_global_state(name, frames):
    settings = settings_now()
    figure = figures.draw(name, **frames[name])
    assert isinstance(figure, Figure)
    assert figure.canvas.manager is None  # no window, not known to pyplot
    assert plt.get_fignums() == []
    assert settings_now() == settings


@pytest.mark.parametrize("name", FIGURES)
def test_every_word_lies_within_the_figure(name, frames):
    """Nothing is clipped at the edge: labels, titles and captions stay on the page."""
    figure = figures.draw(name, **frames[name])
    figures.encode(figure, "png", 100)  # lays the figure out
    page, words = figure.bbox, figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    slack = 3  # pixels: antialiasing and the half-widths of markers
    assert words.x0 >= page.x0 - slack
    assert words.x1 <= page.x1 + slack
    assert words.y0 >= page.y0 - slack
    assert words.y1 <= page.y1 + slack


@pytest.mark.parametrize("name", TINY)
def test_one_row_is_enough(name, frames):
    first_rows = {
        key: frame.head(1) if isinstance(frame, pd.DataFrame) else frame for key, frame in frames[name].items()
    }
    figures.encode(figures.draw(name, **first_rows), "svg")


PAGES = {
    "sample",
    "adversarial",
    "inverted",
    "perimeter",
    "edit",
    "denoised",
    "closest",
}  # drawn from mappings, not from frames


@pytest.mark.parametrize("name", sorted(set(FIGURES) - PAGES))
def test_a_missing_column_is_named(name, frames):
    key, frame = next((key, frame) for key, frame in frames[name].items() if isinstance(frame, pd.DataFrame))
    column = {
        "standing": "margin",
        "hull_places": "own_distance",
        "detector_questions": "against",
        "main_standing": "margin",
        "training_standing": "margin",
        "attacked_standing": "margin",
        "ambiguity_gallery": "ambiguity",
        "classifier_log": "val_loss",
        "roc_curves": "true_positive_rate",
        "by_confidence": "value",
        "implicit_by_k": "value",
        "implicit_tuned": "psnr_parseval",
        "implicit_scales": "sigma",
        **{f"{kind}_tiles": "image" for kind in ("batch", "set", "axis", "truncation", "rotation")},
        "sampled_spectra": "rank_of_label" if name == "latent_amplitudes" else "predicted",
        "latent": "value",
        "encoder_logs": "val_accuracy",
        "sample_path": "across",
        "closest_distances": "margin",
    }.get(key)
    column = column or next(c for c in frame if c not in ("view", "key", "sample", "in_train_union"))
    if name == "implicit_pictures":
        column = "encoding"
    if name == "human":
        column = "entropy"
    with pytest.raises(DataError, match=column):
        figures.draw(name, **(frames[name] | {key: frame.drop(columns=column)}))


def test_an_empty_frame_is_refused(standing):
    with pytest.raises(DataError, match="no rows"):
        figures.draw("distances", main_standing=standing.head(0))


def test_an_unknown_figure_gets_the_nearest_name():
    with pytest.raises(ConfigError, match="'plane'"):
        figures.draw("plain")


def test_the_same_figure_is_the_same_file(standing):
    for kind, start in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        first, second = (figures.encode(figures.draw("plane", main_standing=standing), kind) for _ in range(2))
        assert first == second
        assert first.startswith(start)


def test_an_unknown_format_is_refused(log):
    with pytest.raises(ConfigError, match="svg, png"):
        figures.encode(figures.draw("training", classifier_log=log), "gif")


@pytest.mark.parametrize("name", [name for name in FIGURES if figures.about(name).stacks])
def test_panels_stand_below_each_other_on_a_narrow_screen(name, frames):
    wide, narrow = figures.draw(name, **frames[name]), figures.draw_narrow(name, **frames[name])
    assert narrow.get_size_inches()[0] < wide.get_size_inches()[0]
    narrow.draw_without_rendering()
    boxes = [ax.get_window_extent() for ax in narrow.axes if ax.axison and ax.get_label() != "<colorbar>"]
    beside = [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[:place]
        if one.x0 >= other.x1 - 1 and one.y0 < other.y1 and other.y0 < one.y1
    ]
    assert not beside
