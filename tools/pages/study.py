"""The page of a denoising study, of what has run, finished or not."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from phiscope import stats, tables
from phiscope.errors import DataError
from phiscope.figures import draw
from phiscope.stats.intervals import Resampling
from tools.pages import markdown
from tools.pages.denoising import methods, study


def page(run: Path, circumstances: str, folder: Path) -> str:
    """Of the experiments and comparisons whose chunks are there."""
    benches, experiments = (_read(run, f"chunks/{name}/*.parquet") for name in ("denoising", "denoising_study/*"))
    compared = stats.denoising_summary(benches, Resampling(2000, seed=0))
    studied = stats.study_summary(experiments, 0.95)
    about = markdown.made_with(next((run / "chunks/denoising").glob("*.parquet")))
    lines = [f"# {run.name}", "", circumstances, "", about, "", *methods(compared), *study(studied)]
    with TemporaryDirectory() as scratch:
        drawn = Path(scratch) / run.name
        (drawn / "figures").mkdir(parents=True)
        draw("denoising", denoising_summary=compared).savefig(drawn / "figures/denoising.png", dpi=170)
        draw("denoising_study", study_summary=studied).savefig(drawn / "figures/denoising_study.png", dpi=170)
        return "\n".join([*lines, *markdown.pictures(drawn, folder, ("denoising", "denoising_study"))])


def _read(run: Path, chunks: str) -> pd.DataFrame:
    paths = sorted(run.glob(chunks))
    if not paths:
        raise DataError(f"{run}: nothing lies at {chunks}; expected a run of presets/denoise-study.yaml")
    return pd.concat([tables.read(path) for path in paths], ignore_index=True)
