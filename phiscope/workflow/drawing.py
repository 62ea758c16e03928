"""How scripts draw the figures of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phiscope import figures
from phiscope.files import write_shown


def draw(name: str, frames: Mapping[str, Any], folder: Path) -> None:
    """Draw one figure and put `<name>.svg`, `<name>.png` and its caption, `<name>.rst`, into the folder.

    Of one whose panels stand one below the other on a narrow screen, what a page shows there goes into `narrow/`.
    name: that of a figure, with what it is of after a dash where there are several: `plane`, `sample-7`.
    """
    kind = figures.kind_of(name)
    about, figure = figures.about(kind), figures.draw(kind, **frames)
    files = {file_kind: figures.encode(figure, file_kind) for file_kind in ("svg", "png")}
    files["rst"] = f"{about.caption}\n".encode()
    for file_kind, content in files.items():
        write_shown(content, folder / f"{name}.{file_kind}")
    if about.stacks:
        file_kind = "png" if about.dense else "svg"
        content = figures.encode(figures.draw_narrow(kind, **frames), file_kind)
        write_shown(content, folder / "narrow" / f"{name}.{file_kind}")
