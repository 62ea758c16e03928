"""What each figure says: its axes, its marks where the numbers are, its words."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Circle

from phiscope import figures
from phiscope.figures.geometry.balls import at_least
from phiscope.figures.geometry.support import shares
from phiscope.figures.style import WRONG


def words(figure) -> str:
    """Every text of a figure, its subfigures included."""
    axes = figure.get_axes()
    texts = [text for ax in axes for text in (*ax.texts, ax.title, ax._left_title, ax._right_title, ax.xaxis.label)]
    ticks = [text for ax in axes for text in (*ax.get_xticklabels(), *ax.get_yticklabels())]
    titles = [part._suptitle for part in (figure, *figure.subfigs) if part._suptitle]
    return "\n".join(text.get_text() for text in (*texts, *ticks, *titles))


def pictures(figure) -> list:
    return [ax for ax in figure.get_axes() if ax.images]


def test_a_contact_sheet_names_classes_and_images(contact_sheet):
    figure = figures.draw("contact_sheet", contact_sheet=contact_sheet)
    (ax,) = figure.axes
    assert len(ax.images) == 3
    assert {"0: ant", "0.png", "1.png", "image 17"} <= set(words(figure).splitlines())
    assert "2 of 3 classes" in words(figure)
    whole = figures.draw("contact_sheet", contact_sheet=contact_sheet.assign(classes=2))
    assert "classes" not in words(whole)
    extents = [image.get_extent() for image in ax.images]
    assert all(bottom > top for _, _, bottom, top in extents)  # the first row of an image is at the top
    assert extents[0][2] - extents[0][3] == pytest.approx(0.8 * (extents[0][1] - extents[0][0]))


def test_distances_has_one_axes_a_view_and_states_the_medians(standing):
    figure = figures.draw("distances", main_standing=standing)
    assert len(figure.axes) == 2
    assert figure.axes[0].get_title(loc="left") == "view: original"
    original = standing[standing["view"] == "original"]
    assert f"median {original['margin'].median():.3g}" in words(figure)
    single = figures.draw("distances", main_standing=original)
    assert len(single.axes) == 1
    assert "view" not in words(single)


def test_distances_histograms_hold_all_samples_on_the_axis(standing):
    margin = np.r_[np.linspace(0.5, 1.5, 399), 100.0]  # one sample far out
    position = ["within_noise"] * 3 + ["outside"] * 397
    original = pd.DataFrame({"margin": margin, "margin_noise": 0.5, "distance": 1.0, "position": position})
    figure = figures.draw("distances", main_standing=original)
    assert "(1 within noise)" in words(figure)  # of margins, the least
    assert "(3 within noise)" in words(figure)
    assert "(1 further out, up to 100)" in words(figure)
    (blue, *_) = [c.get_paths()[0] for c in figure.axes[0].collections]
    assert blue.vertices[:, 0].max() < 10


def test_distances_leaves_out_what_has_no_number(standing):
    standing = standing.assign(margin=np.where(standing["sample"] % 2, np.inf, standing["margin"]))
    standing.loc[standing["sample"] == 4, "distance"] = np.nan
    figures.encode(figures.draw("distances", main_standing=standing), "svg")


def test_distances_by_view_has_a_line_a_view_and_the_medians(standing):
    original = standing[standing["view"] == "original"]
    attacked = original.assign(view="attacked", margin=1e-4, distance=0.5)
    figure = figures.draw("distances_by_view", standing=pd.concat([attacked, original]))
    (ax,) = figure.axes
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["original", "attacked"]
    assert ax.get_xscale() == "log"
    strokes = strokes_of(ax)
    assert strokes == pytest.approx([original["margin"].median(), original["distance"].median(), 1e-4, 0.5])
    assert "0 % of 40" in words(figure)  # attacked: a boundary is closer, always


def strokes_of(ax) -> list[float]:
    return [line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1]


def test_distances_by_view_has_a_third_stroke_where_there_is_a_processed_hull(standing):
    attacked, original = standing.assign(view="attacked", processed=1.5), standing.assign(processed=np.nan)
    original = original[original["view"] == "original"]
    (ax,) = figures.draw("distances_by_view", standing=pd.concat([attacked, original])).axes
    assert len(strokes_of(ax)) == 5
    assert strokes_of(ax)[-1] == 1.5


def test_distances_by_view_keeps_what_is_at_zero_or_unbounded(standing):
    standing = standing.assign(distance=0.0, margin=np.where(standing["sample"] % 2, np.inf, standing["margin"]))
    figures.encode(figures.draw("distances_by_view", standing=standing), "svg")
    assert "100 % of 40" in words(figures.draw("distances_by_view", standing=standing))


def test_plane_marks_wrong_predictions_and_counts_sides(standing):
    original = standing[standing["view"] == "original"]
    figure = figures.draw("plane", main_standing=original)
    (ax,) = figure.axes
    crosses = [c for c in ax.collections if np.allclose(c.get_edgecolor()[0][:3], (194 / 255, 38 / 255, 107 / 255))]
    wrong = original[~original["correct"]]
    assert WRONG == "#c2266b"
    assert np.allclose(crosses[0].get_offsets(), wrong[["distance", "margin"]])
    share = (original["distance"] < original["margin"]).mean()
    assert f"{100 * share:.1f} % of 40 samples" in words(figure)


def test_plane_counts_a_sample_without_boundary_as_closer_to_the_hull():
    frame = pd.DataFrame({"label": 0, "margin": [np.inf, 1.0], "distance": [1.0, 2.0], "correct": [True, True]})
    assert "50.0 % of 2 samples" in words(figures.draw("plane", main_standing=frame))


def test_plane_is_not_squeezed_by_what_lies_far_out(rng):
    """One sample far from the hull and one far from a boundary stay off the axes, and are counted in words."""
    places = {"margin": np.r_[rng.uniform(1, 2, 198), 1.0, 50.0], "distance": np.r_[rng.uniform(0, 1, 198), 29.0, 0.5]}
    frame = pd.DataFrame(places | {"label": 0, "correct": True})
    figure = figures.draw("plane", main_standing=frame)
    (ax,) = figure.axes
    assert ax.get_xlim()[1] < 2
    assert ax.get_ylim()[1] < 4
    assert "2 further out, not shown:\nup to 29 from the hull, 50 from a boundary" in words(figure)
    assert "of 200 samples" in words(figure)
    near = figures.draw("plane", main_standing=frame.iloc[:198])
    assert "further out" not in words(near)


def test_training_margins_tell_right_from_wrong(rng):
    frame = pd.DataFrame({"label": [0] * 30, "margin": rng.uniform(0, 2, 30), "correct": [True] * 20 + [False] * 10})
    figure = figures.draw("training_margins", training_standing=frame)
    assert len(figure.axes) == 2
    assert "right: 20" in words(figure)
    assert "wrong: 10" in words(figure)
    alone = figures.draw("training_margins", training_standing=frame.assign(label=-1, correct=False))
    assert len(alone.axes) == 1
    assert "without a label: 30" in words(alone)


def test_without_a_hull_no_figure_speaks_of_one(standing):
    bare = standing.assign(distance=np.nan, ambiguity=np.nan)
    for name, frame in (("distances", "main_standing"), ("distances_by_view", "standing")):
        figure = figures.draw(name, **{frame: bare})
        figures.encode(figure, "svg")
        assert "hull closer" not in words(figure)
        assert "to the hull" not in words(figure)


def test_plane_takes_no_sample_without_a_label_for_wrong():
    places = {"margin": [1.0, 2.0, 3.0], "distance": [1.0, 1.0, 1.0]}
    frame = pd.DataFrame(places | {"label": [-1, 0, 1], "correct": [False, False, True]})
    assert "× wrong prediction (1)" in words(figures.draw("plane", main_standing=frame))


@pytest.mark.parametrize(("name", "frame"), [("accuracy", "main_accuracy"), ("support", "main_support")])
def test_what_compares_with_labels_says_that_there_are_none(name, frame):
    further = {"class_count": 3} if name == "accuracy" else {}
    (text,) = figures.draw(name, **{frame: pd.DataFrame({"space": []})}, **further).texts
    assert text.get_text() == "There are no labels to compare with."


def test_ambiguity_does_not_mark_what_has_no_label(gallery):
    gallery.loc[0, "label_name"] = "no label"
    first = pictures(figures.draw("ambiguity", ambiguity_gallery=gallery))[0]
    assert first.get_xlabel() == "no label\n→ bee\n−1.50 (#10)"
    assert first.xaxis.label.get_color() != WRONG


def test_plane_draws_a_crowd_as_density(rng):
    places = {"margin": rng.uniform(1, 2, 2000), "distance": rng.uniform(0, 1, 2000)}
    frame = pd.DataFrame(places | {"label": 0, "correct": True})
    (ax,) = figures.draw("plane", main_standing=frame).axes
    assert int(ax.collections[0].get_array().sum()) == 2000


def test_ambiguity_shows_every_image_with_its_caption(gallery):
    figure = figures.draw("ambiguity", ambiguity_gallery=gallery)
    shown = pictures(figure)
    assert len(shown) == len(gallery)
    assert np.allclose(shown[0].images[0].get_array(), np.reshape(gallery["image"][0], (4, 5)))
    assert shown[0].get_xlabel() == "ant\n→ bee\n−1.50 (#10)"
    assert shown[0].xaxis.label.get_color() == WRONG
    assert shown[1].xaxis.label.get_color() != WRONG


def test_accuracy_draws_before_and_after_and_chance(projection_accuracy):
    figure = figures.draw("accuracy", main_accuracy=projection_accuracy, class_count=3)
    (ax,) = figure.axes
    places = [tuple(c.get_offsets()[0]) for c in ax.collections]
    assert places == [(0.9, 0), (0.9, 0), (0.88, 1), (0.34, 1)]
    for text in ("90.0 % → 90.0 %", "before 88.0 %", "after 34.0 %", "chance, 33.3 %", "30 of 50 change class"):
        assert text in words(figure)


def test_support_counts_three_ways(support_shares):
    feature = support_shares[support_shares["space"] == "feature"]
    assert shares(feature) == (4 / 5, 0.5, 0.5)
    figure = figures.draw("support", main_support=support_shares)
    widths = sorted(round(bar.get_width(), 3) for bar in figure.axes[2].patches)
    assert widths == [0.2, 0.2, 0.5, 0.5, 0.5, 0.8]


def test_at_least_counts_empty_balls_in_the_denominator():
    counts, share = at_least(np.array([0, 0, 1, 1, 5]))
    assert counts.tolist() == [1, 5]
    assert np.allclose(share, [3 / 5, 1 / 5])
    assert at_least(np.zeros(3))[0].size == 0


def test_balls_states_shares_and_has_one_panel_a_split(balls):
    figure = figures.draw("balls", main_balls=balls)
    assert len(figure.axes) == 3
    for split, rows in balls.groupby("split"):
        assert f"{split}: {100 * (rows['train_inside'] > 0).mean():.1f} % hold some" in words(figure)
        assert f"{split}: at most {rows['train_inside'].max()}" in words(figure)


@pytest.mark.parametrize("most", [0, 1, 5000])
def test_balls_draws_crowds_with_and_without_content(rng, most):
    frame = pd.DataFrame({"split": "test", "radius": rng.uniform(size=4000), "test_inside": 0})
    frame["train_inside"] = rng.integers(0, most + 1, 4000)
    figure = figures.draw("balls", main_balls=frame)
    cells = figure.axes[1].collections[0].get_array()
    assert cells.count() > 0
    figures.encode(figure, "svg")


def test_slice_draws_the_ball_with_its_radius(plane_slice):
    figure = figures.draw("slice", **plane_slice)
    (ax,) = figure.axes
    (ball,) = [patch for patch in ax.patches if isinstance(patch, Circle)]
    assert tuple(ball.center) == (0, 0)
    assert ball.radius == 1.0
    assert ax.get_aspect() == 1.0
    for text in ("sample: ant", "bee (1)", "cow (2)", "hull (0.5)", "outside\nthe domain"):
        assert text in words(figure)


def test_slice_writes_the_distance_it_is_told(plane_slice):
    points = plane_slice["slice_points"].assign(distance=[np.nan, 7.25, np.nan, np.nan, np.nan])
    text = words(figures.draw("slice", slice_grid=plane_slice["slice_grid"], slice_points=points))
    assert "bee (7.25)" in text
    assert "cow (2)" in text


def test_slice_boundaries_lie_between_the_classes(plane_slice):
    (ax,) = figures.draw("slice", **plane_slice).axes
    lines = [path.vertices for c in ax.collections if hasattr(c, "levels") for path in c.get_paths()]
    ends = np.concatenate(lines)
    # `bee` begins right of u = 1 on a grid of 0.1: its border runs at 1.05 while it is below `cow`.
    border = ends[(np.abs(ends[:, 0] - 1.05) < 0.2) & (ends[:, 1] > -1.5) & (ends[:, 1] < 1.5)]
    assert len(border) > 10
    assert np.allclose(border[:, 0], 1.05, atol=0.02)


def test_human_states_correlations_at_their_place(standing, agreement):
    standing = standing[standing["view"] == "original"].assign(entropy=0.5)
    figure = figures.draw("human", human_standing=standing, agreement=agreement)
    assert np.allclose(figure.axes[1].collections[1].get_offsets(), [(0.41, 0), (0.38, 1)])
    assert "+0.41" in words(figure)
    assert "ambiguity indicator" in words(figure)


def test_class_margins_shows_medians_and_leaves_gaps(class_pairs):
    figure = figures.draw("class_margins", class_pairs=class_pairs, classes=["ant", "bee", "cow"])
    cells = figure.axes[0].collections[0].get_array().reshape(3, 3)
    assert cells[0, 1] == 2.0
    assert cells[0, 2] == 5.0
    assert np.ma.getmaskarray(cells)[[0, 1, 2, 1], [0, 1, 2, 2]].all()


def test_sample_shows_image_vectors_and_supports(page):
    figure = figures.draw("sample", sample_page=page)
    # Image, three vectors, projection, its difference, two changes; 3 and 8 support images.
    colour_bars = 2
    assert len(pictures(figure)) == 8 + 3 + 8
    assert len([ax for ax in figure.get_axes() if ax.get_label() == "<colorbar>"]) == colour_bars
    for text in ("closest flip point\nto cow, 2.55 away", "0.508 away", "3.21 away", "Largest of 12 training images"):
        assert text in words(figure)


def test_sample_vectors_share_one_scale(page):
    vectors = pictures(figures.draw("sample", sample_page=page))[1:4]
    limits = {ax.images[0].get_clim() for ax in vectors}
    assert limits == {(0.0, page["flip_point"].max())}
    assert np.isnan(vectors[0].images[0].get_array().filled(np.nan)).sum() == 4  # 60 features in 8 x 8 squares


def test_sample_does_without_pixel_space_and_without_flip_point(page):
    page |= {"pixel_projection": None, "support_pixel": None, "flip_point": np.full(60, np.nan), "closest": "no class"}
    figure = figures.draw("sample", sample_page=page)
    assert "pixel space" not in words(figure)
    figures.encode(figure, "png", 50)


def test_training_states_the_last_accuracy(log):
    assert "last: 96.9 %" in words(figures.draw("training", classifier_log=log))


def test_roc_shows_successes_of_attacks_and_all_of_foreign_views(roc_curves, detection):
    figure = figures.draw("roc", roc_curves=roc_curves, detection=detection)
    said = words(figure)
    for text in ("pgd (40)", "digits (40)", "0.99996  margin", "0.870  fDBD", "0.600  margin", "1.000  fDBD"):
        assert text in said
    assert "0.900" not in said  # all samples of the attack


def test_detection_by_confidence_draws_values_against_confidence(by_confidence):
    figure = figures.draw("detection_by_confidence", by_confidence=by_confidence)
    lines = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    assert lines["fDBD"] == [[0.0, 0.87], [2.0, 0.87 / 3]]
    assert figure.axes[0].get_xticks().tolist() == [0.0, 2.0]


def test_attack_plane_shows_successes_beside_the_genuine(attack_plane):
    (ax,) = figures.draw("attack_plane", attacked_standing=attack_plane).axes
    genuine, attacked = (points.get_offsets() for points in ax.collections)
    assert (len(genuine), len(attacked)) == (40, 30)
    rows = attack_plane[(attack_plane["view"] == "pgd") & attack_plane["success"].eq(True)]
    assert np.allclose(attacked, rows[["distance", "margin"]])
    share = (rows["margin"] < rows["distance"]).mean()
    assert f"{100 * share:.3g} % of 30: boundary closer" in words(
        figures.draw("attack_plane", attacked_standing=attack_plane)
    )


def test_attack_plane_keeps_a_margin_of_zero_off_the_logarithm(attack_plane):
    figure = figures.draw("attack_plane", attacked_standing=attack_plane.assign(margin=0.0))
    figures.encode(figure, "png", 50)
    assert "100 % of 30" in words(figure)


def test_adversarial_magnifies_the_difference_around_grey(exhibits):
    figure = figures.draw("adversarial", attacked_samples=exhibits)
    image, attacked, change = (ax.images[0].get_array() for ax in pictures(figure))
    assert np.isclose(attacked[0, 0] - image[0, 0], 0.05)
    assert np.isclose(change[0, 0], 1.0)
    assert np.allclose(change[1:], 0.5)
    for text in ("original: ant", "pgd: bee", "difference, 10 times", "2.49", "1.0e−04", "0.640", "gone after 8 bits"):
        assert text in words(figure)


def test_adversarial_says_when_there_was_no_attack():
    figure = figures.draw("adversarial", attacked_samples=[])
    assert "No attack was made" in figure.texts[0].get_text()
    figures.encode(figure, "svg")


def test_hulls_without_labels_or_p_values_leave_a_panel_out_or_say_so(hull_places):
    unlabelled = hull_places.assign(own_distance=np.nan, other_distance=np.nan, own_p_value=np.nan, label=-1)
    (right,) = figures.draw("which_hull", hull_places=unlabelled).axes
    assert right.get_xlabel() == "p-value"
    (left,) = figures.draw("which_hull", hull_places=hull_places.assign(p_value=np.nan, own_p_value=np.nan)).axes
    assert left.get_ylabel() == "distance to the nearest other hull"
    nothing = figures.draw("which_hull", hull_places=unlabelled.assign(p_value=np.nan))
    assert "No hulls of classes" in nothing.texts[0].get_text()


def test_no_question_without_samples_is_said(detector_questions):
    figure = figures.draw("detector_questions", detector_questions=detector_questions.head(0))
    assert "No test sample is known to be wrong" in figure.texts[0].get_text()
