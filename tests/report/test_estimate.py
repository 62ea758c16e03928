"""A measured number in words."""

import numpy as np

from phiscope.report.estimate import MeasuredNumber


def test_an_estimate_of_ours_alone_states_no_paper():
    row = {"value": 25.5, "ci_low": 24.0, "ci_high": 27.0, "n": 8, "interval": None, "unit": "dB"}
    assert MeasuredNumber.of(row) == MeasuredNumber(25.5, 24.0, 27.0, 8, "", None, "dB")


def test_estimates_in_words():
    estimate = MeasuredNumber(0.33, None, np.nan, paper=0.33)
    assert (estimate.text, estimate.ends, estimate.stated) == ("33.0 %", "", "33 %")
    count = MeasuredNumber(410.3, 400.2, 420.7, paper=4791, unit="count")
    assert (count.text, count.ends, count.stated) == ("410", "400 to 421", "4,791")


def test_differences_of_shares_are_points():
    change = MeasuredNumber(-0.552, -0.6, 0.05, paper=0.0, unit="difference")
    assert (change.text, change.ends, change.stated) == ("−55.2 points", "−60.0 to +5.0 points", "none")
