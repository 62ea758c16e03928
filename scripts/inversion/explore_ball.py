"""What lies in the ball around one sample: images on its perimeter, a morph into it, and the straight pixel path."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.numpy import save_file

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.errors import ConfigError
from phiscope.experiments.inversion import targets
from phiscope.geometry.inversion import invert
from phiscope.head import Head
from phiscope.models import load_artifact, split
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

PATH_POINTS = 101


class Ball:
    """One test sample, its features, its ball, and the training sample that the morph starts from."""

    def __init__(self, number: int, inputs) -> None:
        located = tables.read(inputs.features, [*tables.SAMPLE_COLUMNS, "margin"])
        rows = np.flatnonzero(located["sample"] == number)
        if not len(rows):
            raise ConfigError(
                f"config: report.samples: test sample {number} is not among the {len(located)} of this run; choose "
                "another, or raise dataset.limit.test"
            )
        self.row = located.iloc[rows[0]]
        self.centre = tables.matrix(inputs.features, "features")[rows[0]].astype(np.float64)
        self.radius = float(self.row["margin"])
        self.neighbour = targets.on_the_perimeter(
            self.centre,
            self.radius,
            tables.matrix(inputs.training, "features"),
            tables.read(inputs.training, ["sample", "predicted"]),
            int(self.row["predicted"]),
        )


def explore(ball: Ball, names: list[str], images: dict[str, ImagesBySample], network, options: dict):
    """Rows of the table, and what the figures show."""
    neighbour = images["train"][ball.neighbour].astype(np.float64)
    itself = images["test"][ball.row["sample"]].astype(np.float64)
    references = np.stack([targets.reference_image(name, itself.shape, images) for name in names])
    rim = invert(
        network,
        ball.centre[None].repeat(len(names), 0),
        references,
        radius=ball.radius,
        where="perimeter",
        **options,
    )
    morph, radii = targets.morph(network, ball.centre, neighbour, ball.radius, options)
    path, path_classes = targets.straight_path(network, neighbour, itself, PATH_POINTS)
    shown = {
        "image": itself,
        "neighbour": neighbour,
        "centre": ball.centre,
        "perimeter_references": references,
        "perimeter_images": rim.image,
        "perimeter_features": targets.features(network.double(), rim.image).numpy(),
        "morph_images": morph.image,
        "morph_radii": radii,
        "morph_residuals": morph.residual,
        "morph_features": targets.features(network.double(), morph.image).numpy(),
        "path_features": path,
        "path_classes": path_classes,
    }
    parts = [
        {"target": "perimeter", "reference": names, "radius": np.full(len(names), ball.radius)}
        | targets.columns(rim, references, network),
        {"target": "ball", "reference": f"train:{ball.neighbour}", "radius": radii}
        | targets.columns(morph, neighbour[None].repeat(len(radii), 0), network),
    ]
    return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True), shown


def main(number: int, inputs, names: list[str], options: dict, config: dict, output) -> None:
    torch.set_num_threads(1)  # samples are the jobs
    ball = Ball(number, inputs)
    images = {name: ImagesBySample(open_prepared(inputs[f"{name}_images"])) for name in ("train", "test")}
    network, _ = load_artifact(inputs.classifier)
    example = torch.from_numpy(unit_range(images["test"].prepared.images(slice(0, 2))))
    device = choose_device(config["device"])
    feature_map = split(network, example, head=Head.load(inputs.head).layer).to(device)
    options = options | {"seed": config["seed"], "device": device}
    rows, shown = explore(ball, names, images, feature_map, options)
    place = Path(output.shown)
    rows["image"] = [f"{place.parent.name}/{place.name}:{target}_images:{k}" for target, k in numbered(rows["target"])]
    rows = rows.assign(view="original", split="test", sample=number, label=int(ball.row["label"]))
    rows = rows.assign(own=int(ball.row["predicted"]), target_class=int(ball.row["predicted"]))
    save_file({key: np.ascontiguousarray(value) for key, value in shown.items()}, place)
    tables.write(rows, "inversions", output.table, provenance(config))


def numbered(targets: pd.Series) -> list[tuple[str, int]]:
    """(name of the array of images, row in it) for rows that stand together by target."""
    names = targets.replace({"ball": "morph"})
    return list(zip(names, names.groupby(names).cumcount()))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            int(snakemake.wildcards.number),
            snakemake.input,
            snakemake.params.references,
            snakemake.params.options,
            snakemake.config,
            snakemake.output,
        )
