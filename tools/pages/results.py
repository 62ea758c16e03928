"""The page of a finished run: the comparison with the paper, detection, figures."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from phiscope import tables
from tools.pages import markdown

FIGURES = (
    *("distances", "plane", "slice", "human", "comparison", "distances_by_view", "roc", "detection_by_confidence"),
    *("attack_plane", "pixel_boundary", "inversion_distances"),
)
OF_SAMPLES = (
    "inverted",
    "perimeter",
    "morph",
    "segment",
    "path",
    "edit",
    "adversarial",
)  # figures of each sample in the report


def written(value: float, unit: str) -> str:
    """A share as a percentage, anything else with four digits; a dash where there is nothing."""
    if value is None or math.isnan(value):
        return markdown.DASH
    return f"{100 * value:.1f} %" if unit in ("share", "difference") else f"{value:.4g}"


def comparison(frame: pd.DataFrame) -> list[str]:
    """What the paper states beside what the run measured, as Markdown."""
    rows = []
    for row in frame.to_dict("records"):
        low, high = (written(row[end], row["unit"]) for end in ("ci_low", "ci_high"))
        paper, value = (written(row[key], row["unit"]) for key in ("paper_value", "value"))
        interval = f"{low} to {high}" if low != markdown.DASH else markdown.DASH
        verdict = row.get("verdict")
        said = verdict if isinstance(verdict, str) else markdown.DASH
        rows.append((row["quantity"], paper, value, interval, f"{row['n']:,}", said))
    return markdown.table(["quantity", "paper", "this run", "interval", "n", "the paper's statement"], rows)


def detection(run: Path) -> list[str]:
    """Area under the ROC curve, and false positive rate at 95 %, of every detector on every view, as Markdown."""
    if not (path := run / "statistics/detection.parquet").is_file():
        return []
    frame = tables.read(path)
    of_attacks = set(frame.loc[frame["counted"] == "success", "view"])
    frame = frame[frame["counted"].eq("success") | (frame["counted"].eq("all") & ~frame["view"].isin(of_attacks))]
    cells = frame.pivot_table(index=["view", "n"], columns=["detector", "measure"], values="value", sort=False)
    detectors = list(dict.fromkeys(frame["detector"]))
    rows = []
    for (view, n), row in cells.iterrows():
        shares = (f"{row[name, 'area']:.3f} / {100 * row[name, 'fpr95']:.1f} %" for name in detectors)
        rows.append((view, f"{n:,}", *shares))
    title = "Area under the ROC curve / genuine samples flagged where 95 % are caught (attacks: those that succeed):"
    return [title, "", *markdown.table(["view", "n", *detectors], rows), ""]


def shown(run: Path) -> list[str]:
    """Names of the figures that the run has and the page shows."""
    names = sorted(path.stem for path in (run / "figures").glob("*.png"))
    return [name for name in names if name in FIGURES or name.partition("-")[0] in OF_SAMPLES]


def page(run: Path, circumstances: str, folder: Path) -> str:
    path = run / "tables/paper_comparison.parquet"
    compared = tables.read(path)
    methods = dict.fromkeys(compared["interval"])
    lines = [f"# {run.name}", "", circumstances, "", markdown.made_with(path), ""]
    lines += [*comparison(compared), "", *detection(run), *markdown.pictures(run, folder, shown(run))]
    lines += ["How the intervals were made:", "", *(f"- {method}" for method in methods if method), ""]
    return "\n".join(lines)
