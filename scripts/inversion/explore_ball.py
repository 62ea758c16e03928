"""What lies in the ball around one sample: images on its perimeter, a morph into it, and the straight pixel path."""

from pathlib import Path

import numpy as np
import torch

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.datasets.order import numbered
from phiscope.experiments.inversion import targets
from phiscope.experiments.inversion.balls import Ball, explore, on_the_perimeter
from phiscope.files import write_arrays
from phiscope.geometry.inversion.memory import free_memory
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.loading import load_network
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def main(sample: str, inputs, names: list[str], points: int, options: dict, config: dict, output) -> None:
    device, located = choose_device(config["device"]), tables.LocatedSamples(inputs.features)
    images = {name: ImagesBySample(open_prepared(inputs[f"{name}_images"])) for name in ("train", "test")}
    number = numbered(sample, images["test"].prepared.samples)
    row, centre = located.sample(number, "config: report.samples")
    itself, radius, own = images["test"][number].astype(np.float64), float(row["margin"]), int(row["predicted"])
    training = tables.read(inputs.training, ["sample", "predicted"])
    neighbour = on_the_perimeter(centre, radius, tables.vectors(inputs.training), training, own)
    ball = Ball(centre, radius, itself, images["train"][neighbour].astype(np.float64))
    example = torch.from_numpy(unit_range(images["test"].prepared.images(slice(0, 2))))
    feature_map = split(load_network(inputs.classifier), example, head=Head.load(inputs.head).layer).to(device)
    references = {name: targets.reference_image(name, itself.shape, images) for name in names}
    options = options | {"seed": config["seed"], "device": device}
    explored = explore(feature_map, ball, references, f"train:{neighbour}", options, points)
    place = Path(output.shown)
    rows = explored.rows.assign(image=[f"{place.parent.name}/{place.name}:{where}" for where in explored.places])
    rows = rows.assign(view="original", split="test", sample=number, label=int(row["label"]), own=own, target_class=own)
    write_arrays({key: np.ascontiguousarray(value) for key, value in explored.shown.items()}, place)
    tables.write(rows, "inversions", output.table, provenance(config))


def leave_out(config: dict, output) -> None:
    """No rows and no arrays: the ball lies beyond `inversions.budget`."""
    write_arrays({}, output.shown)
    tables.write(tables.no_rows("inversions"), "inversions", output.table, provenance(config))


if "snakemake" in globals():
    with job(snakemake):
        params, config = snakemake.params, snakemake.config
        options = params.options | {"memory": free_memory(config["device"], jobs=snakemake.resources.jobs_at_once)}
        if params.allowed:
            asked = params.references, params.segment
            main(snakemake.wildcards.number, snakemake.input, *asked, options, config, snakemake.output)
        else:
            leave_out(config, snakemake.output)
