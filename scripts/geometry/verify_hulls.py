"""Look again at the hull projections of the tables, with code that shares nothing with the solver."""

import numpy as np
import pandas as pd

from phiscope import stats, tables
from phiscope.arrays import as_vectors
from phiscope.datasets import open_prepared
from phiscope.geometry.hull import NEAR, verify
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def in_features(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Points of feature space and the samples that they are."""
    return tables.matrix(path, "features"), tables.read(path, ["sample"])["sample"].to_numpy()


def in_pixels(path: str, limit: int | None) -> tuple[np.ndarray, np.ndarray]:
    """The same in pixel space."""
    prepared, used = open_prepared(path), slice(0, limit)
    return as_vectors(prepared.images(used)), prepared.samples[used]


def proof(hulls: pd.DataFrame, points: tuple, vertices: tuple) -> dict:
    """One row for rows of `hulls` of one view and space, and points and vertices as from the functions above.

    relative_gap: the largest g / (‖z - x‖ R) of those that do not touch the hull. distance_error: the largest
    difference to the distance in the table, relative to R. weight_error: how far the coefficients are from being
    nonnegative with sum 1.
    """
    projection = tables.hull_projection(hulls, *vertices)
    found = verify(projection, points[0][pd.Index(points[1]).get_indexer(hulls["sample"])], vertices[0])
    away = projection.distance > NEAR * found.farthest
    relative = np.divide(found.gap, projection.distance * found.farthest, out=np.zeros(len(away)), where=away)
    return {
        "view": hulls["view"].iloc[0],
        "space": hulls["space"].iloc[0],
        "n": len(hulls),
        "touching": int((~away).sum()),
        "relative_gap": relative.max(),
        "distance_error": (found.distance_error / found.farthest).max(),
        "weight_error": max(found.weight_sum_error.max(), -found.least_weight.min(), 0.0),
    }


def proofs(inputs, views: list[str], hulls_of: list[str], most: int | None, limits: dict, config: dict, output) -> None:
    hulls = tables.read(inputs.hulls)
    features, training = dict(zip(views, inputs.features, strict=True)), in_features(inputs.training)
    rows = []
    for view, path in features.items():
        part = hulls[(hulls["view"] == view) & (hulls["space"] == "feature")].head(most)
        rows += [proof(part, in_features(path), training)] if len(part) else []
    if hulls_of:
        processed = dict(zip(hulls_of, map(in_features, inputs.processed), strict=True))
        for (view, hull_of), part in tables.read(inputs.processed_hulls).groupby(["view", "hull_of"]):
            rows.append(proof(stats.named_after_hull(part.head(most)), in_features(features[view]), processed[hull_of]))
    # Images of other views are gone by now.
    part = hulls[(hulls["view"] == "original") & (hulls["space"] == "pixel")].head(most)
    if len(part):
        images = {split: in_pixels(inputs[f"{split}_images"], limit) for split, limit in limits.items()}
        rows.append(proof(part, images["test"], images["train"]))
    write_frames({"verification": pd.DataFrame(rows)}, output, config)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        proofs(
            snakemake.input,
            snakemake.params.views,
            snakemake.params.hulls_of,
            snakemake.params.most,
            snakemake.params.limits,
            snakemake.config,
            snakemake.output,
        )
