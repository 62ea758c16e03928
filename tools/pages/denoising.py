"""The page of a finished run of denoising."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phiscope import tables
from phiscope.figures.denoising.study import MEASURES, PANELS
from phiscope.report.lecture import answers
from phiscope.words.methods import title_of
from tools.pages import markdown

_DIFFERENCE = ("difference", "difference_low", "difference_high")
PICTURES = ("denoising", "denoised", "training", "filter_inversion", "denoising_study", "distances_by_view")


def methods(summary: pd.DataFrame) -> Iterator[str]:
    """Of every set and noise, all methods, the best first."""
    head = ["method", "PSNR (± standard error)", "SSIM", "strength", "parameters", "seconds per image"]
    for (dataset, noise, level), part in summary.groupby(["dataset", "noise", "level"], sort=False):
        first = part.iloc[0]
        yield f"**{dataset}**, {int(first['n'])} images, {noise} noise of level {level:.4g}; as they come, clipped: "
        yield f"{first['psnr_noisy']:.2f} dB."
        yield ""
        yield from markdown.table(head, map(_method, part.sort_values("psnr", ascending=False).to_dict("records")))
        yield ""


def _method(row: dict) -> tuple[str, ...]:
    trained = f", trained on {row['training_noise']}" if pd.notna(row["training_noise"]) else ""
    return (
        title_of(row["method"]) + trained,
        f"{row['psnr']:.2f} ± {row['standard_error']:.2f}",
        f"{row['ssim']:.4f}",
        _number(row["strength"], ".3g"),
        _number(row["parameters"], ",.0f"),
        _number(row["seconds"], ".2g"),
    )


def standing(views: pd.DataFrame) -> list[str]:
    """Where the samples of every view stand."""
    names = [name for name in ("accuracy", "margin", "distance", "processed") if name in views]
    titles = {
        "accuracy": "accuracy",
        "margin": "median margin",
        "distance": "median distance to the hull of the training images",
        "processed": "the same, of training images equally processed",
    }
    rows = [
        (row["view"], f"{row['n']:,}", *(_with_ends(row, name) for name in names)) for row in views.to_dict("records")
    ]
    return markdown.table(["view", "n", *(titles[name] for name in names)], rows)


def _with_ends(row: dict, name: str) -> str:
    if pd.isna(row[name]):
        return "–"
    return f"{row[name]:.3f} [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]"


def statements(summary: pd.DataFrame, choice: pd.DataFrame) -> Iterator[str]:
    """What the lecture states, and what was found."""
    for statement, found in answers(summary, choice):
        yield f"- *{statement}.* {found}"
    yield ""


def study(summary: pd.DataFrame) -> Iterator[str]:
    """The experiments of the denoising lecture: what each asks of every setting.

    With Student's interval over seeds, and how far that is from the first setting, seed by seed. Under the noise
    of the training, but for the experiment about other noise.
    """
    for experiment, part in summary.groupby("experiment", sort=False):
        yield f"**{experiment}** ({int(part['n'].max())} seeds)"
        yield ""
        first = part["setting"].iloc[0]
        asked = {measure for name, measure, *_ in PANELS if name == experiment} | {*MEASURES}
        part = part[part["measure"].isin(asked)]  # the table has the rest
        if experiment != "generalisation":
            part = part[part["noise"].fillna("").str.match("$|clean|gaussian")]
        rows = (
            (
                row["setting"],
                row["measure"] + (f", {row['noise']}" if pd.notna(row["noise"]) else ""),
                _interval(row["value"], row["ci_low"], row["ci_high"]),
                "" if row["setting"] == first else _interval(*(row[name] for name in _DIFFERENCE)),
            )
            for row in part.to_dict("records")
        )
        yield from markdown.table(["setting", "measure", "mean [95 % interval]", f"less {first}"], rows)
        yield ""


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:.4g}" if pd.isna(low) else f"{value:.4g} [{low:.4g}, {high:.4g}]"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None or pd.isna(value) else format(value, form)


def page(run: Path, circumstances: str, folder: Path) -> str:
    read = {path.stem: tables.read(path) for path in (run / "statistics").glob("*.parquet")}
    lines = [f"# {run.name}", "", circumstances, "", markdown.made_with(run / "tables/denoising.parquet"), ""]
    lines += methods(read["denoising_summary"])
    lines += ["Where samples stand, with 95 % intervals over samples:", "", *standing(read["views"]), ""]
    if "study_summary" in read:
        lines += [*statements(read["study_summary"], read["held_out_choice"]), *study(read["study_summary"])]
    return "\n".join([*lines, *markdown.pictures(run, folder, PICTURES)])
