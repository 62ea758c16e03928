"""Write docs/results/<run>.md from a finished run: python benchmarks/results_table.py <run> "on what it ran" """

from __future__ import annotations

import math
import shutil
import sys
from pathlib import Path

from phiscope import tables

CAPTIONS = Path("workflow/report/captions")
FIGURES = (
    *("distances", "plane", "slice", "human", "comparison", "distances_by_view", "roc", "detection_by_confidence"),
    *("attack_plane", "pixel_boundary", "inversion_distances"),
)
OF_SAMPLES = ("inverted", "perimeter", "morph", "path", "edit", "adversarial")  # figures of each sample in the report


def written(value: float, unit: str) -> str:
    """A share as a percentage, anything else with four digits; a dash where there is nothing."""
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:.1f} %" if unit in ("share", "difference") else f"{value:.4g}"


def table(run: Path) -> str:
    """The comparison of one run as Markdown."""
    lines = ["| quantity | paper | this run | interval | n |", "|---|---|---|---|---|"]
    for row in tables.read(run / "tables/paper_comparison.parquet").to_dict("records"):
        ends = [written(row[end], row["unit"]) for end in ("ci_low", "ci_high")]
        interval = " to ".join(ends) if ends[0] != "–" else "–"
        values = [written(row[key], row["unit"]) for key in ("paper_value", "value")]
        lines.append(f"| {row['quantity']} | {values[0]} | {values[1]} | {interval} | {row['n']:,} |")
    return "\n".join(lines)


def detection(run: Path) -> list[str]:
    """Area under the ROC curve, and false positive rate at 95 %, of every detector on every view, as Markdown."""
    if not (path := run / "statistics/detection.parquet").is_file():
        return []
    frame = tables.read(path)
    of_attacks = set(frame.loc[frame["counted"] == "success", "view"])
    frame = frame[frame["counted"].eq("success") | (frame["counted"].eq("all") & ~frame["view"].isin(of_attacks))]
    cells = frame.pivot_table(index=["view", "n"], columns=["detector", "measure"], values="value", sort=False)
    detectors = list(dict.fromkeys(frame["detector"]))
    lines = [
        "Area under the ROC curve / genuine samples flagged where 95 % are caught (attacks: those that succeed):",
        "",
        "| view | n | " + " | ".join(detectors) + " |",
        "|---|---|" + "---|" * len(detectors),
    ]
    for (view, n), row in cells.iterrows():
        told = [f"{row[name, 'area']:.3f} / {100 * row[name, 'fpr95']:.1f} %" for name in detectors]
        lines.append(f"| {view} | {n:,} | " + " | ".join(told) + " |")
    return [*lines, ""]


def pictures(run: Path) -> list[str]:
    """The figures of the page, each with its caption."""
    shown = [path.stem for path in figures(run)]
    captions = {name: (CAPTIONS / f"{name.partition('-')[0]}.rst").read_text().strip() for name in shown}
    return [line for name in shown for line in (f"![{name}]({run.name}-{name}.png)", "", f"*{captions[name]}*", "")]


def figures(run: Path) -> list[Path]:
    found = sorted((run / "figures").glob("*.png"), key=lambda path: path.stem)
    return [path for path in found if path.stem in FIGURES or path.stem.partition("-")[0] in OF_SAMPLES]


def page(run: Path, circumstances: str) -> str:
    about = tables.provenance(run / "tables/paper_comparison.parquet")
    methods = dict.fromkeys(tables.read(run / "tables/paper_comparison.parquet")["interval"])
    return "\n".join(
        [
            f"# {run.name}",
            "",
            circumstances,
            "",
            f"Commit {about['commit']}, seed {about['seed']}, Python {about['python']}, "
            + ", ".join(f"{name} {version}" for name, version in about["packages"].items())
            + ".",
            "",
            table(run),
            "",
            *detection(run),
            *pictures(run),
            "How the intervals were made:",
            "",
            *[f"- {method}" for method in methods if method],
            "",
        ]
    )


def main(name: str, circumstances: str) -> None:
    run, target = Path("results") / name, Path("docs/results")
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{name}.md").write_text(page(run, circumstances))
    for source in figures(run):
        shutil.copy(source, target / f"{name}-{source.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
