"""Tables as csv and Markdown, figures as svg and png; every file says on what it was made, and when."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from phiscope import figures
from phiscope.figures.style import MUTED

PACKAGES = (
    "phiscope",
    "numpy",
    "torch",
    "numba",
    "scipy",
    "qpsolvers",
    "daqp",
    "quadprog",
    "piqp",
    "clarabel",
    "highspy",
)


def circumstances(threads: int) -> str:
    """One line: machine, threads, load, date, versions."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return f"{_processor()}, {os.cpu_count()} cores, threads used: {threads}; load average {load}; {when}; {packages}"


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def write_table(rows: list[dict], title: str, folder: Path, name: str, about: str) -> pd.DataFrame:
    """<name>.csv, and <name>.md."""
    frame = write_csv(rows, folder, name, about)
    (folder / f"{name}.md").write_text(f"# {title}\n\n{about}.\n\n{markdown(frame)}\n")
    return frame


def write_csv(rows: list[dict], folder: Path, name: str, about: str) -> pd.DataFrame:
    """<name>.csv, whose first line is a comment: `pandas.read_csv(comment="#")`."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows)
    (folder / f"{name}.csv").write_text(f"# {about}\n" + frame.to_csv(index=False))
    return frame


def markdown(frame: pd.DataFrame) -> str:
    lines = [frame.columns, ["---"] * frame.shape[1], *(map(_written, row) for row in frame.itertuples(index=False))]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _written(value: object) -> str:
    """Three digits; a dash where there is nothing."""
    if isinstance(value, str):
        return value or "–"
    if pd.isna(value):
        return "–"
    return f"{int(value):,}" if float(value).is_integer() and abs(value) < 1e9 else f"{value:.3g}"


def write_figure(figure: Figure, folder: Path, name: str, about: str) -> None:
    """<name>.svg and <name>.png, the circumstances in small print below."""
    machine, packages = about.rsplit("; ", 1)
    figure.supxlabel(f"{machine}\n{packages}", fontsize=5.5, color=MUTED, x=0.01, ha="left")
    for kind in ("svg", "png"):
        (folder / f"{name}.{kind}").write_bytes(figures.encode(figure, kind))
