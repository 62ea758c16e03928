"""Images whose features are a given point, or lie in or on a ball: sections 4 and 5 of Yousefzadeh 2022."""

from phiscope.geometry.inversion.solve import Inversion, invert

__all__ = ["Inversion", "invert"]
