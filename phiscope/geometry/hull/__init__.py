"""Projection onto the convex hull of many points, with proof: section 6 of Yousefzadeh 2022.

`project` solves, `verify` recomputes every certificate from its definition and shares nothing with the solver.
"""

from phiscope.geometry.hull.projection import NEAR, HullProjection, Verification
from phiscope.geometry.hull.solve import project
from phiscope.geometry.hull.verification import verify

__all__ = ["NEAR", "HullProjection", "Verification", "project", "verify"]
