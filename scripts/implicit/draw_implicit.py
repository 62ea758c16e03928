"""Draw the figures about images as functions of position, as svg and as png."""

from pathlib import Path

import pandas as pd
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.exhibits.implicit import gallery
from phiscope.workflow.drawing import draw
from phiscope.workflow.job import job


def pictures_of(tuned: pd.DataFrame, paths: list[str], picture: str) -> pd.DataFrame:
    """One image, drawn in every way."""
    pictures = {name: drawn for path in paths for name, drawn in load_file(path).items()}
    return gallery(tuned, pictures, picture)


def frames_of(name: str, inputs, main: str, picture: str | None) -> dict:
    """What the figure of that name is drawn from; main: the group of images that is spoken of."""

    def frame(key: str) -> pd.DataFrame:
        return tables.read(inputs[key])

    return {
        "implicit_k": lambda: {"by_k": frame("implicit_by_k"), "main": main},
        "implicit_spectrum": lambda: {"tuned": frame("implicit_tuned"), "powers": frame("implicit_powers")},
        "implicit_scale": lambda: {"scales": frame("implicit_scales")},
        "implicit_bases": lambda: {"bases": frame("implicit_bases"), "main": main},
        "implicit_decoders": lambda: {"decoders": frame("implicit_decoders")},
        "implicit_waves": lambda: {"latent_waves": frame("latent_waves")},
        "implicit_pictures": lambda: {"gallery": pictures_of(frame("implicit_tuned"), inputs.drawn, picture)},
    }[name]()


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        for name in parameters.names:
            frames = frames_of(name, snakemake.input, parameters.main, parameters.picture)
            draw(name, frames, Path(snakemake.output[0]).parent)
