"""The rule by which a statement of a text holds in a run."""

import numpy as np
import pytest

from phiscope.papers.decision_boundaries import STATED
from phiscope.papers.verdicts import claim_of, judge, judge_range
from phiscope.stats.intervals import Estimate

NAN = float("nan")


def measured(value, low=NAN, high=NAN):
    return Estimate(value, low, high, "", 100)


@pytest.mark.parametrize(
    ("claim", "stated", "value", "low", "high", "expected"),
    [
        ("all", 1.0, 1.0, 0.96, 1.0, "holds"),
        ("all", 1.0, 0.999, 0.99, 1.0, "differs"),
        ("all", None, 0.3, 0.2, 0.4, "wrong"),
        ("all", 1.0, 0.45, 0.35, 0.55, "differs"),
        ("none", 0.0, 0.0, 0.0, 0.04, "holds"),
        ("none", 0.0, 0.01, -0.01, 0.03, "holds"),
        ("none", 0.0, 0.03, 0.02, 0.04, "differs"),
        ("none", 0.0, -0.7, -0.8, -0.6, "wrong"),
        ("most", 0.783, 0.6, 0.55, 0.65, "holds"),
        ("most", None, 0.52, 0.48, 0.56, "undecided"),
        ("most", 0.783, 0.4, 0.35, 0.45, "wrong"),
        ("number", 0.68, 0.7, 0.66, 0.74, "holds"),
        ("number", 0.68, 0.5, 0.4, 0.6, "differs"),
        ("number", None, 0.5, 0.4, 0.6, None),
        ("number", NAN, 0.5, 0.4, 0.6, None),
        ("number", 0.68, 0.5, NAN, NAN, "undecided"),
        ("most", 0.68, 0.9, NAN, NAN, "undecided"),
    ],
)
def test_the_interval_decides(claim, stated, value, low, high, expected):
    assert judge(claim, stated, measured(value, low, high)).verdict == expected


@pytest.mark.parametrize(
    ("low", "high", "ends", "expected"),
    [
        (-np.inf, 0.6, (0.4, 0.55), "holds"),
        (-np.inf, 0.6, (0.4, 0.6), "holds"),
        (-np.inf, 0.6, (0.55, 0.65), "undecided"),
        (-np.inf, 0.6, (0.61, 0.7), "wrong"),
        (0.8, np.inf, (0.5, 0.7), "wrong"),
        (15.0, 25.0, (26.0, 30.0), "differs"),
        (15.0, 25.0, (24.0, 30.0), "undecided"),
        (0.0, 0.0, (-0.1, 0.2), "holds"),
        (0.0, 0.0, (0.1, 0.2), "differs"),
    ],
)
def test_an_interval_is_within_a_range_outside_or_across(low, high, ends, expected):
    assert judge_range(low, high, measured(sum(ends) / 2, *ends)) == expected


def test_what_has_no_interval_is_taken_as_it_is_in_a_range_and_nothing_is_undecided():
    assert judge_range(-np.inf, 0.6, measured(0.5)) == "holds"
    assert judge_range(-np.inf, 0.6, measured(0.7)) == "wrong"
    assert judge_range(-np.inf, 0.6, measured(NAN)) == "undecided"
    assert judge_range(0.5, 0.5, measured(0.5)) == "holds"


def test_the_difference_is_to_the_number_of_the_text():
    assert judge("number", 0.5, measured(0.75, 0.7, 0.8)).difference == 0.25
    assert np.isnan(judge("most", None, measured(0.75, 0.7, 0.8)).difference)


def test_what_a_number_claims():
    assert claim_of(1.0, "share") == "all"
    assert claim_of(0.0, "share") == claim_of(0.0, "difference") == "none"
    assert claim_of(1.0, "distance") == claim_of(0.5, "share") == claim_of(None, "share") == "number"


def test_statements_of_the_geometry_claim_what_the_text_says():
    claims = {key: stated.claim for key, stated in STATED.items()}
    assert claims["outside_feature"] == claims["deepfool_below_genuine_success"] == "all"
    assert claims["changed_feature"] == claims["inverted_hull_path_changes"] == "none"
    assert claims["closer_to_hull"] == claims["deepfool_towards_hull_success"] == "most"
    assert claims["balls_mean"] == claims["in_union"] == "number"
