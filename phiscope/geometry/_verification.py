"""Certificates of hull projections, recomputed from their definitions; nothing here is used by the solver."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from phiscope.geometry._projection import HullProjection, Verification

CELLS = 1 << 22  # differences held at a time: 32 MB


def verify(
    projection: HullProjection, points: NDArray | torch.Tensor, vertices: NDArray | torch.Tensor
) -> Verification:
    """Recompute feasibility, distance and gap of every query in float64, one query at a time, as they are defined.

    Shares no code with the solver: plain loops over (20)-(25) and g = max_j <z - x, z - d_j>. Costs two passes over
    the vertices for each query.
    """
    points, vertices = (a.detach().cpu().numpy() if isinstance(a, torch.Tensor) else a for a in (points, vertices))
    rows = max(1, CELLS // vertices.shape[1])
    found = []
    for query, x in enumerate(points.astype(np.float64)):
        z = projection.nearest[query]
        index, weight = projection.support(query)
        gap, farthest = -np.inf, 0.0
        for start in range(0, len(vertices), rows):
            differences = z - vertices[start : start + rows].astype(np.float64)
            gap = max(gap, (differences @ (z - x)).max())
            farthest = max(farthest, np.sqrt((differences**2).sum(1).max()))
        found.append(
            (
                abs(weight.sum() - 1),
                weight.min(),
                np.linalg.norm(weight @ vertices[index].astype(np.float64) - z),
                abs(np.linalg.norm(z - x) - projection.distance[query]),
                gap,
                farthest,
            )
        )
    return Verification(*np.array(found).reshape(-1, 6).T)
