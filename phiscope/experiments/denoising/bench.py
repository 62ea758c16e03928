"""Denoisers compared on one set of images under one noise: a row per image and method, and one image under all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.denoising.bench import Denoise, Pairs, Score, contest, tuned
from phiscope.denoising.corruptions import Noise
from phiscope.experiments.denoising.network import Denoiser

TUNING_SEED = 1  # added to the run's, so that no method is tuned on the noise it is tested with


class BenchResult(NamedTuple):
    """columns: of the table `denoising` that images and methods fill, as lists; shown: the first image, by method."""

    columns: dict[str, list[Any]]
    shown: dict[str, NDArray[np.float32]]


def compare_denoisers(
    images: Sequence[NDArray],
    names: Sequence[str],
    training: Sequence[NDArray],
    noise: Noise,
    methods: Sequence[str],
    networks: Mapping[str, Denoiser],
    *,
    seed: int,
    clip: bool = False,
) -> BenchResult:
    """Every method on the same noisy images (channels, h, w), of any sizes.

    training: images on which the strength of the classical methods is chosen, under noise of its own; networks: trained
    denoisers by name; clip: cut noisy images to [0, 1] before a method sees them.
    """
    tested = Pairs.of(images, noise, seed=seed, clip=clip)
    classical = tuned(methods, Pairs.of(training, noise, seed=seed + TUNING_SEED, clip=clip), tested)
    denoise: dict[str, Denoise] = {name: function for name, (_, function) in classical.items()}
    denoise |= {name: partial(_denoised_by, network) for name, network in networks.items()}
    strengths = {name: strength for name, (strength, _) in classical.items()}
    rows = [
        {"image": names[score.place]} | row_of(score, strengths.get(score.method), networks.get(score.method))
        for score in contest(denoise, tested)
    ]
    first = {name: function(0, tested.noisy[0]).clip(0, 1).astype(np.float32) for name, function in denoise.items()}
    return BenchResult({key: [row[key] for row in rows] for key in rows[0]}, {"clean": tested.clean[0]} | first)


def row_of(score: Score, strength: float | None, network: Denoiser | None) -> dict[str, Any]:
    """The columns that one image under one method fills; network: the method, where it is one."""
    return dataclasses.asdict(score.quality) | {
        "method": score.method,
        "strength": strength,
        "training_noise": network.trained_on if network else None,
        "parameters": network.parameters if network else None,
        "seconds": score.seconds,
        "psnr_noisy": score.psnr_noisy,
    }


def _denoised_by(network: Denoiser, place: int, noisy: NDArray) -> NDArray[np.float32]:
    return network.image(noisy)
