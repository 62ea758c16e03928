"""Draw the figures of latent space, as svg and as png."""

from pathlib import Path

import pandas as pd

from phiscope import tables
from phiscope.datasets import open_prepared
from phiscope.workflow.drawing import draw
from phiscope.workflow.job import job

SAMPLED = 0  # the trial whose spectra are drawn


def spectra_of(path: str, setting: str) -> pd.DataFrame:
    """One sampled encoding of every test image in the paper's basis."""
    spectra = tables.read(path)
    chosen = (spectra["setting"] == setting) & (spectra["basis"] == "gram-schmidt") & (spectra["trial"] == SAMPLED)
    return spectra[chosen]


def logs_of(logs: dict[str, str]) -> pd.DataFrame:
    """The training logs of the encoders; those that were loaded have none."""
    parts = [pd.read_csv(path).assign(setting=setting) for setting, path in logs]
    return pd.concat(parts, ignore_index=True)


def frames_of(name: str, inputs, setting: str, logs: list, gan_log: str | None) -> dict:
    """What the figure of that name is drawn from."""
    classes = open_prepared(inputs.test).classes

    def frame(key: str) -> pd.DataFrame:
        return tables.read(inputs[key])

    def tiles(figure: str) -> pd.DataFrame:
        found = frame("tiles")
        return found[found["figure"] == figure]

    def main(key: str) -> pd.DataFrame:
        found = frame(key)
        found = found[found["setting"] == setting]
        return found[found["training"] == found["training"].iloc[0]] if "training" in found else found

    def stops() -> list[str]:
        path = frame("rotation").drop_duplicates(["source", "target"])
        return [classes[label] for label in [path["source"].iloc[0], *path["target"]]]

    def truncations() -> list[str]:
        counts = sorted(count for count in frame("denoising")["components"].unique() if count > 0)
        return ["image", "all", *map(str, counts)]

    return {
        "latent_batches": lambda: {"tiles": tiles("batches")},
        "latent_sets": lambda: {"tiles": tiles("sets"), "densities": frame("densities"), "classes": classes},
        "latent_axes": lambda: {"tiles": tiles("axes"), "products": frame("products")},
        "latent_accuracy": lambda: {
            "spectra": spectra_of(inputs.spectra, setting),
            "trials": main("trials"),
            "latent": main("latent"),
            "classes": classes,
        },
        "latent_amplitudes": lambda: {"spectra": spectra_of(inputs.spectra, setting)},
        "latent_truncation": lambda: {"tiles": tiles("truncation"), "titles": truncations()},
        "latent_rotation": lambda: {"tiles": tiles("rotation"), "stops": stops()},
        "latent_way": lambda: {"rotation": frame("rotation"), "classes": classes},
        "latent_metric": lambda: {"metric": frame("metric"), "linearity": frame("linearity"), "classes": classes},
        "latent_denoising": lambda: {"denoising": frame("denoising")},
        "latent_tradeoff": lambda: {"latent": frame("latent")},
        "latent_basis": lambda: {"numbers": main("numbers")},
        "latent_training": lambda: {"logs": logs_of(logs), "gan_log": pd.read_csv(gan_log) if gan_log else None},
    }[name]()


if "snakemake" in globals():
    with job(snakemake.log[0]):
        inputs, parameters = snakemake.input, snakemake.params
        for name in parameters.names:
            frames = frames_of(name, inputs, parameters.setting, parameters.logs, inputs.get("gan_log"))
            draw(name, frames, Path(snakemake.output[0]).parent)
