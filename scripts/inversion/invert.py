"""Invert one chunk of samples: images that map to their closest flip points, or to their hull projections."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.numpy import save_file

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import PreparedDataset, open_prepared
from phiscope.experiments.inversion import targets
from phiscope.geometry.inversion import invert
from phiscope.head import Head
from phiscope.models import load_artifact, split
from phiscope.workflow import chunks
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def wanted(target: str, inputs, samples: np.ndarray, head: Head) -> targets.Wanted:
    rows = pd.Index(tables.read(inputs.features, ["sample"])["sample"]).get_indexer(samples)
    if target == "flip":
        return targets.flip_targets(tables.matrix(inputs.features, "features")[rows], head)
    hulls = pd.concat([tables.read(part) for part in inputs.hulls]).set_index("sample").reindex(samples)
    numbers = tables.read(inputs.training, ["sample"])["sample"].to_numpy()
    return targets.hull_targets(hulls, tables.matrix(inputs.training, "features"), numbers, head)


def invert_chunk(
    target: str, aims: targets.Wanted, test: PreparedDataset, part: slice, network, options: dict, seed: int, device
):
    """Columns of the table, and the images (m, channels, h, w); samples without a target keep their own image."""
    samples, images = test.samples[part], unit_range(test.images(part)).astype(np.float64)
    has = aims.exists
    found = invert(
        network,
        aims.points[has],
        images[has],
        seed=seed,
        streams=samples[has],
        device=device,
        report=progress_bar(f"Invert to the {target} point"),
        **options,
    )
    columns = targets.without_target(len(samples))
    for name, values in targets.columns(found, images[has], network).items():
        columns[name] = columns[name].astype(np.result_type(columns[name], values))
        columns[name][has] = values
    images[has] = found.image
    return columns, images


def main(target: str, chunk: str, inputs, options: dict, config: dict, output) -> None:
    torch.set_num_threads(1)  # chunks are the jobs
    device = choose_device(config["device"])
    head, test, part = Head.load(inputs.head), open_prepared(inputs.test_images), chunks.span(chunk)
    part = slice(part.start, min(part.stop, len(test)))
    network, _ = load_artifact(inputs.classifier)
    example = torch.from_numpy(unit_range(test.images(slice(0, 2))))
    feature_map = split(network, example, head=head.layer).to(device)
    aims = wanted(target, inputs, test.samples[part], head)
    found, images = invert_chunk(target, aims, test, part, feature_map, options, config["seed"], device)
    count = len(images)
    own = pd.Series(
        tables.read(inputs.features, ["predicted"])["predicted"].to_numpy(),
        index=tables.read(inputs.features, ["sample"])["sample"],
    )
    columns = tables.constant({"view": "original", "split": "test", "target": target, "reference": "itself"}, count)
    columns |= {"sample": test.samples[part], "label": test.labels[part], "own": own.loc[test.samples[part]].to_numpy()}
    columns |= {"target_class": aims.target_class, "radius": np.full(count, np.nan)}
    path = Path(output.images)
    columns["image"] = [f"{path.parent.parent.name}/{target}/{path.name}:{row}" for row in range(count)]
    save_file({"images": images, "samples": test.samples[part]}, path)
    tables.write(columns | found, "inversions", output.table, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.wildcards.target,
            snakemake.wildcards.chunk,
            snakemake.input,
            snakemake.params.options,
            snakemake.config,
            snakemake.output,
        )
