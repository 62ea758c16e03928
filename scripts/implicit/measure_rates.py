"""What pictures of few coefficients reach and cost, and JPEG."""

import json

import pandas as pd
from safetensors import safe_open

from phiscope.experiments.implicit.rates import COLUMNS, rate_rows
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job, progress_bar


def main(images: str, options: dict, seed: int) -> pd.DataFrame:
    with safe_open(images, framework="numpy") as file:
        by_name = {name: file.get_tensor(name) for name in json.loads(file.metadata()["names"])}
    rows = rate_rows(by_name, options, seed, report=progress_bar("Count bits"))
    return pd.DataFrame(rows, columns=list(COLUMNS))


if "snakemake" in globals():
    with job(snakemake):
        rows = main(snakemake.input.images, snakemake.params.options, snakemake.params.seed)
        write_frames({"rows": rows}, snakemake.output, snakemake.config)
