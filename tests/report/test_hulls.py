"""What the sections about hulls make of their frames."""

import numpy as np
import pandas as pd

from phiscope import stats
from phiscope.exhibits.run import Run
from phiscope.report.sections import dimension, questions, which_hull
from phiscope.stats.intervals import Resampling


def test_shares_of_every_view_and_what_is_unknown_has_no_column():
    standing = pd.DataFrame(
        {"view": ["noise"] * 10 + ["original"] * 20, "split": "test", "sample": np.r_[np.arange(10), np.arange(20)],
         "position": ["outside"] * 25 + ["within_noise"] * 5, "own_position": "outside", "distance": 1.0,
         "own_distance": 2.0, "other_distance": [1.5] * 20 + [3.0] * 10, "p_value": np.nan, "own_p_value": np.nan}
    )  # fmt: skip
    summary = stats.hull_summary(standing, Resampling(100))
    left_out = pd.DataFrame({"hull_of": ["all", "all", "class"]})
    found = which_hull.data(Run({"hull_summary": summary, "leave_one_out": left_out}.get, {}))
    assert [row[:2] for row in found.rows] == [("original", 20), ("noise", 10)]
    assert found.columns == ["outside", "own_outside", "nearer_other", "own_distance", "other_distance"]
    assert (found.original["outside"].text, found.original["nearer_other"].text) == ("75.0 %", "50.0 %")
    assert found.left_out == (2, 1)
    assert which_hull.data(Run({}.get, {})) is None


def test_the_number_of_directions_from_which_on_most_are_outside():
    rows = pd.DataFrame({"space": "feature", "k": [8, 2, 4], "outside": [0.9, 0.1, 0.6], "n": 10, "vertices": 20})
    frame = pd.concat([rows, rows.assign(space="latent", outside=0.2)]).assign(outside_low=0.0, outside_high=1.0)
    found = dimension.data(Run({"dimension": frame}.get, {}))
    assert [(place[0], place[1].text) for place in found["feature"][:3]] == [
        (2, "10.0 %"),
        (4, "60.0 %"),
        (8, "90.0 %"),
    ]
    assert found["latent"].half is None
    assert dimension.data(Run({}.get, {})) is None


def test_the_detector_with_the_largest_area_and_its_differences():
    values = {"knn": 0.8, "hull": 0.7, "energy": 0.9}
    rows = [
        {"question": "error", "view": "original", "detector": name, "measure": measure, "value": value, "ci_low": value,
         "ci_high": value, "against": against, "difference": value - values[against], "difference_low": 0.01,
         "difference_high": 0.3, "n": 5, "n_genuine": 95}
        for name, value in values.items() for measure in ("area", "fpr95") for against in ("hull", "knn")
    ]  # fmt: skip
    (answer,) = questions.data(Run({"detector_questions": pd.DataFrame(rows)}.get, {}))
    assert (answer.question, answer.n, answer.others, answer.best) == ("wrong predictions", 5, 95, "energy")
    assert answer.area.text == "0.9" or answer.area.text == "0.900"
    assert answer.rate.text == "90.0 %"
    assert answer.differences == {"hull distance": "+0.200 [+0.010, +0.300]", "KNN": "+0.100 [+0.010, +0.300]"}
    assert questions.data(Run({"detector_questions": pd.DataFrame(rows)[:0]}.get, {})) is None
