"""Draw one chunk of images as functions of position, in every setting, and keep the pictures that figures show."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import safe_open

from phiscope import tables
from phiscope.arrays import choose_device
from phiscope.experiments.implicit.fits import COLUMNS, Options
from phiscope.experiments.implicit.kept import KeptFits
from phiscope.experiments.implicit.parts import draw_part
from phiscope.experiments.implicit.settings import expand
from phiscope.files import write_arrays
from phiscope.workflow import chunks
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def read_images(path: str) -> dict[str, np.ndarray]:
    """Every image by name, in order."""
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in json.loads(file.metadata()["names"])}


if "snakemake" in globals():
    with job(snakemake):
        implicit, config, output = snakemake.params.options, snakemake.config, snakemake.output
        options = Options.of(implicit, config["seed"], choose_device(config["device"]))
        settings = expand(implicit["fits"], implicit["schedule"]["learning_rate"])
        images, part = read_images(snakemake.input.images), chunks.span(snakemake.wildcards.chunk)
        picture, bar = implicit["picture"], progress_bar("Draw")
        kept = KeptFits(Path(output.table).with_suffix(".fits"))
        rows, pictures = draw_part(images, part, settings, options, picture, kept=kept, report=bar)
        write_arrays(pictures, output.pictures)
        tables.write(pd.DataFrame(rows, columns=list(COLUMNS)), "implicit", output.table, provenance(config))
        kept.remove()
