"""Judge one chunk of an attack: whether the class changed, also in 8 bits, and how far the pixels moved.

An attack through the denoiser is judged by what it attacked, the classifier behind it.
"""

import dataclasses

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import choose_device
from phiscope.attacks import judge
from phiscope.models import load_artifact
from phiscope.workflow.job import job
from phiscope.workflow.opening import Artifact
from phiscope.workflow.provenance import provenance


def judge_attack(
    original: str,
    attacked: str,
    classifier: str,
    behind: dict[str, str],
    openers: dict,
    confidence: float,
    names: dict[str, str],
    config: dict,
    output: str,
) -> None:
    """behind: file of the denoiser that the attacked classifier stands behind, opened as `openers` say; or empty."""
    view = load_file(attacked)
    count = len(view["samples"])
    device = choose_device(config["device"])
    network = load_artifact(classifier)[0].to(device)
    for name, path in behind.items():
        network = Artifact(*openers[name]).open(path, device).before(network)
    judged = judge(network, load_file(original)["images"][:count], view["images"], confidence=confidence)
    columns = tables.constant(names, count) | {"sample": view["samples"], "label": view["labels"]}
    columns |= {"predicted_before": judged.before, "predicted_after": judged.after, "iterations": view["iterations"]}
    columns |= {key: value for key, value in dataclasses.asdict(judged).items() if key not in ("before", "after")}
    tables.write(columns, "attacks", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake):
        judge_attack(
            snakemake.input.original,
            snakemake.input.attacked,
            snakemake.input.classifier,
            {name: snakemake.input[name] for name in snakemake.params.openers},
            snakemake.params.openers,
            snakemake.params.confidence,
            {"view": snakemake.wildcards.view, "split": snakemake.wildcards.split},
            snakemake.config,
            snakemake.output[0],
        )
