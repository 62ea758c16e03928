"""Averages of labelled latents, every basis that is made of them, and how far these can be trusted."""

import numpy as np
import pandas as pd
from safetensors import safe_open
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.latent import bases
from phiscope.latent.basis import averages, condition_by_count, effect_of_order
from phiscope.latent.sets import LatentSets, convergence, encoded, joined
from phiscope.latent.spectral import classify, decompose
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

ORDERS = 20
SCORED = 5000  # latents on which the effect of the order of labels is seen


def sets_of(path: str, drawn: str, size: int, classes: int) -> LatentSets:
    """Set 1 from encoded training images, the others drawn at random."""
    found, random = load_file(path), load_file(drawn)
    first = encoded(found["train/z"], found["train/decoded_labels"], label_count=classes, size=size)
    short = tuple(map(tuple, random["short"].tolist()))
    return joined(first, LatentSets(random["latents"], random["labels"], random["sets"], short))


def convergence_rows(sets: LatentSets, classes: int) -> list[dict]:
    """How far two halves of V latents differ, for encoded and for drawn latents."""
    rows = []
    for number, kind in ((1, "encoded"), (2, "drawn")):
        members = sets.sets == number
        largest = int(np.bincount(sets.labels[members], minlength=classes).max(initial=0)) // 2
        sizes = [size for size in (5, 10, 25, 50, 100, 250, 500, 1000, 2500) if size <= largest]
        if sizes:
            found = convergence(sets.latents[members], sets.labels[members], label_count=classes, sizes=sizes)
            for quantity in ("average", "deviation", "expected"):
                values = np.nanmean(getattr(found, quantity), axis=1)
                rows += [
                    {"quantity": f"convergence_{quantity}", "kind": kind, "x": float(size), "value": value}
                    for size, value in zip(sizes, values)
                ]
    return rows


def numbers_of(sets: LatentSets, made: bases.Bases, encodings: dict, classes: int, seed: int) -> pd.DataFrame:
    """quantity, kind, x, value: convergence with V, condition numbers by count, accuracies by order of labels."""
    rows = convergence_rows(sets, classes)
    condition = condition_by_count(made.averages.vectors[: made.averages.vectors.shape[1]])
    rows += [{"quantity": "condition", "x": k + 1.0, "value": value} for k, value in enumerate(condition)]
    z, labels = encodings["train/z"][:SCORED], encodings["train/labels"][:SCORED]
    for name, how in bases.BASES.items():
        scores = effect_of_order(
            made.averages,
            lambda basis: (classify(decompose(z, basis), basis, axes="first-set") == labels).mean(),
            orders=ORDERS,
            seed=seed,
            **how,
        )
        rows += [{"quantity": "order", "kind": name, "x": float(k), "value": s} for k, s in enumerate(scores)]
        rows += [{"quantity": "orthogonality", "kind": name, "value": made[name].orthogonality}]
        rows += [{"quantity": "basis_condition", "kind": name, "value": made[name].condition}]
    rows += [
        {"quantity": "short", "kind": f"set {n}", "x": float(label), "value": have} for label, n, have in made.short
    ]
    return pd.DataFrame(rows, columns=["quantity", "kind", "x", "value"])


def build_basis(path: str, drawn: str, size: int, seed: int, config: dict, output) -> None:
    with safe_open(path, framework="numpy") as file:
        classes = int(file.metadata()["classes"])
    sets = sets_of(path, drawn, size, classes)
    made = bases.build_all(averages(sets.latents, sets.labels, sets.sets, label_count=classes), sets.short, seed)
    for label in made.lost:
        print(f"label {label}: no training image is encoded and decoded as it; it has no axis")
    bases.save(made, output[0])
    tables.write_frame(numbers_of(sets, made, load_file(path), classes, seed), output.numbers, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        build_basis(
            snakemake.input.encoded,
            snakemake.input.drawn,
            snakemake.params.size,
            snakemake.params.seed,
            snakemake.config,
            snakemake.output,
        )
