"""Views: copies of some images under one transformation. All of them flow through the same rooms.

A kind of view is one module with `make(images, *, <needs>, **parameters) -> images`, and one line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple


class Kind(NamedTuple):
    """module: where `make` lies, loaded when used; needs: the artifacts that it wants, by name."""

    module: str
    needs: tuple[str, ...] = ()

    def load(self) -> Callable:
        return importlib.import_module(self.module).make


VIEWS: dict[str, Kind] = {
    "hull-pixel": Kind("phiscope.views.hull_pixel", needs=("pixel_hull", "training_images")),
}
