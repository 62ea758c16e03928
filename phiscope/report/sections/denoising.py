"""Whether noise can be taken away, and whether the class comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.lecture import LectureAnswer, answers
from phiscope.words.methods import noise_in_words, title_of
from phiscope.words.numbers import DASH

TITLE = "Can noise be taken away, and does the class come back?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ("denoising_summary", "denoiser_layers", "views", "study_summary", "held_out_choice")


class NoiseAnswer(NamedTuple):
    """Of the same noise and images, mean PSNR before, by the network, and by the best method without training."""

    noise: str
    before: float
    network: float
    best: str
    other: float


@dataclass(frozen=True)
class DenoisingPage:
    """denoisers: one per noise, of the first set; layers: rows of `experiments.denoising.network.layer_table`, empty
    where the network's are not known; views: as from `stats.by_view`; lecture: what a study found of its statements."""

    denoisers: Sequence[NoiseAnswer]
    layers: pd.DataFrame | None
    views: pd.DataFrame | None
    lecture: Sequence[LectureAnswer] = ()


def data(run: Run) -> DenoisingPage | None:
    summary = run["denoising_summary"]
    if summary is None:
        return None
    studied = run["study_summary"]
    lecture = [] if studied is None else answers(studied, run["held_out_choice"])
    return DenoisingPage(denoisers_of(summary), run["denoiser_layers"], run["views"], lecture)


def denoisers_of(summary: pd.DataFrame) -> list[NoiseAnswer]:
    """Every noise of the first set of images; summary: as from `stats.denoising_summary`."""
    of_set = summary[summary["dataset"] == summary["dataset"].iloc[0]]
    rows = []
    for (noise, level), part in of_set.groupby(["noise", "level"], sort=False):
        psnr = part.set_index("method")["psnr"]
        others = psnr.drop(["network", "noisy", "biharmonic-true-mask"], errors="ignore")
        best, other = (title_of(others.idxmax()), others.max()) if len(others) else (DASH, np.nan)
        rows.append(NoiseAnswer(noise_in_words(noise, level), psnr["noisy"], psnr["network"], best, other))
    return rows
