"""What the page holds of margins where there are more classes than it has places for."""

import numpy as np
import pandas as pd

from phiscope.explorer import details

ROWS = pd.DataFrame({"view": "original", "sample": [4, 9, 7]})


def margins_of(rank):
    """Of samples 9 and 4 in this order; sample 7 has none."""
    rows = [(9, 70, 2.0), (9, 3, 1.0), (9, 5, np.nan), (4, 80, 0.5), (1, 2, 9.0)]
    frame = pd.DataFrame(rows, columns=["sample", "other_class", "margin"])
    status = np.where(frame["margin"].isna(), "infeasible", "solved")
    return frame.assign(view="original", rank=rank, status=status, others_at_least=[2.5, 2.5, 2.5, 0.75, np.inf])


def test_each_sample_has_its_closest_classes_and_no_places_for_others():
    found, words = details._closest(ROWS, margins_of([2, 1, 0, 1, 1]))
    assert found.ends.tolist() == [0, 1, 4, 4]
    assert found.arrays["class"].tolist() == [80, 3, 70, 5]
    np.testing.assert_array_equal(found.arrays["margin"], [0.5, 1.0, 2.0, np.nan])
    assert [words[code] for code in found.arrays["status"]] == ["solved", "solved", "solved", "infeasible"]


def test_no_more_than_are_shown(monkeypatch):
    monkeypatch.setattr(details, "CLOSEST", 1)
    found, _ = details._closest(ROWS, margins_of([2, 1, 0, 1, 1]))
    assert found.arrays["class"].tolist() == [80, 3]


def test_what_the_others_are_no_closer_than_stands_beside_the_certificates():
    residuals = dict.fromkeys(("primal_residual", "dual_residual", "duality_gap"), 1e-15)
    arrays, _ = details._certificates(ROWS, margins_of([2, 1, 0, 1, 1]).assign(**residuals))
    assert arrays["others_at_least"].tolist() == [0.75, 2.5, np.inf]
    every = margins_of([2, 1, 0, 1, 1]).assign(**residuals, others_at_least=np.inf)
    assert "others_at_least" not in details._certificates(ROWS, every)[0]
