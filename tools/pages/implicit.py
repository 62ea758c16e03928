"""The page of a finished run of images as functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phiscope import tables
from phiscope.report.sections.implicit import findings, gathered
from tools.pages import markdown

CONFIDENCE = 0.95
PICTURES = tuple(f"implicit_{name}" for name in ("k", "spectrum", "scale", "bases", "pictures", "decoders", "waves"))


def answers(frame: pd.DataFrame) -> Iterator[str]:
    """Every question, what was found in a sentence, and the numbers behind it."""
    sentences = findings(frame)
    for question, part in frame.groupby("question", sort=False):
        yield f"**{question}** {sentences.get(question, '')}"
        yield ""
        rows = ((row["quantity"], _value(row), f"{row['n']:.0f}") for row in part.to_dict("records"))
        yield from markdown.table(["quantity", "value [95 % interval]", "images"], rows)
        yield ""


def _value(row: dict) -> str:
    unit = " dB" if row["unit"] == "dB" else ""
    ends = "" if pd.isna(row["ci_low"]) else f" [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"
    return f"{row['value']:.3g}{ends}{unit}" if abs(row["value"]) < 1 else f"{row['value']:.2f}{ends}{unit}"


def page(run: Path, circumstances: str, folder: Path) -> str:
    fits = tables.read(run / "tables/implicit.parquet")
    lines = [f"# {run.name}", "", circumstances, "", markdown.made_with(run / "tables/implicit.parquet"), ""]
    lines += [f"{len(fits):,} fits of {fits['image'].nunique()} images, {fits['seed'].nunique()} seeds.", ""]
    read = {path.stem: tables.read(path) for path in (run / "statistics").glob("*.parquet")}
    lines += answers(gathered(read, CONFIDENCE))
    return "\n".join([*lines, *markdown.pictures(run, folder, PICTURES)])
