"""Train a classifier with Lightning: seeded, resumable after every epoch, with a log of what happened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.training.batches import AugmentedBatches, Batches
from phiscope.training.reading import ImagesAsAsked, contents
from phiscope.training.running import History, Report, Watching, fingerprint, kept_for_training, run, shapes


class ClassifierTraining(Watching):
    """Cross-entropy, SGD with Nesterov momentum, one-cycle learning rate (Smith and Topin 2019)."""

    def __init__(self, network: nn.Module, options: Mapping[str, Any], steps: int, report: Report) -> None:
        super().__init__(report)
        self.network, self.options, self.steps = network, options, steps

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        pixels, labels = batch
        logits = self.network(pixels.contiguous(memory_format=torch.channels_last))
        loss = functional.cross_entropy(logits, labels)
        self.trained.add({"loss": loss})
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor], _: int) -> None:
        pixels, labels = batch
        logits = self.network(pixels).float()
        accuracy = (logits.argmax(1) == labels).float().mean()
        self.watched.add({"loss": functional.cross_entropy(logits, labels), "accuracy": accuracy}, len(labels))
        self.log("val_accuracy", accuracy, batch_size=len(labels), prog_bar=True)

    def configure_optimizers(self) -> Any:
        rate = self.options["learning_rate"]
        optimizer = torch.optim.SGD(
            self.parameters(), rate, momentum=0.9, weight_decay=self.options["weight_decay"], nesterov=True
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def train(
    network: nn.Module,
    images: Tensor | ImagesAsAsked,
    labels: Tensor,
    options: Mapping[str, Any],
    *,
    seed: int,
    checkpoints: Path,
    device: str = "cpu",
    report: Report = lambda history: None,
    built_from: Any = None,
) -> History:
    """Minimise the mean cross-entropy of `network` over the images; returns one dict per epoch, and hands
    what there is of them to `report` after each.

    images (n, c, h, w) uint8 or float in [0, 1], in an order whose end is a fair sample: the last
    `options.validation` of them are held out and only watched. labels (n,) int64. options: epochs, batch_size,
    learning_rate, weight_decay, validation, shift (None: an eighth of the side), flip, precision (`32-true` or
    `bf16-mixed`).
    A checkpoint of the same options, seed, data and network in `checkpoints` is resumed. built_from: what the network
    is built from, as JSON can hold it, such as a digest of its code: tensors of the same shapes do not tell.
    """
    kept = kept_for_training(len(labels), options, "classifier")
    batches = AugmentedBatches(
        images[:kept],
        labels[:kept],
        options["batch_size"],
        shift=min(images.shape[2:]) // 8 if options["shift"] is None else options["shift"],
        flip=options["flip"],
        seed=seed,
    )
    watched = Batches(images[kept:], labels[kept:], 500)
    module = ClassifierTraining(network, options, len(batches) * options["epochs"], report)
    known = dict(options) | {"network": shapes(network), "built_from": built_from}
    name = fingerprint(known, seed, labels, contents(images), *network.buffers())
    return run(module, batches, watched, options, seed=seed, name=name, checkpoints=checkpoints, device=device)
