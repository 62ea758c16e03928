"""Keep the images of a few samples of some views, before the views' images go."""

from collections import defaultdict
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from phiscope.datasets.order import numbered
from phiscope.files import write_arrays
from phiscope.workflow.job import job


def pick_samples(chunks: list[str], samples: list[int | str], outputs: list[str]) -> None:
    """chunks: results/<run>/views/<view>/<split>/<chunk>.safetensors, in the order of their samples.

    outputs: a file <view>.safetensors of each view.
    """
    parts = defaultdict(list)
    order = load_file(chunks[0])["samples"]
    numbers = [numbered(sample, order) for sample in samples]
    for chunk in chunks:
        parts[Path(chunk).parts[-3]].append(_picked(load_file(chunk), numbers))
    for output in outputs:
        own = parts[Path(output).stem]
        write_arrays({key: np.concatenate([part[key] for part in own]) for key in ("samples", "images")}, output)


def _picked(chunk: dict[str, np.ndarray], samples: list[int]) -> dict[str, np.ndarray]:
    rows = np.flatnonzero(np.isin(chunk["samples"], samples))
    return {"samples": chunk["samples"][rows], "images": chunk["images"][rows]}


if "snakemake" in globals():
    with job(snakemake):
        pick_samples(list(snakemake.input), snakemake.params.samples, list(snakemake.output))
