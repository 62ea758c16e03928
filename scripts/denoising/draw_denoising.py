"""Draw the figures about denoisers, as svg and as png."""

from pathlib import Path

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.workflow.drawing import draw
from phiscope.workflow.job import job


def exhibits_of(paths: list[str], benches: list[tuple[str, dict]]) -> list[dict]:
    """The first image of the first set of the benches, under each noise."""
    first, _ = benches[0]
    told = [(noise, path) for (dataset, noise), path in zip(benches, paths) if dataset == first]
    return [noise | {"images": load_file(path)} for noise, path in told]


def frames_of(name: str, inputs, benches: list[tuple[str, dict]]) -> dict:
    """What the figure of that name is drawn from."""
    return {
        "denoising": lambda: {"denoising_summary": tables.read(inputs.denoising_summary)},
        "denoised": lambda: {"exhibits": exhibits_of(inputs.denoised, benches)},
        "filter_inversion": lambda: {"filter_inversion": tables.read(inputs.filter_inversion)},
        "lecture": lambda: {"study_summary": tables.read(inputs.study_summary)},
    }[name]()


if "snakemake" in globals():
    with job(snakemake.log[0]):
        for name in snakemake.params.names:
            frames = frames_of(name, snakemake.input, snakemake.params.benches)
            draw(name, frames, Path(snakemake.output[0]).parent)
