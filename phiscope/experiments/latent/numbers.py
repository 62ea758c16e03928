"""How far sets of labelled latents and the bases made of them can be trusted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.latent.bases import BASES, Bases, build_all
from phiscope.latent.basis import averages, condition_by_count, effect_of_order
from phiscope.latent.sets import LatentSets, convergence, encoded, joined
from phiscope.latent.spectral import classify, decompose

ORDERS = 20
SETS = ((1, "encoded"), (2, "drawn"))  # the set that each kind of latents is looked at in
SCORED = 5000  # latents on which the effect of the order of labels is seen


class TrainingLatents(NamedTuple):
    """Encoded training images: latents (n, M), labels of the images and of what the latents decode to (n,)."""

    z: NDArray[np.float32]
    labels: NDArray[np.int64]
    decoded_labels: NDArray[np.int64]


def bases_of(
    train: TrainingLatents, drawn: LatentSets, size: int, classes: int, seed: int
) -> tuple[Bases, pd.DataFrame]:
    """Every basis from set 1, of encoded training images, and the drawn sets; and how far it can be trusted.

    size: V, latents per label and set; classes: how many labels there are.
    """
    sets = joined(encoded(train.z, train.decoded_labels, label_count=classes, size=size), drawn)
    made = build_all(averages(sets.latents, sets.labels, sets.sets, label_count=classes), sets.short, seed)
    return made, numbers_of(sets, made, train, classes, seed)


def convergence_rows(sets: LatentSets, classes: int) -> list[dict]:
    """How far two halves of V latents differ, for encoded and for drawn latents."""
    rows = []
    for number, kind in SETS:
        members = sets.sets == number
        largest = int(np.bincount(sets.labels[members], minlength=classes).max(initial=0)) // 2
        sizes = [size for size in (5, 10, 25, 50, 100, 250, 500, 1000, 2500) if size <= largest]
        if sizes:
            halves = convergence(sets.latents[members], sets.labels[members], label_count=classes, sizes=sizes)
            for quantity in ("average", "deviation", "expected"):
                values = np.nanmean(getattr(halves, quantity), axis=1)
                rows += [
                    {"quantity": f"convergence_{quantity}", "kind": kind, "x": float(size), "value": value}
                    for size, value in zip(sizes, values)
                ]
    return rows


def entry_rows(sets: LatentSets) -> list[dict]:
    """Are the entries of the latents of a label normal, and is their mean zero, as figure 3 says?

    Per kind and label: entry_mean over all entries of all latents, with its standard error over latents
    (entry_mean_error: entries of one latent need not be independent), entry_deviation, and entry_kurtosis in excess of
    the normal distribution's.
    """
    rows = []
    for number, kind in SETS:
        for label in np.unique(sets.labels[sets.sets == number]).tolist():
            z = sets.latents[(sets.sets == number) & (sets.labels == label)].astype(np.float64)
            centred, deviation = z - z.mean(), z.std()
            values = {"mean": z.mean(), "deviation": deviation}
            if len(z) > 1 and deviation > 0:
                values["mean_error"] = z.mean(1).std(ddof=1) / np.sqrt(len(z))
                values["kurtosis"] = (centred**4).mean() / deviation**4 - 3
            rows += [
                {"quantity": f"entry_{name}", "kind": kind, "x": float(label), "value": float(value)}
                for name, value in values.items()
            ]
    return rows


def numbers_of(sets: LatentSets, made: Bases, train: TrainingLatents, classes: int, seed: int) -> pd.DataFrame:
    """quantity, kind, x, value: convergence with V, entries by label, condition by count, accuracies by order."""
    rows = convergence_rows(sets, classes) + entry_rows(sets)
    condition = condition_by_count(made.averages.vectors[: made.averages.vectors.shape[1]])
    rows += [{"quantity": "condition", "x": k + 1.0, "value": value} for k, value in enumerate(condition)]
    z, labels = train.z[:SCORED], train.labels[:SCORED]
    for name, how in BASES.items():
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
