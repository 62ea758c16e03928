"""The page of a denoising study, of what has run: experiments, and the comparison where it was made."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from phiscope import stats, tables
from phiscope.errors import DataError
from phiscope.figures import draw
from phiscope.stats.intervals import Resampling
from tools.pages import markdown
from tools.pages.denoising import methods, statements, study

EXPERIMENTS, COMPARISON = "chunks/denoising_study/*/*.parquet", "chunks/denoising/*.parquet"


def page(run: Path, circumstances: str, folder: Path) -> str:
    """Of the experiments and comparisons whose chunks are there."""
    experiments, benches = (_read(run, chunks) for chunks in (EXPERIMENTS, COMPARISON))
    if experiments is None:
        raise DataError(f"{run}: nothing lies at {EXPERIMENTS}; expected a run of presets/denoise-study.yaml")
    studied = stats.study_summary(experiments, 0.95)
    about = markdown.made_with(next(iter(sorted(run.glob(EXPERIMENTS)))))
    lines = [f"# {run.name}", "", circumstances, "", about, "", "## What the lecture states, and what was found", ""]
    lines += [*statements(studied, stats.held_out_choice(experiments)), "## The experiments", "", *study(studied)]
    frames = {"denoising_study": {"study_summary": studied}}
    if benches is not None:
        compared = stats.denoising_summary(benches, Resampling(2000, seed=0))
        lines += ["## The comparison", "", *methods(compared)]
        frames["denoising"] = {"denoising_summary": compared}
    with TemporaryDirectory() as scratch:
        drawn = Path(scratch) / run.name
        (drawn / "figures").mkdir(parents=True)
        for name, arguments in frames.items():
            draw(name, **arguments).savefig(drawn / f"figures/{name}.png", dpi=170)
        return "\n".join([*lines, *markdown.pictures(drawn, folder, tuple(frames))])


def _read(run: Path, chunks: str) -> pd.DataFrame | None:
    """Chunks in the order of their names, so that settings keep their order; None where there is none."""
    paths = sorted(run.glob(chunks))
    return pd.concat([tables.read(path) for path in paths], ignore_index=True) if paths else None
