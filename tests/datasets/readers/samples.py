"""Images that every format stores, and what a reader says of a bad file."""

import numpy as np
import pytest

from phiscope.datasets import load
from phiscope.errors import DataError

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (6, 5, 4), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8)


def refused(path, *words, split="train", **options):
    """The reader's sentence: one line, with the file's name and these words in it."""
    with pytest.raises(DataError) as caught:
        load(str(path), split, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    for word in (str(path), *words):
        assert word in sentence
    return sentence
