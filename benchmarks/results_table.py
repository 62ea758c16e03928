"""Write docs/results/<run>.md from a finished run: python benchmarks/results_table.py <run> "on what it ran" """

from __future__ import annotations

import math
import shutil
import sys
from pathlib import Path

from phiscope import tables

FIGURES = ("distances", "plane", "slice", "human", "comparison")


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
    for figure in FIGURES:
        source = run / f"figures/{figure}.png"
        if source.is_file():
            shutil.copy(source, target / f"{name}-{figure}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
