"""The lecture's experiments over seeds: means, and intervals that say what another training might give."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

_KEY = ["experiment", "setting", "measure", "noise"]


def study_summary(denoising_study: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Per experiment, setting, measure and noise: the mean over seeds with Student's interval; none for one seed.

    denoising_study: the table of that name. Columns: n (seeds), value, ci_low, ci_high. Settings keep their order.
    A seed draws the initial weights, the batches and the noise; the images are the same for all.
    """
    grouped = denoising_study.groupby(_KEY, dropna=False, sort=False)["value"]
    found = grouped.agg(n="size", value="mean", spread="sem").reset_index()
    half = found.pop("spread") * t.isf((1 - confidence) / 2, np.maximum(found["n"] - 1, 1))
    return found.assign(ci_low=found["value"] - half, ci_high=found["value"] + half)


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
    found = chosen.rename(columns={"value": "val_loss"}).reset_index(drop=True)
    return found.assign(psnr=found["seed"].map(retrained).astype(float))
