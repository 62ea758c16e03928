"""All cases, by name."""

from tests.hostile import arrays, images, places, published, tables, weights  # noqa: F401 - they register their cases
from tests.hostile.case import CASES

__all__ = ["CASES"]
