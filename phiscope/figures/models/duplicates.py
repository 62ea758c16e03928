"""Test images beside the training images that they are copies of, or nearly."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.pictures import image_of, show
from phiscope.figures.style import INK, WIDTH, WRONG, blank, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "Test images (left of each pair) and the training images that they are copies of, the closest in pixels first, "
    "then those that only the network takes for copies. Below: numbers, labels, and how far apart pixels (root mean "
    "square, in [0, 1]) and features are. Coloured: another label."
)
CATEGORY = "The classifier"
ALT = "Pairs of a test image and a training image"
DENSE = True
WHEN = "images"

_COLUMNS = 4  # pairs in a row


@themed
def draw(duplicate_pairs: pd.DataFrame) -> Figure:
    """duplicate_pairs: two rows a pair, of number `pair`: split, sample, label_name, kind, feature_kind, pixel_rms,
    feature_distance, same_label; image flat with channels, height, width. Without rows the figure says so.
    """
    if duplicate_pairs.empty:
        return words_alone("No test image was found in the training set.")
    require(
        duplicate_pairs, "duplicate_pairs", "pair", "split", "sample", "label_name", "kind", "feature_kind", "image"
    )
    pairs = [rows.to_dict("records") for _, rows in duplicate_pairs.groupby("pair")]
    columns = min(_COLUMNS, max(2, len(pairs)))
    depth = math.ceil(len(pairs) / columns)
    figure = blank(height=depth * (WIDTH / (2 * max(columns, 3)) + 0.75))
    places = figure.subplots(depth, 2 * columns, squeeze=False).reshape(-1, 2)
    for axes in places[len(pairs) :].ravel():
        axes.axis("off")
    for (left, right), (test, train) in zip(places, pairs):
        colour = INK if test["same_label"] else WRONG
        apart = f"\npixels {_words(test['kind'], test['pixel_rms'])}"
        features = f"\nfeatures {_words(test['feature_kind'], test['feature_distance'])}"
        show(left, image_of(test), f"test {test['sample']}\n{test['label_name']}{apart}", colour, size=7.0)
        show(right, image_of(train), f"training {train['sample']}\n{train['label_name']}{features}", colour, size=7.0)
    return figure


def _words(kind: str, difference: float) -> str:
    """Two lines, so that captions of a pair stand beside each other."""
    if difference == 0:
        return "\nequal"
    return f"{'' if kind == 'apart' else f'{kind},'}\n{significant(difference)} apart"
