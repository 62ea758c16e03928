"""How strongly logits react to steps in feature space: equation (14)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.geometry import lipschitz
from phiscope.head import Head


def slopes(head: Head, test: NDArray, train: NDArray) -> pd.DataFrame:
    """constant, σ_max(Wφ), and largest_ratio of (14) over all pairs with a test sample in them; features (n, f).

    Without such pairs the ratio is NaN.
    """
    pairs = len(test) > 0 and len(test) + len(train) > 1
    ratio = lipschitz.largest_ratio(test, head.weight, np.concatenate([test, train])).ratio if pairs else np.nan
    return pd.DataFrame({"constant": [lipschitz.constant(head.weight)], "largest_ratio": [ratio]})
