"""Numbers of the run beside the published ones."""

from dataclasses import replace

from phiscope.papers import deep_lsd
from phiscope.papers.decision_boundaries import STATED
from phiscope.report.page import NUMBERS, render
from phiscope.report.sections.comparison import ComparisonTable
from tests.report.reading import Parsed, with_section


def test_answers_state_value_interval_and_paper(full):
    words = Parsed(render(full)).words
    assert "For 75.1 % [74.2 to 75.9 %] of the test samples the hull" in words
    assert "(published: 78.3 %)" in words


def test_without_the_papers_numbers_the_page_says_why(full):
    compared = full.sections["comparison"].rows
    rows = [row._replace(number=replace(row.number, paper=None), verdict="") for row in compared]
    numbers = {"closer_to_hull": replace(full.numbers["closer_to_hull"], paper=None)}
    words = Parsed(render(replace(with_section(full, "comparison", ComparisonTable(rows)), numbers=numbers))).words
    assert "(published:" not in words
    assert "At most 6.12 times" in words  # our own constant
    assert "published: 6.122" not in words
    assert "another data set, and are left out" in words


def test_the_comparison_is_a_table_with_its_intervals_explained(full):
    words = Parsed(render(full)).words
    assert "share closer to the hull section 7.2 75.1 % 74.2 to 75.9 % 1 78.3 % 300 holds" in words
    assert "most in a ball section 7.2 6,120 none 2 – 300 –" in words
    assert "Of the statements that this run can judge, 1 holds." in words
    assert "How the intervals were made: bootstrap none: a maximum" in words


def test_the_statistics_know_every_number_the_page_names():
    """NUMBERS are keys of the comparison table; a renamed key would silently empty a sentence."""
    assert set(NUMBERS) <= STATED.keys() | deep_lsd.STATED.keys()
    assert "share" in {stated.unit for stated in STATED.values()}
