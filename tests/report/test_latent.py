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
        "it knows 61.0 % after encoding and decoding, and at best 66.0 % (3)",
        "90 % sure of what 33 of 40 Gram-Schmidt axes decode to",
        "88.0 % of test images that calibrated nothing, and 50.0 % of images that are half one class",
        "Gram-Schmidt, all 17 of 40 16.5 11 to 22",
        "the third is near 1 median 0.750 [0.700, 0.800] 30 does not",
        "but for: encoder: λ (200; text: 100)",
        "equation (11); Gram-Schmidt, sampled latents 100",
    ):
        assert text in words
    without = with_section(full, "latent", None)
    assert pages_of(without) == ["denoising", "functions"]
    assert "latent.html" not in read(without).attributes("a", "href")
