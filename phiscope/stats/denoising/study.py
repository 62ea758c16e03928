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
    do. Settings keep their order.
    A seed draws the initial weights, the batches and the noise; the images are the same for all.
    """
    beside = ["experiment", "measure", "noise", "seed"]
    first = denoising_study.groupby(beside, dropna=False)["value"].transform("first")
    apart = denoising_study.assign(difference=denoising_study["value"] - first)
    grouped = apart.groupby(_KEY, dropna=False, sort=False)
    summary = grouped.agg(n=("value", "size"), value=("value", "mean"), difference=("difference", "mean"))
    for name, prefix in (("value", "ci"), ("difference", "difference")):
        half = grouped[name].sem() * -scipy.special.stdtrit(np.maximum(summary["n"] - 1, 1), (1 - confidence) / 2)
        summary = summary.assign(**{f"{prefix}_low": summary[name] - half, f"{prefix}_high": summary[name] + half})
    return summary.reset_index()


def held_out_choice(denoising_study: pd.DataFrame) -> pd.DataFrame:
    """Per seed: the weight decay with the least held-out loss, and what it reaches once retrained, on new images.

    Columns: seed, setting, val_loss, psnr: in dB, missing where nothing was retrained.
    """
    losses = denoising_study[
        (denoising_study["experiment"] == "weight_decay") & (denoising_study["measure"] == "val_loss")
    ]
    chosen = losses.loc[losses.groupby("seed")["value"].idxmin(), ["seed", "setting", "value"]]
    retrained = denoising_study[
        (denoising_study["setting"] == "retrained") & (denoising_study["measure"] == "psnr")
    ].set_index("seed")["value"]
    choice = chosen.rename(columns={"value": "val_loss"}).reset_index(drop=True)
    return choice.assign(psnr=choice["seed"].map(retrained).astype(float))
