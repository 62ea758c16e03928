"""Where the attacked images of one chunk stand after rounding to 8 bits, of those that are still attacks then."""

import numpy as np
import torch
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import choose_device, eight_bit, unit_range
from phiscope.features import extract
from phiscope.files.mapped import mapped
from phiscope.geometry import hull, margin
from phiscope.head import Head
from phiscope.models import load_artifact, split
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def locate_rounded(inputs, names: dict[str, str], params, device: str) -> dict[str, list | np.ndarray]:
    """Columns of the table `rounded`; the distance is NaN where the view is not projected onto the hull."""
    view, judged, head = load_file(inputs.attacked), tables.read(inputs.judged), Head.load(inputs.head)
    survives = judged.set_index("sample")["success_8bit"].reindex(view["samples"]).to_numpy(bool)
    if not survives.any():
        return tables.no_rows("rounded")
    images = eight_bit(unit_range(view["images"][survives]).clip(0, 1))
    feature_map = split(load_artifact(inputs.classifier)[0], torch.from_numpy(images[:2]), head=head.layer)
    features = extract(feature_map, images, device=device)
    points = features.astype(np.float64)
    columns = tables.constant(names, len(images)) | {key: view[f"{key}s"][survives] for key in ("sample", "label")}
    columns |= {"predicted": head.classify(features), "norm": np.linalg.norm(points, axis=1)}
    columns |= {"margin": margin.closest_flip(points, head, lower_bound=head.lower_bound).distance}
    return columns | projected(features, inputs.training, head, params)


def projected(features: np.ndarray, training: str, head: Head, params) -> dict[str, np.ndarray]:
    if not training:
        return {key: np.full(len(features), np.nan) for key in ("distance", "distance_lower", "noise")}
    vertices = mapped(training)["features"]
    found = hull.project(features, vertices, tol=params.tolerance, threads=params.threads)
    noise = head.noise.of_features(features) + head.noise.of_features(vertices).max()
    return {"distance": found.distance, "distance_lower": found.distance_lower, "noise": noise}


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        inputs, wildcards, config = snakemake.input, snakemake.wildcards, snakemake.config
        names = {"view": wildcards.view, "split": wildcards.split}
        columns = locate_rounded(inputs, names, snakemake.params, choose_device(config["device"]))
        tables.write(columns, "rounded", snakemake.output.rounded, provenance(config))
