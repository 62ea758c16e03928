"""Numbers in words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscope.words.numbers import percent, signed, significant


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.783, "78.3 %"), (0.33, "33.0 %"), (1.0, "100 %"), (0.0, "0 %"), (0.9996, "99.96 %"), (0.0002, "0.02 %"),
     (0.00046, "0.05 %"), (None, "–"), (math.nan, "–")],
)  # fmt: skip
def test_percent(share, text):
    assert percent(share) == text


@given(st.floats(1e-6, 1 - 1e-6))
def test_percent_says_all_or_nothing_only_where_it_is(share):
    number = float(percent(share).removesuffix(" %"))
    assert 0 < number < 100
    assert abs(number - 100 * share) <= 0.05


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.546, "2.55"), (0.508, "0.508"), (0.0217, "0.022"), (-0.41, "−0.410"), (297.0, "297"), (410.3, "410"),
     (6120, "6,120"), (123456.7, "123,457"), (3.1e-13, "3.1e−13"), (0, "0"), (math.inf, "∞"), (-math.inf, "−∞"),
     (math.nan, "–"), (None, "–")],
)  # fmt: skip
def test_significant(value, text):
    assert significant(value) == text


def test_signed_uses_a_true_minus():
    assert signed(-1.234) == "−1.23"
    assert signed(1.0) == "+1.00"
