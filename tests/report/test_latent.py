"""What the page says of latent space."""

from phiscope.report.page import pages_of
from tests.report.reading import read, with_section


def test_latent_space_is_told_where_there_is_one(full):
    words = read(full, "latent").words
    for text in (
        "Without an axis: bee",
        "1 of 2 axes",
        "81.0 % to 86.0 % with gram-schmidt",
        "Does truncation remove noise?",
    ):
        assert text in words
    without = with_section(full, "latent", None)
    assert pages_of(without) == ["denoising", "functions"]
    assert "latent.html" not in read(without).attributes("a", "href")
