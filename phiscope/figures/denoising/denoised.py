"""One image under each noise, and what every method makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from phiscope.figures.denoising.bench import COLOURS
from phiscope.figures.pictures import grid
from phiscope.figures.style import INK, WIDTH, blank, themed
from phiscope.words.methods import noise_in_words, ordered, title_of

CAPTION = "The first image of the set, noisy, and what every method makes of it."
CATEGORY = "Denoising"
ALT = "One image under every noise and every method"
DENSE = True
WHEN = "denoising"

_COLUMNS = 6


@themed
def draw(denoised_images: Sequence[Mapping[str, Any]]) -> Figure:
    """denoised_images: one mapping per noise: noise, level, and images, by method, with `clean` and `noisy`."""
    counts = [len(exhibit["images"]) for exhibit in denoised_images]
    rows = [-(-count // _COLUMNS) for count in counts]
    height, width = next(iter(denoised_images[0]["images"].values())).shape[-2:]
    each = WIDTH / _COLUMNS * min(height / width, 1.5) + 0.25
    figure = blank(sum(rows) * each + 0.28 * len(denoised_images))
    parts = figure.subfigures(len(denoised_images), 1, squeeze=False, height_ratios=rows)[:, 0]
    for part, exhibit in zip(parts, denoised_images):
        names = ["clean", *ordered(name for name in exhibit["images"] if name != "clean")]
        part.suptitle(noise_in_words(exhibit["noise"], exhibit["level"]), x=0.01, ha="left", fontsize=9.5)
        titles, colours = [title_of(name) for name in names], [COLOURS.get(name, INK) for name in names]
        grid(part, [exhibit["images"][name] for name in names], titles, _COLUMNS, colours)
    return figure
