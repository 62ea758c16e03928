"""phiscope: where samples stand in the feature space of an image classifier.

`draw(run, name)` is a figure of a finished run, drawn again from its tables; `drawn(run)` names those that there are.
"""

from typing import TYPE_CHECKING

from phiscope.deferred import deferred

__version__ = "0.1.0"

if TYPE_CHECKING:
    from phiscope.workflow.finished import draw, drawn
else:  # who takes the library alone needs no workflow
    __getattr__ = deferred(__name__, {"phiscope.workflow.finished": ("draw", "drawn")})

__all__ = ["__version__", "draw", "drawn"]
