"""Single samples."""

import numpy as np
import pandas as pd

from phiscope.report.page import render
from phiscope.report.sections.samples import SamplePage
from tests.report.reading import Parsed


def test_table_1_marks_own_and_closest_class(full):
    page = Parsed(render(full))
    assert "labelled ant, taken for bee" in page.words
    assert "holds 437 training and 69 other test samples" in page.words
    cells = [attrs.get("class") for tag, attrs in page.tags if tag == "td"]
    assert "closest" in cells
    assert "own" in cells


def test_a_sample_is_told_by_names_of_classes():
    who = {"sample": [7, 9], "label": [0, 1], "predicted": [1, 1], "margin": [2.5, 1.0], "distance": [0.5, 0.25]}
    frames = {
        "standing": pd.DataFrame(who | {"closest_class": [0, -1]}),
        "balls": pd.DataFrame({"sample": [9, 7], "train_inside": [1, 437], "test_inside": [2, 69]}),
        "margins": pd.DataFrame({"sample": [7, 7, 9], "other_class": [0, 2, 0], "margin": [2.5, 4.0, np.nan]}),
        "samples": pd.DataFrame({"sample": [9, 7], "file": [None, "ant/7.png"]}),
    }
    assert SamplePage.of(7, frames, ["ant", "bee", "cow"]) == SamplePage(
        7, "ant", "bee", "ant", 2.5, 0.5, {"ant": 2.5, "cow": 4.0}, (437, 69), "ant/7.png"
    )
    frames["standing"]["label"] = -1
    assert SamplePage.of(7, frames, ["ant", "bee", "cow"]).heading == "without a label, taken for bee"
    nameless = SamplePage.of(9, frames, ["ant", "bee", "cow"])
    assert (nameless.closest, nameless.file) == ("none", None)


def test_of_many_classes_the_closest_are_shown():
    count = 50
    frames = {
        "standing": pd.DataFrame({"sample": [7], "label": [0], "predicted": [0], "margin": [1.0], "distance": [0.5]}),
        "balls": pd.DataFrame({"sample": [7], "train_inside": [1], "test_inside": [2]}),
        "margins": pd.DataFrame({"sample": 7, "other_class": range(1, count), "margin": np.arange(count - 1)[::-1]}),
        "samples": pd.DataFrame({"sample": [7], "file": [None]}),
    }
    frames["standing"]["closest_class"] = count - 1
    page = SamplePage.of(7, frames, [f"c{k}" for k in range(count)])
    assert list(page.margins) == [f"c{k}" for k in range(count - 1, count - 11, -1)]
    assert page.others == count - 1 - 10
