"""The 1,797 handwritten digits that come inside scikit-learn, 8x8 grey."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from phiscope.datasets.order import stratified_order
from phiscope.datasets.rows import Rows

TEST = 500


def splits(path: Path) -> list[str]:
    return ["train", "test"]


def read(path: Path, split: str) -> Rows:
    """1,297 training or 500 test images, float32, pixels k/16.

    ASSUME: scikit-learn gives no split, so the test images are the first 500 of the stratified order with seed
    0, whatever the run's seed is; `sample` counts within the split, in the order of the file.
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = stratified_order(digits.target, seed=0)
    members = np.sort(order[:TEST] if split == "test" else order[TEST:])
    images = (digits.images[members, None] / 16).astype(np.float32)
    labels = digits.target[members].astype(np.int64)
    return Rows(str(path), labels, lambda: images, tuple(map(str, digits.target_names)))
