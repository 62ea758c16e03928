"""What several runs of images as functions say together of total power and of the best scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from phiscope import figures, tables
from phiscope.stats.implicit import fits as over_fits
from phiscope.stats.implicit import within
from phiscope.stats.implicit.answers import QUESTIONS, power_answers, scale_answers
from phiscope.stats.intervals import Resampling
from phiscope.words.numbers import signed
from tools.pages import markdown
from tools.pages.implicit import answers

OPTIONS = Resampling(seed=0)


def page(run: Path, circumstances: str, folder: Path, beside: Sequence[Path]) -> str:
    runs = [run, *beside]
    read = {each.name: tables.read(each / "tables/implicit.parquet") for each in runs}
    chosen = {name: over_fits.tuned(rows).assign(run=name) for name, rows in read.items()}
    tried = {name: over_fits.scales(rows).assign(run=name) for name, rows in read.items()}
    powers = within.powers(_joined(chosen), OPTIONS)
    lines = [f"# {', '.join(read)}: together", "", circumstances, ""]
    for each in runs:
        lines += [f"{each.name}: {markdown.made_with(each / 'tables/implicit.parquet')}", ""]
    told = [{"key": "power", "question": QUESTIONS["power"]} | row for row in power_answers(powers)]
    ranked = scale_answers(within.scales(_joined(tried), OPTIONS))
    told += [{"key": "scale", "question": QUESTIONS["scale"]} | row for row in ranked]
    lines += [*answers(pd.DataFrame(told)), *_each_alone(chosen, tried)]
    with TemporaryDirectory() as scratch:
        drawn = Path(scratch) / f"{run.name}-together"
        (drawn / "figures").mkdir(parents=True)
        figures.draw("implicit_within", implicit_powers=powers).savefig(drawn / "figures/implicit_within.png", dpi=170)
        return "\n".join([*lines, *markdown.pictures(drawn, folder, ("implicit_within",))])


def _joined(parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([part for part in parts.values() if len(part)], ignore_index=True)


def _each_alone(chosen: dict[str, pd.DataFrame], tried: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Run by run: what a correlation over everything says, and what is left of it within encoding and kind."""
    yield "**Each run alone.** Rank correlations over all fits of a run, and within encoding and kind."
    yield ""
    rows = []
    for name, own in chosen.items():
        found = within.powers(own, OPTIONS)
        for _, row in found[(found["part"] == within.ALL_PARTS) & found["value"].notna()].iterrows():
            words = f"PSNR ({row['measure'].removeprefix('psnr_')}) and {within.BESIDE[row['power']]}"
            rows.append((name, words, signed(row["pooled"]), _ends(row), f"{row['n']:.0f}"))
        scales = within.scales(tried[name], OPTIONS)
        for _, row in scales[(scales["part"] == within.ALL_PARTS) & scales["value"].notna()].iterrows():
            words = f"best scale and {row['power'].removeprefix('spectrum_')}"
            rows.append((name, words, signed(row["pooled"]), _ends(row), f"{row['n']:.0f}"))
    yield from markdown.table(["run", "correlation of", "all together", "within [95 % interval]", "images"], rows)
    yield ""


def _ends(row: pd.Series) -> str:
    return f"{signed(row['value'])} [{signed(row['ci_low'])}, {signed(row['ci_high'])}]"
