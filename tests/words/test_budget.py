"""The sentence on what the budget left out."""

import math

import pytest

from phiscope.words.budget import left_out

NOTHING = {"seconds_each": math.nan, "budget_seconds": math.nan, "needed_bytes": math.nan, "free_bytes": math.nan}
SAMPLES = {"what": "samples", "sample": -1, "made": 24, "left_out": 0} | NOTHING
BALL = {"what": "ball", "sample": 3, "made": 1, "left_out": 0} | NOTHING


def missing(row, made, left, seconds):
    return row | {"made": made, "left_out": left, "seconds_each": seconds, "budget_seconds": 3600.0}


def test_nothing_left_out_says_nothing():
    assert left_out([SAMPLES, BALL]) == ""


def test_samples_and_balls_with_what_they_take_and_how_to_get_them():
    rows = [missing(SAMPLES, 4, 1020, 90.0), missing(BALL, 0, 1, 7200.0), missing(BALL | {"sample": 7}, 0, 1, 7200.0)]
    assert left_out(rows) == (
        "Not inverted or explored, since inversions.budget allows 1 h of processor time: 1,020 of 1,024 samples (about "
        "1.50 min each) and the balls of test samples 3, 7 (about 2 h each). A larger inversions.budget includes them."
    ).replace("1.50", "1.5")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([missing(SAMPLES, 0, 24, 5.0), BALL], "24 of 24 samples (about 5 s each). A larger"),
        ([SAMPLES, missing(BALL, 0, 1, 5.0)], "processor time: the ball of test sample 3 (about 5 s each). A larger"),
    ],
)
def test_only_what_is_missing_is_named(rows, words):
    assert words in left_out(rows)


def test_too_little_memory_is_another_reason():
    lacking = {"needed_bytes": 7.4e9, "free_bytes": 3e9}
    sentence = left_out([missing(SAMPLES, 0, 24, math.nan) | lacking, missing(BALL, 0, 1, math.nan) | lacking])
    assert sentence.startswith(
        "No sample is inverted: the search for one image needs 7.4 GB of memory and 3 GB were free"
    )
    assert "budget" not in sentence
