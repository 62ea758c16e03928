"""How well attacked and foreign samples are told from genuine ones, and where attacks leave samples."""

import pandas as pd

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def summary_of(inputs, attacks: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """What attacks do, beside the margins of all genuine samples, of training and of test."""
    standing = tables.read(inputs.standing)
    test = standing.loc[standing["view"] == "original", "margin"]
    genuine = pd.concat([test, tables.read(inputs.train, ["margin"])["margin"]])
    return stats.attack_summary(standing, attacks, genuine, options)


def compute(inputs, foreign: list[str], swept: dict, options: dict, seed: int, config: dict, output) -> None:
    scores, resampling = tables.read(inputs.scores), Resampling(**options, seed=seed)
    attacks = tables.read(inputs.attacks) if inputs.get("attacks") else None
    found = stats.detection(scores, attacks, foreign=foreign, options=resampling)
    frames = {"detection": found, "roc_curves": stats.roc_curves(scores, attacks, foreign=foreign)}
    if attacks is not None:
        frames["attack_summary"] = summary_of(inputs, attacks, resampling)
    if swept:
        frames["by_confidence"] = stats.by_confidence(found, swept)
    for name, frame in frames.items():
        tables.write_frame(frame, output[name], provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        compute(
            snakemake.input,
            parameters.foreign,
            parameters.swept,
            parameters.options,
            parameters.seed,
            snakemake.config,
            snakemake.output,
        )
