"""Train a classifier with Lightning: seeded, resumable after every epoch, with a log of what happened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.errors import DataError
from phiscope.training.batches import AugmentedBatches, Batches
from phiscope.training.running import History, Report, Telling, fingerprint, run, seed_everything


class ClassifierTraining(Telling):
    """Cross-entropy, SGD with Nesterov momentum, one-cycle learning rate (Smith and Topin 2019)."""

    def __init__(self, network: nn.Module, options: Mapping[str, Any], steps: int, report: Report) -> None:
        super().__init__(report)
        self.network, self.options, self.steps = network, options, steps
        self.losses: list[Tensor] = []
        self.validation: list[tuple[int, float, int]] = []

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        pixels, labels = batch
        logits = self.network(pixels.contiguous(memory_format=torch.channels_last))
        loss = functional.cross_entropy(logits, labels)
        self.losses.append(loss.detach())
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor], _: int) -> None:
        pixels, labels = batch
        logits = self.network(pixels).float()
        loss = functional.cross_entropy(logits, labels, reduction="sum")
        self.validation.append((int((logits.argmax(1) == labels).sum()), float(loss), len(labels)))
        self.log("val_accuracy", (logits.argmax(1) == labels).float().mean(), batch_size=len(labels), prog_bar=True)

    def on_train_epoch_end(self) -> None:
        right, loss, count = (sum(column) for column in zip(*self.validation, strict=True))
        row = {
            "learning_rate": self.optimizers().param_groups[0]["lr"],
            "train_loss": float(torch.stack(self.losses).mean()),
            "val_loss": loss / count,
            "val_accuracy": right / count,
        }
        self.losses.clear()
        self.validation.clear()
        self.tell(row)

    def configure_optimizers(self) -> dict[str, Any]:
        rate = self.options["learning_rate"]
        optimizer = torch.optim.SGD(
            self.parameters(), rate, momentum=0.9, weight_decay=self.options["weight_decay"], nesterov=True
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def train(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    options: Mapping[str, Any],
    *,
    seed: int,
    checkpoints: Path,
    device: str = "cpu",
    report: Report = lambda history: None,
) -> History:
    """Minimise the mean cross-entropy of `network` over the images; returns one dict per epoch, and hands
    what there is of them to `report` after each.

    images (n, c, h, w) uint8 or float in [0, 1], in an order whose end is a fair sample: the last
    `options.validation` of them are held out and only watched. labels (n,) int64. options: epochs, batch_size,
    learning_rate, weight_decay, validation, shift, flip, precision (`32-true` or `bf16-mixed`).
    A checkpoint of the same options, seed and data in `checkpoints` is resumed.
    """
    seed_everything(seed)
    held_out = round(options["validation"] * len(labels))
    kept = len(labels) - held_out
    if held_out < 1 or kept < options["batch_size"]:
        raise DataError(
            f"{len(labels)} training images give {held_out} for validation and {kept} for training; expected at "
            f"least 1 and one batch of {options['batch_size']}: raise the limit or lower batch_size"
        )
    batches = AugmentedBatches(
        images[:kept],
        labels[:kept],
        options["batch_size"],
        shift=options["shift"],
        flip=options["flip"],
        seed=seed,
    )
    watched = Batches(images[kept:], labels[kept:], 500)
    module = ClassifierTraining(network, options, len(batches) * options["epochs"], report)
    name = f"last-{fingerprint(options, seed, labels)}"
    return run(module, batches, watched, options, name=name, checkpoints=checkpoints, device=device)
