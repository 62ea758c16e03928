"""What the fits of images as functions of position say: the frames behind their figures, and the answers."""

import pandas as pd

from phiscope import stats, tables
from phiscope.stats.implicit import fits as over_fits
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def frames(fits: pd.DataFrame, main: str, options: Resampling) -> dict[str, pd.DataFrame]:
    """Every frame by its name; main: the group of images that is spoken of."""
    chosen = over_fits.tuned(fits)
    return {
        "implicit_tuned": chosen,
        "implicit_by_k": over_fits.by_k(chosen, options),
        "implicit_contrasts": over_fits.contrasts(chosen, options),
        "implicit_powers": over_fits.powers(chosen, options),
        "implicit_bases": over_fits.bases(fits, options),
        "implicit_scales": over_fits.scales(fits),
        "implicit_answers": stats.implicit_answers(fits, main, options),
    }


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        resampling = Resampling(**parameters.options, seed=parameters.seed)
        found = frames(tables.read(snakemake.input[0]), parameters.main, resampling)
        write_frames(found, snakemake.output, snakemake.config)
