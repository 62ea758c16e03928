"""What the page says of latent space."""

from dataclasses import replace

from phiscope.report.page import render
from tests.report.reading import Parsed, with_section


def test_latent_space_is_told_where_there_is_one(full):
    words = Parsed(render(full)).words
    for text in (
        "Without an axis: bee",
        "1 of 2 axes",
        "81.0 % to 86.0 % with gram-schmidt",
        "Does truncation remove noise?",
    ):
        assert text in words
    assert (
        "Not asked: this run trains no generator"
        in Parsed(render(replace(with_section(full, "latent", None), pictures={}))).words
    )
