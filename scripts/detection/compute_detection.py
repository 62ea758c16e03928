"""How well attacked and foreign samples are told from genuine ones, and where attacks leave samples."""

import numpy as np
import pandas as pd

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def summary_of(inputs, attacks: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """What attacks do, beside the margins of all genuine samples, of training and of test."""
    standing, rounded = tables.read(inputs.standing), tables.read(inputs.rounded)
    genuine = pd.concat([tables.read(part, ["margin"])["margin"] for part in (inputs.train, inputs.test)])
    return stats.attack_summary(standing, attacks, genuine, options, rounded)


def moves_of(inputs, attacks: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Whether attacks move samples towards the hull, by the norm of their features."""
    rows = [
        tables.read(path, ["view", "sample"]).assign(norm=np.linalg.norm(tables.vectors(path).astype(float), axis=1))
        for path in (inputs.test, *inputs.attacked)
    ]
    return stats.attack_moves(tables.read(inputs.standing), pd.concat(rows), attacks, options)


def compute(inputs, foreign: list[str], swept: dict, options: Resampling, config: dict, output) -> None:
    scores = tables.read(inputs.scores)
    attacks = tables.read(inputs.attacks) if inputs.get("attacks") else None
    detection = stats.detection(scores, attacks, foreign=foreign, options=options)
    frames = {"detection": detection, "roc_curves": stats.roc_curves(scores, attacks, foreign=foreign)}
    if attacks is not None:
        frames["attack_summary"] = summary_of(inputs, attacks, options)
        frames["attack_moves"] = moves_of(inputs, attacks, options)
    if swept:
        frames["by_confidence"] = stats.by_confidence(detection, swept)
    write_frames(frames, output, config)


if "snakemake" in globals():
    with job(snakemake):
        parameters = snakemake.params
        compute(
            snakemake.input,
            parameters.foreign,
            parameters.swept,
            Resampling(**parameters.options, seed=parameters.seed),
            snakemake.config,
            snakemake.output,
        )
