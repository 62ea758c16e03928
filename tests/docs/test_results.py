"""The table that opens docs/results says what its pages say: measured numbers stand on a page that their row names."""

import re

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "docs/results"
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")
HEAD = ["text", "claim (section)", "published", "measured [95 % interval]", "n", "verdict", "page"]
VERDICTS = ("holds", "differs", "wrong", "undecided")


def rows():
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines[: lines.index("## Read with care")] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def numbers(text):
    """Numbers as they are compared: without the sign and separators of thousands."""
    return {found.replace(",", "").lstrip("-") for found in NUMBER.findall(text.replace("−", "-"))}


def test_the_page_opens_with_the_table():
    assert rows()[0] == HEAD
    assert (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()[2].startswith("| text |")
    texts = {row[0] for row in rows()[2:]}
    assert {"Yousefzadeh 2022", "Toledo-Marín and Glazier 2021", "denoising lecture"} <= texts
    assert len(rows()) > 40


@pytest.mark.parametrize("row", rows()[2:], ids=lambda row: row[1])
def test_a_measured_number_stands_on_a_page_of_its_row(row):
    assert len(row) == len(HEAD)
    assert row[5].startswith(VERDICTS)
    pages = re.findall(r"\]\(([\w-]+\.md)\)", row[6])
    assert pages
    said = set().union(*(numbers((FOLDER / page).read_text(encoding="utf-8")) for page in pages))
    assert numbers(row[3]) - said == set()


def test_a_number_that_was_not_measured_would_be_seen():
    said = numbers((FOLDER / "cifar10.md").read_text(encoding="utf-8"))
    assert numbers("84.6 % [83.9, 85.3] of 10,000") <= said
    assert not numbers("84.7 % [83.8, 85.4]") <= said
