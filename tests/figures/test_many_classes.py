"""Figures of as many classes as networks have: what is measured is where labels are drawn, in pixels."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg

from phiscope import figures
from phiscope.figures.geometry.class_order import class_order
from tests.figures.test_uncovered import covered

GROUP = 10  # classes that are close to each other


def apart(count: int) -> np.ndarray:
    """Distances (n, n) of classes in groups, whose numbers are mixed."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(count // GROUP, 4)) * 4
    places = centres[random.permutation(count) % len(centres)] + random.normal(size=(count, 4)) * 0.3
    return np.linalg.norm(places[:, None] - places, axis=2)


def pairs_of(count: int, closest: int | None = None) -> pd.DataFrame:
    distances = apart(count)
    kept = (distances > 0) & (distances.argsort(1).argsort(1) <= (closest or count))
    one, other = np.nonzero(kept)
    return pd.DataFrame({"class": one, "other_class": other, "median_margin": distances[one, other]})


def names_of(count: int) -> list[str]:
    return [f"{'a long name of a class' if k % 3 else 'class'} {k}" for k in range(count)]


def metric_of(count: int) -> dict:
    one, other = (part.ravel() for part in np.indices((count, count)))
    angles = pd.DataFrame({"label": one, "other": other, "angle": 1.0 + 0.001 * one, "confusion": 0.01 + 1e-5 * other})
    errors = pd.DataFrame([(k, step, 0.1 * step) for k in range(count) for step in (0.1, 1.0)])
    return {"latent_metric": angles, "latent_linearity": errors.set_axis(["label", "step", "error"], axis=1)}


CASES = {
    "45 classes": ("class_margins", lambda: {"class_pairs": pairs_of(45)}, 45),
    "100 classes": ("class_margins", lambda: {"class_pairs": pairs_of(100)}, 100),
    "100 classes, 5 closest": ("class_margins", lambda: {"class_pairs": pairs_of(100, 5)}, 100),
    "1,000 classes, 10 closest": ("class_margins", lambda: {"class_pairs": pairs_of(1000, 10)}, 1000),
    "100 classes in latent space": ("latent_metric", lambda: metric_of(100), 100),
}


def overlapping(figure, renderer) -> list[str]:
    """Labels of one axis that lie over each other, and those that the figure cuts off."""
    found, whole = [], figure.bbox
    for ax in figure.axes:
        inside = ax.get_window_extent()
        for axis in (ax.xaxis, ax.yaxis):
            labels = [each for each in axis.get_ticklabels() if each.get_text()]
            boxes = [(each.get_text(), each.get_window_extent(renderer)) for each in labels]
            x = axis is ax.xaxis  # labels of ticks beyond the axis are not drawn
            boxes = [each for each in boxes if _within(each[1], inside, x)]
            found += [
                f"{one[0]!r} lies over {other[0]!r}" for one, other in combinations(boxes, 2) if _meet(one[1], other[1])
            ]
            found += [f"{words!r} is cut off" for words, box in boxes if box.x0 < whole.x0 - 1 or box.y0 < whole.y0 - 1]
    return found


def _within(box, inside, x: bool) -> bool:
    middle = (box.x0 + box.x1) / 2 if x else (box.y0 + box.y1) / 2
    low, high = (inside.x0, inside.x1) if x else (inside.y0, inside.y1)
    return low - 1 <= middle <= high + 1


def _meet(one, other) -> bool:
    beside = one.x1 <= other.x0 + 1 or other.x1 <= one.x0 + 1
    return not (beside or one.y1 <= other.y0 + 1 or other.y1 <= one.y0 + 1)


@pytest.mark.parametrize(
    ("case", "draw"), [(case, figures.draw) for case in CASES] + [("100 classes", figures.draw_narrow)]
)
def test_labels_can_be_read_and_nothing_covers_data(case, draw):
    name, frames, count = CASES[case]
    figure = draw(name, **frames(), classes=names_of(count))
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = overlapping(figure, renderer) + [each for ax in figure.axes for each in covered(ax, renderer)]
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    plt.close(figure)
    assert not found, found[:5]
    assert not legends


def test_labels_over_each_other_are_seen():
    figure, ax = plt.subplots()
    ax.set_xticks(range(60), [f"class {k}" for k in range(60)])
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = overlapping(figure, renderer)
    plt.close(figure)
    assert len(found) > 50


def test_a_file_does_not_grow_by_the_square_of_the_classes():
    sizes = [
        len(figures.encode(figures.draw("class_margins", class_pairs=pairs_of(n), classes=names_of(n))))
        for n in (100, 500)
    ]
    assert max(sizes) < 400_000
    assert sizes[1] < 4 * sizes[0]  # nine times the pairs


def test_neighbours_stand_beside_each_other_and_groups_are_found():
    distances = apart(60)
    distances[distances == 0] = np.nan
    found = class_order(distances)
    assert sorted(found.order) == list(range(60))
    group = np.random.default_rng(0)
    group.normal(size=(6, 4))
    group = group.permutation(60) % 6
    assert (np.diff(group[found.order]) != 0).sum() == 5  # six groups, each in one piece
    assert [size for _, size, _ in found.groups] == [10] * 6
    for first, size, central in found.groups:
        assert central in found.order[first : first + size]


def test_classes_without_any_pair_are_drawn_as_well():
    figure = figures.draw("class_margins", class_pairs=pairs_of(30).query("`class` < 3"), classes=names_of(30))
    assert figure.axes[0].images[0].get_array().shape == (30, 30)
    plt.close(figure)
    none = pairs_of(30).iloc[:0]
    plt.close(figures.draw("class_margins", class_pairs=none, classes=names_of(30)))
