"""Guaranteed balls and what lies inside them, as rows of the table `balls`: equation (13) of Yousefzadeh 2022."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.geometry import balls


class Balls(NamedTuple):
    """vectors (n, f): the centres; radii (n,): the margins of their samples; the noise (n,) of both."""

    vectors: NDArray
    radii: NDArray
    noise: NDArray
    radius_noise: NDArray

    def noise_beside(self, *points: Balls) -> NDArray[np.float64]:
        """(n,) how close to the sphere of a ball the noise of centre, radius and points decides which side is which."""
        return self.noise + self.radius_noise + max(other.noise.max(initial=0.0) for other in points)


def count_inside(samples: pd.DataFrame, own: Balls, train: Balls, test: Balls) -> pd.DataFrame:
    """One row per ball: how many training and test samples it holds, and whether some training ball holds its centre.

    samples: the sample columns of the n balls `own`, with margin and closest_class, in the same order; train, test:
    those of the original view. Where `own` is one of the two (the same object), a centre is not counted in its ball.
    What lies no further from a sphere than the noise of centre, radius and points together is on the surface: neither
    inside nor outside.
    """

    def itself(others: Balls) -> NDArray[np.int64] | None:
        return np.arange(len(samples)) if others is own else None

    def counted(others: Balls) -> balls.BallCounts:
        return balls.counted(own.vectors, own.radii, others.vectors, noise=noise, exclude_self=itself(others))

    noise, training_noise = own.noise_beside(train, test), train.noise_beside(own)
    in_train, in_test = counted(train), counted(test)
    union = balls.placed(own.vectors, train.vectors, train.radii, noise=training_noise, exclude_self=itself(train))
    return samples.rename(columns={"margin": "radius"}).assign(
        noise=noise,
        train_inside=in_train.inside,
        test_inside=in_test.inside,
        on_surface=in_train.on_surface + in_test.on_surface,
        in_train_union=union.inside,
        on_union_surface=union.on_surface,
    )
