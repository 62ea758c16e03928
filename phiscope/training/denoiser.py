"""Train a denoiser with Lightning on (noisy, clean) pairs: seeded, resumable after every epoch, with a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.denoising.corruptions import Noise
from phiscope.denoising.losses import squared_coefficients, weighted
from phiscope.training.patches import HeldOutPatches, NoisyPatches
from phiscope.training.running import History, Report, Watching, fingerprint, kept_for_training, run, shapes


class DenoiserTraining(Watching):
    """Stochastic gradient descent on the mean cost over batches of pairs."""

    def __init__(self, network: nn.Module, options: Mapping[str, Any], steps: int, report: Report) -> None:
        super().__init__(report)
        self.network, self.options, self.steps = network, options, steps

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        noisy, clean = batch
        output = self.network(noisy.contiguous(memory_format=torch.channels_last))
        cost = weighted(output, clean, self.options["l2_weight"])
        self.trained.add({"loss": cost})  # as of held-out pairs: without the penalty
        scale = self.options["penalty"]
        return cost + scale * squared_coefficients(self.network) if scale else cost

    def validation_step(self, batch: tuple[Tensor, Tensor], _: int) -> None:
        noisy, clean = batch
        output = self.network(noisy).float()
        loss = weighted(output, clean, self.options["l2_weight"])
        error = (output.clamp(0, 1) - clean).square().mean(dim=(1, 2, 3))
        self.watched.add({"loss": loss, "psnr": (-10 * error.clamp_min(1e-10).log10()).mean()}, len(clean))

    def configure_optimizers(self) -> Any:
        optimizer = optimizer_of(self.network, self.options)
        schedule = schedule_of(optimizer, self.options, self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def optimizer_of(network: nn.Module, options: Mapping[str, Any]) -> torch.optim.Optimizer:
    """Stochastic gradient descent (`sgd`) or AdamW (`adamw`), with the options' learning rate and weight decay.

    sgd: θ - η (∇ + decay θ), and with a momentum μ > 0 what is stepped along is μ times the last one, and this one.
    """
    rate, decay = options["learning_rate"], options["weight_decay"]
    if options["optimizer"] == "adamw":
        return torch.optim.AdamW(network.parameters(), rate, weight_decay=decay)
    return torch.optim.SGD(network.parameters(), rate, momentum=options["momentum"], weight_decay=decay)


def schedule_of(
    optimizer: torch.optim.Optimizer, options: Mapping[str, Any], steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """`constant`; `steps`: a tenth after half and after three quarters of them; `one-cycle` (Smith and Topin 2019)."""
    if options["schedule"] == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    if options["schedule"] == "steps":
        return torch.optim.lr_scheduler.MultiStepLR(optimizer, [steps // 2, 3 * steps // 4])
    cycled = options["optimizer"] == "sgd" and options["momentum"] > 0
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, options["learning_rate"], total_steps=steps, cycle_momentum=cycled
    )


def train(
    network: nn.Module,
    images: Sequence[NDArray],
    options: Mapping[str, Any],
    *,
    seed: int,
    checkpoints: Path,
    device: str = "cpu",
    report: Report = lambda history: None,
    built_from: Any = None,
) -> History:
    """Minimise the mean of w · L2 + (1 - w) · L1 between network(noisy) and clean over pairs drawn from the images,
    plus λ Σ θ² over the coefficients of filters.

    images: (channels, h, w) each, uint8 or float in [0, 1], in an order whose end is a fair sample: the last
    `options.validation` of them are held out and only watched. options: noise (a list of {noise, level}; empty:
    clean pairs), clip, l2_weight (w), penalty (λ), epochs, batch_size, patch (None: whole images), per_image, augment,
    optimizer, momentum, learning_rate, schedule, weight_decay, validation, precision.
    Returns one dict per epoch, and hands what there is of them to `report` after each. A checkpoint of the same
    options, seed, network and data in `checkpoints` is resumed. built_from: as of `phiscope.training.classifier.train`.
    """
    kept = kept_for_training(len(images), options, "denoiser", options["per_image"])
    noises = [Noise.of(settings) for settings in options["noise"]]
    common = {
        "patch": options["patch"], "augmentations": options["augment"], "clip": options["clip"], "seed": seed
    }  # fmt: skip
    pairs = NoisyPatches(
        images[:kept], noises, per_image=options["per_image"], batch_size=options["batch_size"], **common
    )
    watched = HeldOutPatches(images[kept:], noises, per_image=1, batch_size=64, **common)
    known = dict(options) | {"network": shapes(network), "built_from": built_from}
    name = fingerprint(known, seed, *(torch.from_numpy(np.array(image)) for image in images))
    module = DenoiserTraining(network, options, len(pairs) * options["epochs"], report)
    return run(module, pairs, watched, options, seed=seed, name=name, checkpoints=checkpoints, device=device)
