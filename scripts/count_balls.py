"""Radius of every ball, how many samples it holds, and whether its centre lies in the training set's union."""

from phiscope import tables
from phiscope.geometry import balls
from phiscope.workflow.provenance import provenance

SAMPLE = ["view", "split", "sample", "label", "predicted", "margin", "closest_class"]


def count_balls(located: str, train: str, test: str, config: dict, output: str) -> None:
    frame = tables.read(located, SAMPLE)
    centers, radii = tables.matrix(located, "features"), frame["margin"].to_numpy()
    train_points, train_frame = tables.matrix(train, "features"), tables.read(train, SAMPLE)
    itself = {side: range(len(frame)) if located == path else None for side, path in (("train", train), ("test", test))}
    columns = {key: frame[key] for key in SAMPLE if key != "margin"} | {
        "radius": radii,
        "train_inside": balls.inside(centers, radii, train_points, exclude_self=itself["train"]),
        "test_inside": balls.inside(centers, radii, tables.matrix(test, "features"), exclude_self=itself["test"]),
        "in_train_union": balls.in_union(
            centers, train_points, train_frame["margin"].to_numpy(), exclude_self=itself["train"]
        ),
    }
    tables.write(columns, "balls", output, provenance(config))


if "snakemake" in globals():
    count_balls(
        snakemake.input.located, snakemake.input.train, snakemake.input.test, snakemake.config, snakemake.output[0]
    )
