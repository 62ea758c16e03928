"""Two runs side by side: the same images are found whatever their order, and ranks are compared, not distances."""

import numpy as np
import pandas as pd
import pytest

from phiscope.datasets.prepared import open_prepared, save_arrays
from phiscope.errors import DataError
from phiscope.explorer.compare import CHANGES, compare
from phiscope.explorer.matching import ComparedRun, matched, with_distances

CLASSES = ["ant", "bee", "cat"]


def run(folder, images, numbers, labels, predicted, margins, *, classes=CLASSES, name="one"):
    """A run whose split holds these images under these numbers, in another order."""
    order = np.random.default_rng(1).permutation(len(images))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    save_arrays(images[order], np.array(labels)[order], np.array(numbers)[order], classes, path)
    rows = pd.DataFrame({"sample": numbers, "label": labels, "predicted": predicted, "margin": margins, "file": None})
    rows = rows.assign(confidence=0.9, hull_distance=np.nan).sort_values("sample", ignore_index=True)
    return ComparedRun(name, rows, open_prepared(path))


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 255, (5, 1, 4, 4), dtype=np.uint8)


def values(explored, name):
    return explored.column(name).values


def test_images_are_matched_by_their_pixels(tmp_path, images):
    first = run(tmp_path, images, [0, 1, 2, 3, 4], [0, 1, 2, 0, 1], [0, 1, 2, 1, 2], [5.0, 4, 3, 2, 1])
    other = images[[4, 2, 0]].astype(np.float32) / 255
    second = run(tmp_path, other, [7, 8, 9], [1, 2, 0], [1, 0, 0], [30.0, 20, 10], name="two")
    explored = compare(first, second)
    assert values(explored, "sample").tolist() == [0, 2, 4]
    assert values(explored, "B_sample").tolist() == [9, 8, 7]
    changes = [CHANGES[code] for code in values(explored, "change")]
    assert changes == ["both right", "A right, B wrong", "A wrong, B right"]
    assert values(explored, "outcome").tolist() == [0, 1, 1]
    # Ranks among the three: largest to smallest in A, the other way round in B.
    assert np.allclose(values(explored, "A_margin_rank"), [500 / 6, 50, 100 / 6])
    assert np.allclose(values(explored, "margin_rank_change"), [-400 / 6, 0, 400 / 6])
    assert {question.key: question.rows.tolist() for question in explored.questions} == {
        "flips": [2, 1], "lost": [1], "gained": [2], "margin": [0, 2],
    }  # fmt: skip
    assert "Distances of two networks do not compare" in explored.note
    assert "3 samples that both runs have (of 5 in A, one, and 3 in B, two)" in explored.note
    assert not {"A_hull_distance", "hull_distance_rank_change"} & {column.name for column in explored.columns}


def test_equal_images_of_one_run_are_told_apart_by_their_order(tmp_path, images):
    doubled = images[[0, 0, 1]]
    first = run(tmp_path, doubled, [0, 1, 2], [0, 0, 1], [0, 0, 1], [1.0, 2, 3])
    second = run(tmp_path, doubled, [5, 6, 7], [0, 0, 1], [0, 0, 1], [1.0, 2, 3], name="two")
    assert matched(first, second)[0].tolist() == [[0, 0], [1, 1], [2, 2]]


def test_classes_are_compared_by_name(tmp_path, images):
    first = run(tmp_path, images[:2], [0, 1], [0, 1], [0, 1], [1.0, 2])
    turned = run(tmp_path, images[:2], [0, 1], [2, 1], [2, 1], [1.0, 2], classes=CLASSES[::-1], name="two")
    assert values(compare(first, turned), "outcome").tolist() == [0, 0]


def test_runs_on_other_images_are_refused(tmp_path, images):
    first = run(tmp_path, images[:2], [0, 1], [0, 1], [0, 1], [1.0, 2])
    second = run(tmp_path, images[2:4], [0, 1], [0, 1], [0, 1], [1.0, 2], name="two")
    with pytest.raises(DataError, match="one and two have no test sample in common"):
        compare(first, second)


def test_a_run_without_labels_has_nothing_right_or_wrong(tmp_path, images):
    first = run(tmp_path, images[:2], [0, 1], [0, 1], [0, 2], [1.0, 2])
    second = run(tmp_path, images[:2], [0, 1], [-1, -1], [0, 1], [1.0, 2], name="two")
    explored = compare(first, second)
    assert not {CHANGES[code] for code in values(explored, "change")} & set(CHANGES[:5])
    assert not {"lost", "gained"} & {question.key for question in explored.questions if len(question.rows)}


def test_samples_that_touch_the_hull_have_one_rank(tmp_path):
    """What a solver leaves of their distance is a tolerance, and no order."""
    located = pd.DataFrame({"sample": [0, 1, 2], "label": 0, "predicted": 0, "margin": [1.0, 2, 3]})
    hulls = pd.DataFrame({"view": "original", "space": "feature", "sample": [0, 1, 2], "distance": [3e-8, 1e-8, 0.5],
                          "position": ["within_tolerance", "within_tolerance", "outside"]})  # fmt: skip
    assert with_distances(located, hulls)["hull_distance"].tolist() == [0, 0, 0.5]
