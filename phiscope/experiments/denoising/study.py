"""The experiments of the denoising lecture on autoencoders: variations of one training, and what comes of each.

    for row in run(experiment, images, labels, options, seed=0, ...):
        ...

A row says: experiment, setting, measure, noise it was measured under (None where there is none), value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from phiscope.arrays import generator, unit_range
from phiscope.datasets import PreparedDataset
from phiscope.denoising.bench import Pairs
from phiscope.denoising.cheating import PassThrough, passing_filters
from phiscope.denoising.corruptions import Noise, corrupt_anew
from phiscope.denoising.losses import indicator, weighted
from phiscope.denoising.metrics import Quality, compare
from phiscope.errors import DataError
from phiscope.models.denoiser import Autoencoder, autoencoder, run_on
from phiscope.training.denoiser import train

TEST_NOISES = (Noise("gaussian", 0.2), Noise("poisson", 0.3), Noise("salt-and-pepper", 0.1), Noise("blocks", 0.25))
_GAUSSIAN = {"noise": [{"noise": "gaussian", "level": 0.2}]}
CHEATING, BY_HAND = "cheating", "clean, by hand"
_SIZES = {"small": (8, 8), "wide": (32, 32), "deep": (16, 16, 16, 16)}


@dataclass(frozen=True)
class TrainingSetting:
    """What differs from the base options of a training, and the widths of the autoencoder."""

    changes: Mapping[str, Any]
    widths: Sequence[int] = (32, 32)


@dataclass(frozen=True)
class Row:
    """One number; see the module."""

    experiment: str
    setting: str
    measure: str
    noise: str | None
    value: float


def _noise(noise: Noise) -> dict[str, Any]:
    return {"noise": [{"noise": noise.kind, "level": noise.level}]}


# Experiment -> setting -> what differs. The claims of the denoising lecture, one each.
EXPERIMENTS: dict[str, dict[str, TrainingSetting]] = {
    "losses": {
        name: TrainingSetting(_GAUSSIAN | {"l2_weight": w}) for name, w in {"L2": 1.0, "L1": 0.0, "half": 0.5}.items()
    },
    CHEATING: {
        f"{pairs}, {size}": TrainingSetting(_GAUSSIAN if pairs == "noisy" else {"noise": []}, widths)
        for pairs in ("clean", "noisy")
        for size, widths in _SIZES.items()
    },
    "generalisation": {noise.kind: TrainingSetting(_noise(noise)) for noise in TEST_NOISES}
    | {"mixture": TrainingSetting({"noise": [_noise(noise)["noise"][0] for noise in TEST_NOISES]})},
    "weight_decay": {
        f"{decay:g}": TrainingSetting(_GAUSSIAN | {"weight_decay": decay}) for decay in (0.0, 1e-4, 1e-3, 1e-2, 1e-1)
    },
    "schedule": {name: TrainingSetting(_GAUSSIAN | {"schedule": name}) for name in ("constant", "steps", "one-cycle")},
    "augmentation": {
        "none": TrainingSetting(_GAUSSIAN | {"augment": []}),
        "mirrored": TrainingSetting(_GAUSSIAN | {"augment": ["mirror", "upside-down"]}),
    },
    "codes": {
        "denoising": TrainingSetting(_GAUSSIAN),
        "cheating": TrainingSetting({"noise": []}),
        "random": TrainingSetting({"epochs": 0}),
    },
}
RETRAINED = "retrained"  # what follows from the experiment weight_decay
GRADIENTS = "gradients"  # the one experiment that trains nothing
NAMES = (*EXPERIMENTS, GRADIENTS)
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class StudyImages:
    """Images (m, channels, h, w), uint8 or float in [0, 1], and labels (m,), to train on and to measure with."""

    train: NDArray
    train_labels: NDArray
    test: NDArray
    test_labels: NDArray


def run(
    experiment: str, images: StudyImages, options: Mapping[str, Any], *, seed: int, checkpoints: Path
) -> Iterator[Row]:
    """All settings of one experiment, from one seed: rows in the order of the settings."""
    if experiment == GRADIENTS:
        yield from gradient_rows(images.train, seed)
        return
    if experiment == CHEATING:  # without any training, first
        by_hand = PassThrough(*passing_filters(images.train.shape[1]))
        for measure, noise, value in _measures(by_hand, images, seed):
            yield Row(CHEATING, BY_HAND, measure, noise, float(value))
    for name, setting in EXPERIMENTS[experiment].items():
        network, measured = _trained(images.train, options, setting, seed, checkpoints / experiment / name)
        for measure, noise, value in [*measured, *_measures(network, images, seed)]:
            yield Row(experiment, name, measure, noise, float(value))


def columns_of(rows: Iterable[Row], seed: int) -> dict[str, list[Any]]:
    """Columns of the table `denoising_study`."""
    filled = [asdict(row) | {"seed": seed} for row in rows]
    return {key: [row[key] for row in filled] for key in filled[0]}


def images_of_study(old: PreparedDataset, new: PreparedDataset, samples: int) -> StudyImages:
    """The first training and test images of two prepared splits, `samples` of each at most."""
    (train, labels), (test, test_labels) = (_part(split, slice(0, min(samples, len(split)))) for split in (old, new))
    return StudyImages(train, labels, test, test_labels)


def images_of_retraining(split: PreparedDataset, samples: int, where: str) -> StudyImages:
    """The training images of the study, and as many after them: the study measures on test images, not on these.

    where: the file, for the error of a split that has no more.
    """
    if len(split) <= samples:
        raise DataError(
            f"{where}: the study trains on all {len(split)} training images and leaves none to judge the retrained "
            "network by; expected more than denoising.study.samples: lower it, or leave the weight_decay experiment out"
        )
    old, new = _part(split, slice(0, samples)), _part(split, slice(samples, min(2 * samples, len(split))))
    return StudyImages(*old, *new)


def _part(split: PreparedDataset, rows: slice) -> tuple[NDArray, NDArray]:
    return split.images(rows), split.labels[rows]


def retrain(
    images: StudyImages, options: Mapping[str, Any], decay: str, *, seed: int, checkpoints: Path
) -> Iterator[Row]:
    """The weight decay that held-out data chose, trained with once more, on those data as well; looked at once.

    decay: a setting of the experiment `weight_decay`; images.test: new ones, of which neither training nor choice has
    seen any. Rows: the PSNR of the noisy images and of what the network makes of them, and the decay.
    """
    # ASSUME: one image stays held out, which is watched and not acted upon, as a training cannot do without.
    changed = {**options, "validation": 1 / len(images.train)}
    network, _ = _trained(images.train, changed, EXPERIMENTS["weight_decay"][decay], seed, checkpoints)
    clean, noise = unit_range(images.test), TEST_NOISES[0]  # as it was trained
    noisy = np.stack(Pairs.of(clean, noise, seed=seed).noisy)
    for setting, outputs in (("noisy", noisy), (RETRAINED, run_on(network, noisy))):
        yield Row(RETRAINED, setting, "psnr", str(noise), _mean_psnr([compare(*pair) for pair in zip(outputs, clean)]))
    yield Row(RETRAINED, RETRAINED, "weight_decay", None, float(decay))


def _trained(images: NDArray, options: Mapping[str, Any], setting: TrainingSetting, seed: int, folder: Path):
    torch.manual_seed(seed)
    network = autoencoder(len(images[0]), setting.widths, [1, 2, *[1] * (len(setting.widths) - 2)])
    changed = {**options, **setting.changes}
    if not changed["epochs"]:
        return network.eval(), []
    last = train(network, list(images), changed, seed=seed, checkpoints=folder)[-1]
    return network.eval(), [(name, None, last[name]) for name in ("train_loss", "val_loss", "val_psnr")]


def _measures(network: nn.Module, images: StudyImages, seed: int) -> Iterator[tuple[str, str | None, float]]:
    """Of a trained network on test images: how close it comes under each noise and none, and what its codes tell."""
    clean = unit_range(images.test)
    yield "psnr", "clean", _mean_psnr([compare(*pair) for pair in zip(run_on(network, clean), clean)])
    for noise in TEST_NOISES:
        outputs = run_on(network, np.stack(Pairs.of(clean, noise, seed=seed).noisy))
        qualities = [compare(image, target) for image, target in zip(outputs, clean)]
        yield "psnr", str(noise), _mean_psnr(qualities)
        for measure in ("sharpness", "flat_error"):
            yield measure, str(noise), float(np.nanmean([getattr(quality, measure) for quality in qualities]))
        yield "out_of_range", str(noise), float(np.mean((outputs < 0) | (outputs > 1)))
    yield "probe_accuracy", None, probe(network, images)


def _mean_psnr(qualities: Sequence[Quality]) -> float:
    # An image that comes back exactly counts as 100 dB.
    return float(np.mean([min(quality.psnr, 100.0) for quality in qualities]))


def probe(network: nn.Module, images: StudyImages) -> float:
    """Accuracy of a ridge-regularised linear classifier of one-hot labels on the encoder's codes of clean images: of
    those with a label, NaN where there is none."""
    codes = [_codes(network, part) for part in (images.train, images.test)]
    mean, scale = codes[0].mean(0), codes[0].std(0) + 1e-6
    train, test = ((np.c_[(code - mean) / scale, np.ones(len(code))]) for code in codes)
    targets = np.eye(images.train_labels.max() + 1)[images.train_labels]
    # In the dual where there are more numbers in a code than images.
    weights = train.T @ np.linalg.solve(train @ train.T + len(train) * 0.1 * np.eye(len(train)), targets)
    known = images.test_labels >= 0
    if not known.any():
        return float("nan")
    return float(((test[known] @ weights).argmax(1) == images.test_labels[known]).mean())


def _codes(network: nn.Module, images: NDArray) -> NDArray[np.float64]:
    with torch.no_grad():
        return cast(Autoencoder, network).encode(torch.from_numpy(unit_range(images))).flatten(1).double().numpy()


def gradient_rows(images: NDArray, seed: int, draws: int = 64) -> Iterator[Row]:
    """How much the estimate of the gradient varies with the batch size B, at one network before training; and losses
    that push, or do not.

    variance: Σ over parameters of the variance over batches, over the squared norm of their mean.
    """
    torch.manual_seed(seed)
    network, random = autoencoder(len(images[0])), generator(seed, 3)
    for size in BATCH_SIZES:
        estimates = torch.stack([_gradient(network, images, random, size, draw, seed, _l2) for draw in range(draws)])
        ratio = estimates.var(0).sum() / estimates.mean(0).square().sum()
        yield Row(GRADIENTS, f"B = {size}", "variance", None, float(ratio))
    for name, loss in (("L2", _l2), ("L1", _l1), ("indicator", lambda output, clean: indicator(output))):
        norm = _gradient(network, images, random, 16, 0, seed, loss).norm()
        yield Row(GRADIENTS, name, "gradient_norm", None, float(norm))


def _l2(output: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    return weighted(output, clean, 1.0)


def _l1(output: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    return weighted(output, clean, 0.0)


def _gradient(
    network: nn.Module, images: NDArray, random: np.random.Generator, size: int, draw: int, seed: int, loss: Callable
) -> torch.Tensor:
    chosen = random.integers(len(images), size=size)
    clean = unit_range(images[chosen])
    noisy = corrupt_anew(clean, TEST_NOISES[:1], samples=range(size), seed=seed, epoch=draw)
    cost = loss(network(torch.from_numpy(noisy)), torch.from_numpy(clean))
    return torch.cat([part.flatten() for part in torch.autograd.grad(cost, list(network.parameters()))])
