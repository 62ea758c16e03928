"""How strongly logits react to steps in feature space: equation (14)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.geometry import lipschitz
from phiscope.head import Head

MOST_PAIRS = 2**30  # ten processor seconds and more


def slopes(head: Head, test: NDArray, train: NDArray, *, seed: int, most: int = MOST_PAIRS) -> pd.DataFrame:
    """constant, σ_max(Wφ), and largest_ratio of (14) over pairs with a test sample in them; features (n, f).

    from_samples: how many of the test samples, of_samples in all, are paired with all samples; drawn by the seed where
    all make more pairs than `most`, and the ratio is then a lower bound of the largest. Without pairs it is NaN.
    """
    others = len(test) + len(train)
    count = min(len(test), max(1, most // max(1, others)))
    chosen = test if count == len(test) else test[generator(seed).choice(len(test), count, replace=False)]
    pairs = count > 0 and others > 1
    ratio = lipschitz.largest_ratio(chosen, head.weight, np.concatenate([test, train])).ratio if pairs else np.nan
    row = {"constant": lipschitz.constant(head.weight), "largest_ratio": ratio, "from_samples": count}
    return pd.DataFrame([row | {"of_samples": len(test)}])
