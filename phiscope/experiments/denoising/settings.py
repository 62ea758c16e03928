"""What the denoising lecture says of training autoencoders, a statement an experiment, and the settings that test it.

A setting is what differs from the base options of one training; a training is the same in every experiment that has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.denoising.corruptions import Noise

TEST_NOISES = (Noise("gaussian", 0.2), Noise("poisson", 0.3), Noise("salt-and-pepper", 0.1), Noise("blocks", 0.25))
FEW = 4  # images to train on, where there shall be too few for the network
CROPS = 2  # a crop has the image's sides over this

CHEATING, BY_HAND = "cheating", "clean, by hand"
GRADIENTS = "gradients"  # trains nothing, as do the two about filter banks
FILTER_DENOISING, FILTER_CLASSIFICATION = "filter_denoising", "filter_classification"
PENALTY = "penalty"  # whose choice on held-out images is trained once more
RETRAINED, UNPENALISED = "retrained", "retrained, no penalty"
NO_PENALTY = "0"


@dataclass(frozen=True)
class TrainingSetting:
    """changes: of the base options; widths: of the autoencoder; few: trained on the first `FEW` images alone, each so
    many times an epoch that there are as many steps, and watched on the same; crops: trained on parts of images, so
    many more that there are as many pixels a step.
    """

    changes: Mapping[str, Any]
    widths: Sequence[int] = (16, 16)
    few: bool = False
    crops: bool = False

    def training(self, base: Mapping[str, Any], images: NDArray) -> tuple[NDArray, dict[str, Any]]:
        """The images of a training and its options: base.validation, a share of images, is held out from their end."""
        options = {**base, **self.changes}
        if self.few:
            held_out = max(1, round(options["validation"] * len(images)))
            options["per_image"] *= max((len(images) - held_out) // FEW, 1)
            images = np.concatenate([images[:FEW], images[len(images) - held_out :]])
            options["validation"] = held_out / len(images)
        if self.crops:
            options["patch"] = max(min(images.shape[2:]) // CROPS, 4)
            options["per_image"] *= CROPS**2
            options["batch_size"] *= CROPS**2
        return images, options


@dataclass(frozen=True)
class Experiment:
    """settings: by name; noises: on test images; details: whether edges and the range of pixels are looked at, too;
    probe: whether codes are; trained: whether the images that were trained on are denoised, too.
    """

    settings: Mapping[str, TrainingSetting]
    noises: tuple[Noise, ...] = TEST_NOISES[:1]
    details: bool = False
    probe: bool = False
    trained: bool = False


def _noise(noise: Noise) -> dict[str, Any]:
    return {"noise": [{"noise": noise.kind, "level": noise.level}]}


_GAUSSIAN = _noise(TEST_NOISES[0])
_SIZES = {"small": (8, 8), "wide": (32, 32), "deep": (16, 16, 16, 16)}
_SGD = _GAUSSIAN | {"optimizer": "sgd", "momentum": 0.0, "schedule": "constant"}
RATES = ("0.001", "0.01", "0.1", "0.2", "0.4", "0.8")
SCALES = (NO_PENALTY, "1e-5", "1e-4", "1e-3", "1e-2", "1e-1")
_PLAIN = _GAUSSIAN | {"weight_decay": 0.0, "augment": []}  # nothing that helps on new images, but what is tried
_POSITIONS = {
    "none": {},
    "mirrored": {"augment": ["mirror", "upside-down"]},
    "crops": {},
    "mirrored crops": {"augment": ["mirror", "upside-down"]},
}


def sgd(rate: str, **changes: Any) -> TrainingSetting:
    """Plain stochastic gradient descent as the lecture has it: steps of one size, no momentum."""
    return TrainingSetting(_SGD | {"learning_rate": float(rate)} | changes)


def _penalties(few: bool) -> dict[str, TrainingSetting]:
    return {scale: TrainingSetting(_PLAIN | {"penalty": float(scale)}, few=few) for scale in SCALES}


def _augmentations(few: bool) -> dict[str, TrainingSetting]:
    return {
        name: TrainingSetting(_PLAIN | changes, few=few, crops="crops" in name) for name, changes in _POSITIONS.items()
    }


EXPERIMENTS: dict[str, Experiment] = {
    "losses": Experiment(
        {
            name: TrainingSetting(_GAUSSIAN | {"l2_weight": weight})
            for name, weight in {"L2": 1.0, "L1": 0.0, "half": 0.5}.items()
        },
        details=True,
    ),
    CHEATING: Experiment(
        {
            f"{pairs}, {size}": TrainingSetting(_GAUSSIAN if pairs == "noisy" else {"noise": []}, widths)
            for pairs in ("clean", "noisy")
            for size, widths in _SIZES.items()
        }
    ),
    "codes": Experiment(
        {
            "denoising": TrainingSetting(_GAUSSIAN),
            "cheating": TrainingSetting({"noise": []}),
            "random": TrainingSetting({"epochs": 0}),
            "blocks": TrainingSetting(_noise(TEST_NOISES[3])),
        },
        probe=True,
    ),
    "generalisation": Experiment(
        {noise.kind: TrainingSetting(_noise(noise)) for noise in TEST_NOISES}
        | {"mixture": TrainingSetting({"noise": [_noise(noise)["noise"][0] for noise in TEST_NOISES]})},
        noises=TEST_NOISES,
    ),
    "step_size": Experiment({rate: sgd(rate) for rate in RATES} | {"0.4, shrinking": sgd("0.4", schedule="steps")}),
    "optimiser": Experiment(
        {
            "SGD": sgd("0.2"),
            "SGD, shrinking": sgd("0.2", schedule="steps"),
            "momentum": sgd("0.02", momentum=0.9),
            "AdamW": TrainingSetting(_GAUSSIAN),
        }
    ),
    "schedule": Experiment(
        {name: TrainingSetting(_GAUSSIAN | {"schedule": name}) for name in ("constant", "steps", "one-cycle")}
    ),
    PENALTY: Experiment(_penalties(few=False), trained=True),
    "penalty_few_images": Experiment(_penalties(few=True), trained=True),
    "augmentation": Experiment(_augmentations(few=False), trained=True),
    "augmentation_few_images": Experiment(_augmentations(few=True), trained=True),
}
NAMES = (*EXPERIMENTS, GRADIENTS, FILTER_DENOISING, FILTER_CLASSIFICATION)
