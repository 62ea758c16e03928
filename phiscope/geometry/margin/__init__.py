"""Closest flip points and margins: section 3 of Yousefzadeh 2022."""

from phiscope.geometry.margin.closest import ClosestFlip, closest_flip
from phiscope.geometry.margin.flips import FlipPoints, flip_points, require_solver
from phiscope.geometry.margin.ranked import RankedFlips, closest_classes

__all__ = [
    "ClosestFlip",
    "FlipPoints",
    "RankedFlips",
    "closest_classes",
    "closest_flip",
    "flip_points",
    "require_solver",
]
