"""The experiments of the denoising lecture, one for each statement: variations of one training, and what comes of each.

    for row in run(experiment, images, labels, options, seed=0, ...):
        ...

A row says: experiment, setting, measure, noise it was measured under (None where there is none), value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
from phiscope.denoising.metrics import flat_error, psnr, sharpness
from phiscope.denoising.patterns import ridge_accuracy
from phiscope.errors import DataError
from phiscope.experiments.denoising.banks import CLASSIFIED, classification, reconstruction
from phiscope.experiments.denoising.settings import (
    BY_HAND,
    CHEATING,
    EXPERIMENTS,
    FEW,
    FILTER_CLASSIFICATION,
    FILTER_DENOISING,
    GRADIENTS,
    NO_PENALTY,
    PENALTY,
    RETRAINED,
    TEST_NOISES,
    UNPENALISED,
    Experiment,
    TrainingSetting,
)
from phiscope.models.denoiser import Autoencoder, autoencoder, run_on
from phiscope.training.denoiser import train

BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)
HELD_OUT = 0.2  # ASSUME: share of the training images, so that a choice on them rests on more than a handful
SEEN = 200  # images trained on that are denoised, too, at most
_STRENGTH = 0.1  # of the ridge penalty on codes, by the number of images
_MOST = 100.0  # dB: an image that comes back exactly


@dataclass(frozen=True)
class Row:
    """One number; see the module."""

    experiment: str
    setting: str
    measure: str
    noise: str | None
    value: float


@dataclass(frozen=True)
class StudyImages:
    """Images (m, channels, h, w), uint8 or float in [0, 1], and labels (m,), to train on and to measure with."""

    train: NDArray
    train_labels: NDArray
    test: NDArray
    test_labels: NDArray


Measured = Iterator[tuple[str, str | None, float]]  # measure, noise, value


def run(
    experiment: str, images: StudyImages, options: Mapping[str, Any], *, seed: int, checkpoints: Path
) -> Iterator[Row]:
    """All settings of one experiment, from one seed: rows in the order of the settings.

    checkpoints: a folder of unfinished and finished trainings, of this seed and any experiment: they are named by what
    they are of, so that a training that two experiments have is made once.
    """
    if experiment in _UNTRAINED:
        for name, measure, noise, value in _UNTRAINED[experiment](images, seed):
            yield Row(experiment, name, measure, noise, float(value))
        return
    asked = EXPERIMENTS[experiment]
    if experiment == CHEATING:  # without any training, first
        by_hand = PassThrough(*passing_filters(images.train.shape[1]))
        for measure, noise, value in _measures(by_hand, images, asked, seed):
            yield Row(CHEATING, BY_HAND, measure, noise, float(value))
    for name, setting in asked.settings.items():
        for measure, noise, value in _of_setting(images, options, setting, asked, seed, checkpoints):
            yield Row(experiment, name, measure, noise, float(value))


def _of_setting(
    images: StudyImages,
    options: Mapping[str, Any],
    setting: TrainingSetting,
    asked: Experiment,
    seed: int,
    checkpoints: Path,
) -> Measured:
    network, history = _trained(images.train, {**options, "validation": HELD_OUT}, setting, seed, checkpoints)
    diverged = any(not np.isfinite(epoch["train_loss"]) for epoch in history)
    if history:
        yield "diverged", None, float(diverged)
    if diverged:
        return  # there is nothing to measure
    if history:
        yield from ((name, None, history[-1][name]) for name in ("train_loss", "val_loss", "val_psnr"))
        yield "rise", None, rise([epoch["val_loss"] for epoch in history])
    yield from _measures(network, images, asked, seed)
    if asked.trained:
        seen = (images.train[:FEW] if setting.few else images.train)[:SEEN]
        yield "psnr_trained", str(TEST_NOISES[0]), _psnr(*_denoised(network, seen, TEST_NOISES[0], seed))


def rise(losses: list[float]) -> float:
    """By how much of itself a loss rises from one epoch to the next, where it does, on average over the last half.

    A training that has settled, or still goes down, has 0; one that jumps about has much.
    """
    last = np.array(losses[len(losses) // 2 - 1 if len(losses) > 1 else 0 :])
    return float(np.maximum(last[1:] / last[:-1] - 1, 0).mean()) if len(last) > 1 else 0.0


def columns_of(rows: Iterable[Row], seed: int) -> dict[str, list[Any]]:
    """Columns of the table `denoising_study`."""
    filled = [asdict(row) | {"seed": seed} for row in rows]
    return {key: [row[key] for row in filled] for key in filled[0]}


def samples_of(experiment: str, samples: int) -> int:
    """How many images an experiment takes where the study takes so many: what is cheap and needs more takes more."""
    return max(samples, CLASSIFIED) if experiment == FILTER_CLASSIFICATION else samples


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
            f"network by; expected more than denoising.study.samples: lower it, or leave the experiment {PENALTY} out"
        )
    old, new = _part(split, slice(0, samples)), _part(split, slice(samples, min(2 * samples, len(split))))
    return StudyImages(*old, *new)


def _part(split: PreparedDataset, rows: slice) -> tuple[NDArray, NDArray]:
    return split.images(rows), split.labels[rows]


def retrain(
    images: StudyImages, options: Mapping[str, Any], scale: str, *, seed: int, checkpoints: Path
) -> Iterator[Row]:
    """The scale of the penalty that held-out images chose: trained with once more, on those images as well.

    scale: a setting of the experiment `PENALTY`; images.test: new ones, of which neither training nor choice has seen
    any, looked at once. Rows: the PSNR of the noisy images and of what the network makes of them, that of a network
    which is trained alike without a penalty, and the scale.
    """
    clean, noise = images.test, TEST_NOISES[0]  # as it was trained
    noisy = np.stack(Pairs.of(clean, noise, seed=seed).noisy)
    yield Row(RETRAINED, "noisy", "psnr", str(noise), _psnr(noisy, unit_range(clean)))
    for setting, tried in ((UNPENALISED, NO_PENALTY), (RETRAINED, scale)):
        # ASSUME: one image stays held out, which is watched and not acted upon, as a training cannot do without.
        changed = {**options, "validation": 1 / len(images.train)}
        network, _ = _trained(images.train, changed, EXPERIMENTS[PENALTY].settings[tried], seed, checkpoints)
        outputs = run_on(network, noisy)
        yield Row(RETRAINED, setting, "psnr", str(noise), _psnr(outputs, unit_range(clean)))
    yield Row(RETRAINED, RETRAINED, "penalty", None, float(scale))


def _trained(images: NDArray, options: Mapping[str, Any], setting: TrainingSetting, seed: int, folder: Path):
    torch.manual_seed(seed)
    network = autoencoder(len(images[0]), setting.widths, [1, 2, *[1] * (len(setting.widths) - 2)])
    chosen, changed = setting.training(options, images)
    if not changed["epochs"]:
        return network.eval(), []
    return network, train(network, list(chosen), changed, seed=seed, checkpoints=folder)


def _measures(network: nn.Module, images: StudyImages, asked: Experiment, seed: int) -> Measured:
    """Of a trained network on test images: how close it comes under each noise and none, and what its codes tell."""
    network.eval()
    clean = unit_range(images.test)
    yield "psnr", "clean", _psnr(run_on(network, clean), clean)
    for noise in asked.noises:
        outputs, _ = _denoised(network, images.test, noise, seed)
        yield "psnr", str(noise), _psnr(outputs, clean)
        if asked.details:
            kept = outputs.clip(0, 1).astype(np.float64)
            for measure, of_pair in (("sharpness", sharpness), ("flat_error", flat_error)):
                yield measure, str(noise), float(np.nanmean([of_pair(*pair) for pair in zip(kept, clean)]))
            yield "out_of_range", str(noise), float(np.mean((outputs < 0) | (outputs > 1)))
    if asked.probe:
        yield "probe_accuracy", None, probe(network, images)


def _denoised(network: nn.Module, images: NDArray, noise: Noise, seed: int) -> tuple[NDArray, NDArray]:
    """What a network makes of images with noise, and the images."""
    return run_on(network.eval(), np.stack(Pairs.of(images, noise, seed=seed).noisy)), unit_range(images)


def _psnr(outputs: NDArray, clean: NDArray) -> float:
    """Mean over images, of what is cut to [0, 1]; an image that comes back exactly counts as 100 dB."""
    pairs = zip(outputs.astype(np.float64).clip(0, 1), clean.astype(np.float64))
    return float(np.mean([min(psnr(*pair), _MOST) for pair in pairs]))


def probe(network: nn.Module, images: StudyImages) -> float:
    """Accuracy of a ridge-regularised linear classifier on the encoder's codes of clean images."""
    train, test = (_codes(network, part) for part in (images.train, images.test))
    return ridge_accuracy(train, images.train_labels, test, images.test_labels, _STRENGTH)


