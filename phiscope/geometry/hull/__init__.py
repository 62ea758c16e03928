"""Projection onto the convex hull of many points, with proof: section 6 of Yousefzadeh 2022.

`project` solves, `verify` recomputes every certificate from its definition and shares nothing with the solver.
"""

from typing import TYPE_CHECKING

from phiscope.deferred import deferred
from phiscope.geometry.hull.projection import NEAR, HullProjection, Verification, queries_at_a_time

if TYPE_CHECKING:
    from phiscope.geometry.hull.solve import project
    from phiscope.geometry.hull.verification import verify
    from phiscope.geometry.hull.vertices import Vertices
else:  # who reads or verifies projections needs no compiled solver
    __getattr__ = deferred(
        __name__,
        {
            "phiscope.geometry.hull.solve": ("project",),
            "phiscope.geometry.hull.verification": ("verify",),
            "phiscope.geometry.hull.vertices": ("Vertices",),
        },
    )

__all__ = ["NEAR", "HullProjection", "Verification", "Vertices", "project", "queries_at_a_time", "verify"]
