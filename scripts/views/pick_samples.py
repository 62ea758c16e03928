"""Keep the images of a few samples of a view, before the view's images go."""

import numpy as np
from safetensors.numpy import load_file, save_file

from phiscope.workflow.job import job


def pick_samples(chunks: list[str], samples: list[int], output: str) -> None:
    parts = [_picked(load_file(chunk), samples) for chunk in chunks]
    save_file({key: np.concatenate([part[key] for part in parts]) for key in ("samples", "images")}, output)


def _picked(chunk: dict[str, np.ndarray], samples: list[int]) -> dict[str, np.ndarray]:
    rows = np.flatnonzero(np.isin(chunk["samples"], samples))
    return {"samples": chunk["samples"][rows], "images": chunk["images"][rows]}


if "snakemake" in globals():
    with job(snakemake.log[0]):
        pick_samples(list(snakemake.input), snakemake.params.samples, snakemake.output[0])
