"""What keeps an attack that knows the detector away from the training set's hull: appendix B, last paragraph."""

from __future__ import annotations

from collections.abc import Callable

import torch
from numpy.typing import NDArray
from torch import Tensor

from phiscope.geometry import hull

_TOLERANCE = 1e-6  # a direction is all that is taken from the projection


class HullPenalty:
    """weight · d(φ(x)), d the distance to the convex hull of vertices (n, f), projected anew every so many steps.

    ∇d = (φ - nearest) / d by Danskin's theorem: the nearest point may be held fixed while differentiating, as its own
    change does not count to first order. Between projections it is held fixed too. Inside the hull d has no gradient.
    feature_map: images (b, channels, h, w) -> (b, f), differentiable. To be handed to `pgd` as its penalty.
    """

    def __init__(
        self, feature_map: Callable[[Tensor], Tensor], vertices: NDArray, *, weight: float, every: int = 5
    ) -> None:
        self.feature_map, self.vertices, self.weight, self.every = feature_map, vertices, weight, every
        self._nearest = torch.empty(0)

    def __call__(self, images: Tensor, rows: Tensor, step: int) -> Tensor:
        features = self.feature_map(images)
        if step % self.every == 0:
            nearest = self._project(features.detach())
            if step == 0:  # a new batch, all of it
                self._nearest = nearest
            else:
                self._nearest[rows] = nearest
        return self.weight * torch.linalg.vector_norm(features - self._nearest[rows], dim=1)

    def _project(self, features: Tensor) -> Tensor:
        projection = hull.project(features.cpu().numpy(), self.vertices, tol=_TOLERANCE, threads=1)
        return torch.from_numpy(projection.nearest).to(features)
