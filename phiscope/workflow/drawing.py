"""How scripts draw the figures of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phiscope import figures


def draw(name: str, frames: Mapping[str, Any], folder: Path) -> None:
    """Draw one figure from its frames and put `<name>.svg` and `<name>.png` into the folder.

    name: that of a module of figures, with what it is of after a dash where there are several: `plane`, `sample-7`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figure = figures.draw(name.partition("-")[0], **frames)
    for kind in ("svg", "png"):
        temporary = folder / f".{name}.{kind}.tmp"
        temporary.write_bytes(figures.encode(figure, kind))
        temporary.replace(folder / f"{name}.{kind}")
