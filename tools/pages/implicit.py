"""The page of a finished run of images as functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phiscope import tables
from phiscope.errors import DataError
from phiscope.report.sections.implicit import findings, gathered
from phiscope.stats.implicit.answers import PIXELS
from phiscope.stats.intervals import Resampling
from phiscope.words.encodings import phrase_of
from tools.pages import markdown

OPTIONS = Resampling(seed=0)
PICTURES = tuple(
    f"implicit_{name}"
    for name in (*("k", "within", "spectrum", "scale", "bases", "networks", "rates", "pictures", "decoders", "waves"),)
)


def answers(frame: pd.DataFrame) -> Iterator[str]:
    """Every question, what was found in a sentence, and the numbers behind it."""
    sentences = findings(frame)
    for question, part in frame.groupby("question", sort=False):
        yield f"**{question}** {sentences.get(question, '')}"
        yield ""
        rows = ((row["quantity"], _value(row), f"{row['n']:.0f}") for row in part.to_dict("records"))
        yield from markdown.table(["quantity", "value [95 % interval]", "images"], rows)
        yield ""


def sparse(fits: pd.DataFrame) -> Iterator[str]:
    """Basis pursuit and Lasso on some of the pixels: what they foretell of the others, by group and basis."""
    rows = fits[fits["model"].isin(["lasso", "basis_pursuit"]) & (fits["status"] == "fitted")]
    if rows.empty:
        return
    yield "**Sparse models of the fitted pixels.** Mean over images; the gap is the largest of all."
    yield ""
    lines = []
    for (model, group, encoding), own in rows.groupby(["model", "group", "encoding"]):
        gap = f"{own['duality_gap'].max():.1e}"
        numbers = [f"{own['psnr_heldout'].mean():.2f} dB", f"{own['coefficients'].mean():.0f}", gap, str(len(own))]
        lines.append([model.replace("_", " "), group, phrase_of(encoding), *numbers])
    yield from markdown.table(["model", "images", "basis", "held-out pixels", "coefficients", "gap", "n"], lines)
    yield ""


def networks(frame: pd.DataFrame) -> Iterator[str]:
    """Mean PSNR of networks on all functions of each basis, by group; nothing where there are none."""
    if frame.empty:
        return
    yield "**Networks on complete bases.** Mean PSNR in dB; nearly exact fits differ by rounding."
    yield ""
    bases = list(dict.fromkeys(frame["encoding"]))
    rows = []
    for (group, measure), own in frame.groupby(["group", "measure"], sort=False):
        cells = own.set_index("encoding")
        told = [
            f"{cells.loc[name, 'value']:.2f} [{cells.loc[name, 'ci_low']:.2f}, {cells.loc[name, 'ci_high']:.2f}]"
            for name in bases
        ]
        rows.append([group, PIXELS[measure], *told, f"{own['n'].max():.0f}"])
    yield from markdown.table(["images", "pixels", *map(phrase_of, bases), "n"], rows)
    yield ""


def _value(row: dict) -> str:
    unit = " dB" if row["unit"].startswith("dB") else ""
    ends = "" if pd.isna(row["ci_low"]) else f" [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"
    return f"{row['value']:.3g}{ends}{unit}" if abs(row["value"]) < 1 else f"{row['value']:.2f}{ends}{unit}"


def page(run: Path, circumstances: str, folder: Path) -> str:
    """Of the questions that a run has statistics for; one of latents alone has no fits to speak of."""
    lines = [f"# {run.name}", "", circumstances, ""]
    if (table := run / "tables/implicit.parquet").exists():
        fits = tables.read(table)
        lines += [markdown.made_with(table), ""]
        lines += [f"{len(fits):,} fits of {fits['image'].nunique()} images, {fits['seed'].nunique()} seeds.", ""]
        lines += sparse(fits)
    read = {path.stem: tables.read(path) for path in (run / "statistics").glob("*.parquet")}
    lines += networks(read["implicit_networks"]) if "implicit_networks" in read else []
    told = gathered(read, OPTIONS)
    if told is None:
        raise DataError(f"{run}: nothing is told of images as functions; expected a run with `implicit`")
    lines += answers(told)
    return "\n".join([*lines, *markdown.pictures(run, folder, PICTURES)])
