"""The page of a finished run on directions of latent space as waves, beside what else the run has."""

from __future__ import annotations

from pathlib import Path

from phiscope import tables
from phiscope.errors import DataError
from phiscope.stats.implicit.waves import latent_answers
from tools.pages import markdown
from tools.pages.implicit import answers

PICTURES = ("implicit_waves",)


def page(run: Path, circumstances: str, folder: Path) -> str:
    path = run / "statistics/latent_waves.parquet"
    if not path.exists():
        raise DataError(f"{path} is not there; expected a run with `implicit` and `latent`")
    lines = [f"# {run.name}: directions of latent space", "", circumstances, "", markdown.made_with(path), ""]
    lines += answers(latent_answers(tables.read(path)))
    return "\n".join([*lines, *markdown.pictures(run, folder, PICTURES)])
