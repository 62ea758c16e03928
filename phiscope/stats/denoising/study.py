"""The experiments of the denoising lecture over seeds: means, and intervals over other trainings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

_KEY = ["experiment", "setting", "measure", "noise"]


def study_summary(denoising_study: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Per experiment, setting, measure and noise: the mean over seeds with Student's interval; none for one seed.

    denoising_study: the table of that name. Columns: n (seeds), value, ci_low, ci_high; difference, difference_low,
    difference_high: less the first setting, seed by seed, because one seed differs from another more than most settings
    do. Settings keep their order. Trainings that diverged have no rows but that they did, and do not count.
    A seed draws the initial weights, the batches and the noise; the images are the same for all.
    """
    grouped = _apart(denoising_study).groupby(_KEY, dropna=False, sort=False)
    summary = grouped.agg(n=("value", "size"), value=("value", "mean"), difference=("difference", "mean"))
    for name, prefix in (("value", "ci"), ("difference", "difference")):
        degrees = np.maximum(grouped[name].count() - 1, 1)
        half = grouped[name].sem() * -scipy.special.stdtrit(degrees, (1 - confidence) / 2)
        summary = summary.assign(**{f"{prefix}_low": summary[name] - half, f"{prefix}_high": summary[name] + half})
    return summary.reset_index()


def _apart(study: pd.DataFrame) -> pd.DataFrame:
    """With the difference to the first setting that has the measure, of the same seed; missing where that diverged."""
    first = study.groupby(["experiment", "measure", "noise"], dropna=False)["setting"].transform("first")
    references = study["value"].where(study["setting"] == first)
    beside = [study[name] for name in ("experiment", "measure", "noise", "seed")]
    return study.assign(difference=study["value"] - references.groupby(beside, dropna=False).transform("first"))


def held_out_choice(denoising_study: pd.DataFrame) -> pd.DataFrame:
    """Per seed: the penalty with the least held-out loss, and what it reaches once retrained, on new images.

    Columns: seed, setting, val_loss, psnr, psnr_without (a penalty): in dB, missing where nothing was retrained.
    """
    losses = denoising_study[(denoising_study["experiment"] == "penalty") & (denoising_study["measure"] == "val_loss")]
    chosen = losses.loc[losses.groupby("seed")["value"].idxmin(), ["seed", "setting", "value"]]
    choice = chosen.rename(columns={"value": "val_loss"}).reset_index(drop=True)
    for name, setting in (("psnr", "retrained"), ("psnr_without", "retrained, no penalty")):
        choice[name] = choice["seed"].map(_on_new_images(denoising_study, setting)).astype(float)
    return choice


def _on_new_images(study: pd.DataFrame, setting: str) -> pd.Series:
    """PSNR by seed."""
    return study[(study["setting"] == setting) & (study["measure"] == "psnr")].set_index("seed")["value"]
