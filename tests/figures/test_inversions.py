"""What the figures about inverted images, paths and edits say."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from phiscope import figures
from phiscope.figures.style import WRONG, class_colours


def words(figure) -> str:
    """Every text of a figure, its subfigures included."""
    texts = [text for ax in figure.get_axes() for text in (*ax.texts, ax.title, ax._left_title, ax.xaxis.label)]
    titles = [part._suptitle for part in (figure, *figure.subfigs) if part._suptitle]
    return "\n".join(text.get_text() for text in (*texts, *titles))


def pictures(figure) -> list:
    return [ax for ax in figure.get_axes() if ax.images]


def test_inverted_says_what_each_image_is(inversion_frames):
    page = inversion_frames["inverted"]["inverted_page"]
    figure = figures.draw("inverted", inverted_page=page)
    assert len(pictures(figure)) == 9
    said = words(figure)
    for text in (
        "2.55 away in Φ, between ant and bee", "pixels moved by 0.400", "13 of 255 levels", "residual 3.1e−07",
        "one change of class on the straight way back", "DeepFool", "pixels moved by 0.050",
    ):  # fmt: skip
        assert text in said
    assert "not reached: residual 3.1e−07" in said
    assert "3 changes of class" in said
    change = pictures(figure)[2].images[0].get_array()
    assert np.allclose(change, 1.0)  # all of it equally large, brighter


def test_inverted_without_a_target_gives_the_reason(inversion_frames):
    page = inversion_frames["inverted"]["inverted_page"]
    page["images"] = [{"kind": "flip", "image": None, "status": "no_target"}]
    figure = figures.draw("inverted", inverted_page=page)
    assert "no image: no target" in words(figure)
    assert len(pictures(figure)) == 1
    empty = figures.draw("inverted", inverted_page=page | {"images": []})
    assert "was not inverted" in empty.texts[0].get_text()


def test_perimeter_puts_each_image_below_its_reference(inversion_frames):
    page = inversion_frames["perimeter"]["perimeter_page"]
    figure = figures.draw("perimeter", perimeter_page=page)
    assert len(pictures(figure)) == 2 + 3 * 2
    for text in ("reference: black", "reference: train image 12", "ant, 4.82\nfrom the reference",
                 "2.55 from the centre", "not reached", "off the ball"):  # fmt: skip
        assert text in words(figure)


def test_morph_has_two_ways_with_the_distance_below_each_step(inversion_frames):
    morph_steps = inversion_frames["morph"]["morph_steps"]
    figure = figures.draw("morph", morph_steps=morph_steps)
    shown = pictures(figure)
    assert len(shown) == 24
    assert shown[0].get_xlabel() == "2.54, ant"
    assert shown[11].get_xlabel() == "0, ant\nnot reached"
    assert [ax.get_xlabel().partition(", ")[2] for ax in shown[12:]].count("bee") == 3
    assert shown[12 + 5].xaxis.label.get_color() == WRONG


def test_path_is_coloured_by_class_and_says_its_length(inversion_frames):
    path = inversion_frames["path"]["sample_path"]
    figure = figures.draw("path", sample_path=path, class_count=3)
    (ax,) = figure.axes
    pixel, feature = (c for c in ax.collections if isinstance(c, LineCollection))
    pieces = np.stack(pixel.get_segments())
    rows = path[path["space"] == "pixel"]
    np.testing.assert_allclose(pieces[:, 0], rows[["along", "across"]][:-1])
    colours = [to_rgb(colour) for colour in pixel.get_colors()]
    expected = [to_rgb(class_colours(3)[label]) for label in rows["class"][:-1]]
    np.testing.assert_allclose(colours, expected)
    assert len(feature.get_segments()) == 10  # every second piece: dashed
    assert "straight in pixel space: 1.57 times" in words(figure)
    assert ax.get_aspect() == 1.0  # distances to both ends are true on paper
    for name in ("ant", "bee"):
        assert f"▬ {name}" in words(figure)
    assert "cow" not in words(figure)


def test_edit_shows_both_sides_the_frame_and_the_numbers(inversion_frames):
    page = inversion_frames["edit"]["edit_page"]
    figure = figures.draw("edit", edit_page=page)
    shown = pictures(figure)
    assert len(shown) == 4
    (outline,) = shown[0].collections
    edges = np.concatenate(outline.get_segments())
    assert len(edges) == 2 * (3 + 4 + 3 + 4)  # around 3 x 4 pixels
    assert (edges.min(0).tolist(), edges.max(0).tolist()) == ([1.5, 0.5], [5.5, 3.5])
    for text in ("before: ant", "after: cow", "0.374", "1.23", "2.14", "0.605", "−1.77", "+0.62", "5.21 apart"):
        assert text in words(figure)


def test_distances_of_images_rise_to_all_samples(inversion_frames):
    inversion_distances = inversion_frames["inversion_distances"]["inversion_distances"]
    figure = figures.draw("inversion_distances", inversion_distances=inversion_distances)
    (ax,) = figure.axes
    assert ax.get_xscale() == "log"
    curves = [line for line in ax.lines if len(line.get_xdata()) > 2]
    assert [line.get_ydata()[-1] for line in curves] == [1.0] * 3
    for text in ("flip point: median 1.10 (21)", "hull projection: median 4.40 (21)", "DeepFool’s image: median 0.550"):
        assert text in words(figure)


@pytest.mark.parametrize("crowd", [False, True])
def test_pixel_boundary_counts_the_order_in_each_space(inversion_frames, crowd, monkeypatch):
    pixel_boundary = inversion_frames["pixel_boundary"]["pixel_boundary"]
    if crowd:
        monkeypatch.setattr("phiscope.figures.inversion.pixel_boundary._CROWD", 10)
    figure = figures.draw("pixel_boundary", pixel_boundary=pixel_boundary)
    said = words(figure)
    assert "feature space\nboundary closer: 2.5 % of 40" in said
    assert "pixel space\nboundary closer: 95.0 % of 40" in said
    assert "at least" in figure.axes[1].get_ylabel()
    figures.encode(figure, "png", 50)


@pytest.mark.parametrize("name", ["inversion_distances", "pixel_boundary"])
def test_without_any_sample_the_figure_says_so(name, frames):
    figure = figures.draw(name, **{name: frames[name][name].head(0)})
    assert figure.texts[0].get_text().startswith("No ")


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("perimeter", {"perimeter_page": None}),
        ("morph", {"morph_steps": None}),
        ("path", {"sample_path": None, "class_count": 3}),
    ],
)
def test_of_a_ball_that_was_left_out_the_figure_says_so(name, frames):
    assert "beyond inversions.budget" in figures.draw(name, **frames).texts[0].get_text()
