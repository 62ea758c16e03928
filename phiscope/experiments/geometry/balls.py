"""Guaranteed balls and what lies inside them, as rows of the table `balls`: equation (13) of Yousefzadeh 2022."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.geometry import balls


class Balls(NamedTuple):
    """vectors (n, f): the centres; radii (n,): the margins of their samples."""

    vectors: NDArray
    radii: NDArray


def count_inside(samples: pd.DataFrame, own: Balls, train: Balls, test: Balls) -> pd.DataFrame:
    """One row per ball: how many training and test samples it holds, and whether some training ball holds its centre.

    samples: the sample columns of the n balls `own`, with margin and closest_class, in the same order; train, test:
    those of the original view. Where `own` is one of the two (the same object), a centre is not counted in its ball.
    """

    def itself(others: Balls) -> NDArray[np.int64] | None:
        return np.arange(len(samples)) if others is own else None

    return samples.rename(columns={"margin": "radius"}).assign(
        train_inside=balls.inside(*own, train.vectors, exclude_self=itself(train)),
        test_inside=balls.inside(*own, test.vectors, exclude_self=itself(test)),
        in_train_union=balls.in_union(own.vectors, *train, exclude_self=itself(train)),
    )
