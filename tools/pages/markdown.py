"""What the pages of docs/results share: Markdown tables, pictures with their captions, and what a run was made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from phiscope import figures, tables

DASH = "–"  # where there is no number
WIDTH = 1000  # pixels, at most, of a picture on a page


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return [_line(head), "|" + "---|" * len(head), *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def made_with(path: Path) -> str:
    """One sentence on the commit, seed and packages behind a table of a run."""
    about = tables.provenance(path)
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    return f"Commit {about['commit']}, seed {about['seed']}, Python {about['python']}, {packages}."


def pictures(run: Path, folder: Path, names: Iterable[str]) -> list[str]:
    """Figures of a run, copied small into the folder as `<run>-<figure>.png`, each with its caption."""
    lines = []
    for name in names:
        if not (source := run / f"figures/{name}.png").is_file():
            continue
        copied = f"{run.name}-{name}.png"
        small(source, folder / copied)
        caption = figures.about(figures.kind_of(name)).caption
        lines += [f"![{name}]({copied})", "", f"*{caption}*", ""]
    return lines


def small(source: Path, path: Path, width: int = WIDTH) -> None:
    """Copy a picture at most so many pixels wide, with 256 colours."""
    from PIL import Image  # deferred: only pages want it

    with Image.open(source) as image:
        image.thumbnail((width, 4 * width))
        # The method that keeps rare colours: median cut, the default, draws two lines of a figure in one.
        image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