def _codes(network: nn.Module, images: NDArray) -> NDArray[np.float64]:
    with torch.no_grad():
        return cast(Autoencoder, network).encode(torch.from_numpy(unit_range(images))).flatten(1).double().numpy()


Settings = Iterator[tuple[str, str, str | None, float]]  # setting, measure, noise, value


def gradient_rows(images: StudyImages, seed: int, draws: int = 64) -> Settings:
    """How much the estimate of the gradient varies with the batch size B, at one network before training; and losses
    that push, or do not.

    variance: Σ over parameters of the variance over batches, over the squared norm of their mean.
    """
    torch.manual_seed(seed)
    network, random = autoencoder(len(images.train[0])), generator(seed, 3)
    for size in BATCH_SIZES:
        estimates = torch.stack(
            [_gradient(network, images.train, random, size, draw, seed, _l2) for draw in range(draws)]
        )
        ratio = estimates.var(0).sum() / estimates.mean(0).square().sum()
        yield f"B = {size}", "variance", None, float(ratio)
    for name, loss in (("L2", _l2), ("L1", _l1), ("indicator", lambda output, clean: indicator(output))):
        norm = _gradient(network, images.train, random, 16, 0, seed, loss).norm()
        yield name, "gradient_norm", None, float(norm)


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


def _filter_denoising(images: StudyImages, seed: int) -> Settings:
    yield from reconstruction(images.train, images.test, TEST_NOISES[0], seed)


def _filter_classification(images: StudyImages, seed: int) -> Settings:
    yield from classification(images.train, images.train_labels, images.test, images.test_labels, seed)


_UNTRAINED: dict[str, Callable[[StudyImages, int], Settings]] = {
    GRADIENTS: gradient_rows,
    FILTER_DENOISING: _filter_denoising,
    FILTER_CLASSIFICATION: _filter_classification,
}
