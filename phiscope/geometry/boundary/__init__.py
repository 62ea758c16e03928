"""The closest image on the decision boundary: a flip point in pixel space."""

from phiscope.geometry.boundary.solve import STATUSES, TOLERANCE, ClosestImages, closest_image

__all__ = ["STATUSES", "TOLERANCE", "ClosestImages", "closest_image"]
