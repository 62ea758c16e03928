"""What a projection onto a hull is, and what is found out about one: data and the formulas that belong to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import span

NEAR = 1e-7  # a query this close, relative to the hull's radius, counts as touching the hull
QUERY_COPIES = 7  # of a query in float64 that a projection or its verification holds (measured: 6.6 at d = 150,528)
_UNIT = 2.0**-53  # the relative rounding of float64
_MOST_BYTES = 2**30  # that queries may take at a time


def queries_at_a_time(dimension: int) -> int:
    """How many queries of so many numbers a projection should have, so that they take a gigabyte at most."""
    return max(1, _MOST_BYTES // (8 * QUERY_COPIES * dimension))


@dataclass(frozen=True)
class HullProjection:
    """Nearest points of the hull, and what proves them.

    nearest (m, d); distance (m,) = ‖nearest - x‖; gap (m,) = max_j <z - x, z - d_j>, taken over all vertices in
    float64 at the end; radius (m,): largest distance from the nearest point to a few far vertices, never more
    than to the farthest, and a quarter of that at least; rounds (m,) pricings of all vertices; status (m,):
    `converged`, `precision_limit` (the gap is above the tolerance and as small as nearest points in float64 allow),
    `max_rounds` or `stalled` (the gap fell no further; please tell the authors).
    Supports lie one after the other: those of query i at support_offsets[i] to support_offsets[i + 1].
    """

    nearest: NDArray[np.float64]
    distance: NDArray[np.float64]
    support_indices: NDArray[np.int64]
    support_weights: NDArray[np.float64]
    support_offsets: NDArray[np.int64]
    gap: NDArray[np.float64]
    radius: NDArray[np.float64]
    rounds: NDArray[np.int64]
    status: NDArray[np.str_]

    def __repr__(self) -> str:
        converged = (self.status == "converged").sum()
        return (
            f"HullProjection({len(self.distance)} queries, {converged} converged, distance {span(self.distance)}, "
            f"relative gap at most {self.relative_gap.max(initial=0):.1g})"
        )

    def support(self, query: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows of the vertices with a positive coefficient α in equation (21), and the coefficients."""
        part = slice(self.support_offsets[query], self.support_offsets[query + 1])
        return self.support_indices[part], self.support_weights[part]

    @property
    def distance_lower(self) -> NDArray[np.float64]:
        """‖z - x‖ - g / ‖z - x‖, less the rounding of both, at least 0: no point of the hull is closer.

        Sums of d products err by at most (d + 8) 2^-53 times the sizes of their vectors, ‖z - x‖ and four times R.
        """
        rounding = (self.nearest.shape[1] + 8) * _UNIT * (self.distance + 4 * self.radius)
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = self.distance - self.gap / self.distance - rounding
        return np.nan_to_num(bound, nan=0.0, neginf=0.0).clip(0)

    @property
    def relative_gap(self) -> NDArray[np.float64]:
        """g / (‖z - x‖ R); 0 where the distance is 0."""
        over = np.divide(self.gap, self.distance, out=np.zeros_like(self.gap), where=self.distance > 0)
        return np.divide(over, self.radius, out=np.zeros_like(over), where=self.radius > 0)

    @property
    def position(self) -> NDArray[np.str_]:
        """What is proven: `outside` (the lower bound is above 0), `within_tolerance` of the hull, or `undecided`."""
        touching = self.distance <= NEAR * self.radius
        outside = ~touching & (self.distance_lower > 0)
        return np.where(touching, "within_tolerance", np.where(outside, "outside", "undecided"))

    @property
    def separation(self) -> NDArray[np.float64]:
        """(m,) distance, and 0 for points that touch the hull: what is left there is a tolerance, no length."""
        return np.where(self.position == "within_tolerance", 0.0, self.distance)


@dataclass(frozen=True)
class Verification:
    """What plain float64 arithmetic says of a projection; every field (m,).

    weight_sum_error = |Σα - 1|; least_weight; combination_error = ‖αD - nearest‖; distance_error; gap, recomputed
    over every vertex; farthest, the exact radius R.
    """

    weight_sum_error: NDArray[np.float64]
    least_weight: NDArray[np.float64]
    combination_error: NDArray[np.float64]
    distance_error: NDArray[np.float64]
    gap: NDArray[np.float64]
    farthest: NDArray[np.float64]
