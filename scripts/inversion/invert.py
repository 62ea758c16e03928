"""Invert one chunk of samples: images that map to their closest flip points, or to their hull projections."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.inversion import targets
from phiscope.experiments.inversion.samples import invert_samples
from phiscope.files import write_arrays
from phiscope.geometry.inversion.memory import free_memory
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.loading import load_network
from phiscope.workflow import chunks
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def targets_of(target: str, inputs, samples: np.ndarray, located: pd.DataFrame, head: Head) -> targets.Wanted:
    if target == "flip":
        return targets.flip_targets(tables.vectors(inputs.features)[located.index.get_indexer(samples)], head)
    hulls = pd.concat([tables.read(part) for part in inputs.hulls]).set_index("sample").reindex(samples)
    numbers = tables.read(inputs.training, ["sample"])["sample"].to_numpy()
    return targets.hull_targets(hulls, tables.vectors(inputs.training), numbers, head)


def main(target: str, chunk: str, places: list[int], inputs, options: dict, config: dict, output) -> None:
    """places: in the prepared order, those of the chunk that `inversions.budget` allows."""
    device, head, test = choose_device(config["device"]), Head.load(inputs.head), open_prepared(inputs.test_images)
    part = chunks.span(chunk)
    rows = np.array([place - part.start for place in places], dtype=np.int64)
    images = unit_range(test.images(slice(part.start, min(part.stop, len(test))))[rows]).astype(np.float64)
    samples, labels = test.samples[places], test.labels[places]
    located = tables.read(inputs.features, ["sample", "predicted"]).set_index("sample")
    example = torch.from_numpy(unit_range(test.images(slice(0, 2))))
    feature_map = split(load_network(inputs.classifier), example, head=head.layer).to(device)
    aims, bar = targets_of(target, inputs, samples, located, head), progress_bar(f"Invert to the {target} point")
    inverted = invert_samples(
        feature_map, aims, samples, images, options, seed=config["seed"], device=device, report=bar
    )
    same = {"view": "original", "split": "test", "target": target, "reference": "itself"}
    columns = tables.constant(same, len(samples)) | {"sample": samples, "label": labels}
    columns |= {"own": located["predicted"].loc[samples].to_numpy(), "target_class": aims.target_class}
    place = Path(output.images)
    names = [f"{place.parent.parent.name}/{target}/{place.name}:{row}" for row in range(len(samples))]
    columns |= {"radius": np.full(len(samples), np.nan), "image": names}
    write_arrays({"images": inverted.images, "samples": samples}, place)
    tables.write(columns | inverted.columns, "inversions", output.table, provenance(config))


if "snakemake" in globals():
    with job(snakemake):
        target, chunk, params = snakemake.wildcards.target, snakemake.wildcards.chunk, snakemake.params
        config = snakemake.config
        options = params.options | {"memory": free_memory(config["device"], jobs=snakemake.resources.jobs_at_once)}
        main(target, chunk, params.allowed, snakemake.input, options, config, snakemake.output)
