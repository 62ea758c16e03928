"""The closest image on the decision boundary, beside DeepFool's and PGD's: share found, distances, residuals, cost.

    python -m benchmarks.closest DATA NETWORK SAMPLES FOLDER EPSILON

DATA: folder with a run's prepared `train.safetensors` and `test.safetensors`; NETWORK: its `classifier.safetensors`;
SAMPLES: how many of the first test samples, which are in stratified order. Each fifty of them are written to FOLDER
once they are solved, and are not solved again. One thread.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from phiscope.arrays import blocks
from phiscope.attacks import deepfool, judge, pgd
from phiscope.datasets import open_prepared
from phiscope.datasets.prepared import PreparedDataset
from phiscope.experiments.inversion.closest import classes_of, find_closest, nearest_of_another_class
from phiscope.models.loading import load_network
from phiscope.stats.intervals import Resampling, median_of, share_of

_PART = 50
_TRAINING = 10_000  # of the training images, among which the nearest of another class is looked for
_STEPS = 40  # of PGD in L∞, a tenth of epsilon each, to the first success
_OPTIONS = Resampling(resamples=2000, confidence=0.95, seed=0)


def measure(data: str, network: str, samples: int, folder: str, epsilon: float) -> None:
    torch.set_num_threads(1)
    classifier = load_network(network).eval().requires_grad_(False)
    train, test = (open_prepared(Path(data) / f"{split}.safetensors") for split in ("train", "test"))
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    todo = [rows for rows in blocks(samples, _PART) if not (place / f"{rows.start:06d}.npz").exists()]
    if todo:
        predicted = classes_of(classifier, train.images(slice(0, _TRAINING)))
    for rows in todo:
        np.savez(place / f"{rows.start:06d}.npz", **_part(classifier, train, test, predicted, rows, epsilon))
        print(rows.stop, flush=True)
    parts = [dict(np.load(place / f"{rows.start:06d}.npz")) for rows in blocks(samples, _PART)]
    print(json.dumps(_summary({key: np.concatenate([part[key] for part in parts]) for key in parts[0]}), indent=1))


def _part(
    classifier: nn.Module,
    train: PreparedDataset,
    test: PreparedDataset,
    predicted: np.ndarray,
    rows: slice,
    epsilon: float,
) -> dict[str, np.ndarray]:
    images = test.images(rows)
    seconds, clock = {}, time.process_time()
    attacked = {"deepfool": deepfool(classifier, images).images}
    seconds["deepfool"], clock = time.process_time() - clock, time.process_time()
    options = {"norm": "linf", "epsilon": epsilon, "step": epsilon / 10, "steps": _STEPS, "stop": True}
    attacked["pgd"] = pgd(classifier, images, **options).images
    seconds["pgd"], clock = time.process_time() - clock, time.process_time()
    near = nearest_of_another_class(images, classes_of(classifier, images), train.images, predicted)
    seconds["training"], clock = time.process_time() - clock, time.process_time()
    found = find_closest(classifier, images, {**attacked, "training": near})
    seconds["closest"] = time.process_time() - clock
    judged = {name: judge(classifier, images, each) for name, each in attacked.items()}
    return {
        **found.columns,
        **{f"{name}_l2": np.where(each.success, each.l2, np.nan) for name, each in judged.items()},
        **{f"{name}_seconds": np.full(len(images), spent / len(images)) for name, spent in seconds.items()},
        "right": judged["deepfool"].before == test.labels[rows],
    }


def _summary(rows: dict[str, np.ndarray]) -> dict[str, object]:
    distance, found = rows["pixel_distance"], rows["status"] != "not_found"
    summary: dict[str, object] = {
        "n": len(found),
        "accuracy": float(rows["right"].mean()),
        "found": _text(share_of(found, _OPTIONS)),
        "stationary": _text(share_of(rows["status"] == "stationary", _OPTIONS)),
        "distance": _text(median_of(distance[found], _OPTIONS)),
        "kkt_residual": _quantiles(rows["kkt_residual"][found]),
        "logit_difference": float(np.abs(rows["logit_difference"][found]).max()),
        "third_behind": _quantiles(rows["third_behind"][found]),
        "pieces": _quantiles(rows["pieces"][found]),
        "one_piece": float((rows["pieces"][found] == 1).mean()),
        "starts": {name: float((rows["start"] == name).mean()) for name in sorted(set(rows["start"]))},
        "gradients": float(rows["gradients"].mean()),
        "seconds": {name: float(rows[f"{name}_seconds"].mean()) for name in ("closest", "deepfool", "pgd", "training")},
    }
    for name in ("deepfool", "pgd"):
        both = found & np.isfinite(rows[f"{name}_l2"])
        ratio = distance[both] / rows[f"{name}_l2"][both]
        summary[name] = {
            "n": int(both.sum()),
            "distance": _text(median_of(rows[f"{name}_l2"][both], _OPTIONS)),
            "closest_over_it": _text(median_of(ratio, _OPTIONS)),
            "largest_ratio": float(ratio.max()),
        }
    return summary


def _quantiles(values: np.ndarray) -> dict[str, float]:
    return {f"{share:g}": float(np.quantile(values, share)) for share in (0, 0.01, 0.5, 0.9, 0.99, 1)}


def _text(estimate: object) -> list[float]:
    return [getattr(estimate, name) for name in ("value", "low", "high")]


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], float(sys.argv[5]))
