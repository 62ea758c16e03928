"""What the texts state, beside what this run measured."""

import pandas as pd

from phiscope import tables
from phiscope.papers.comparison import paper_comparison
from phiscope.papers.deep_lsd import latent_comparison
from phiscope.stats.intervals import Resampling
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def compare(
    inputs,
    dataset_is_papers: bool,
    latent_is_papers: bool,
    named: dict[str, str],
    options: dict,
    seed: int,
    config: dict,
    output: str,
) -> None:
    names = ("standing", "hulls", "support", "accuracy", "balls", "lipschitz")
    frames = {name: tables.read(inputs[name]) for name in names}
    optional = {"agreement": "agreement", "attacks": "attack_summary", "inversions": "inversion_summary"}
    optional |= {"moves": "attack_moves", "sweeps": "sweep_summary"}
    for name, key in optional.items():
        frames[name] = tables.read(inputs[key]) if inputs.get(key) else None
    if dataset_is_papers:
        frames["margins"] = tables.read(inputs.margins, ["view", "split", "sample", "other_class", "margin"])
    resampling = Resampling(**options, seed=seed)
    comparison = paper_comparison(**frames, named=named, dataset_is_papers=dataset_is_papers, options=resampling)
    if inputs.get("latent"):
        beside = latent_comparison(tables.read(inputs.latent), dataset_is_papers=latent_is_papers)
        comparison = pd.concat([comparison, beside], ignore_index=True)
    tables.write(comparison, "paper_comparison", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake):
        compare(
            snakemake.input,
            snakemake.params.dataset_is_papers,
            snakemake.params.latent_is_papers,
            snakemake.params.named,
            snakemake.params.options,
            snakemake.params.seed,
            snakemake.config,
            snakemake.output[0],
        )
