"""What every training shares: a history told after each epoch and kept in the checkpoint, and the run itself."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from phiscope.errors import DataError
from phiscope.training.lightning import lightning

History = list[dict[str, float]]
Report = Callable[[History], None]


class Telling(lightning.LightningModule):
    """A training with a `history`: one dict per epoch, told to `report` and carried on by checkpoints."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report
        self.history: History = []

    def tell(self, row: dict[str, float]) -> None:
        """Add the row of the epoch that has just ended."""
        self.history.append({"epoch": self.current_epoch, **row})
        print(_in_words(row, self.current_epoch, self.trainer.max_epochs), flush=True)
        self.report(self.history)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["history"] = self.history

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self.history = checkpoint["history"]


def _in_words(row: Mapping[str, float], epoch: int, epochs: int | None) -> str:
    """`epoch 3 of 20: learning_rate 0.1, train_loss 0.52`, for the log."""
    values = ", ".join(f"{name} {value:.3g}" for name, value in row.items())
    return f"epoch {epoch + 1} of {epochs}: {values}"


class Means:
    """Means over the batches of an epoch, by name; the batches count alike unless they say their size."""

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}
        self.count = 0

    def add(self, values: Mapping[str, Tensor], size: int = 1) -> None:
        """Each value is the mean over `size` samples."""
        for name, value in values.items():
            self.sums[name] = self.sums.get(name, 0) + value.detach().float() * size
        self.count += size

    def take(self, prefix: str = "") -> dict[str, float]:
        """The means so far, and begin again."""
        means = {prefix + name: float(total) / self.count for name, total in self.sums.items()}
        self.sums, self.count = {}, 0
        return means


class Watching(Telling):
    """A training that tells its learning rate and means over two kinds of batches: those trained on, those held out."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.trained, self.watched = Means(), Means()

    def on_train_epoch_end(self) -> None:
        rate = self.trainer.optimizers[0].param_groups[0]["lr"]
        self.tell({"learning_rate": rate, **self.trained.take("train_"), **self.watched.take("val_")})


def kept_for_training(count: int, options: Mapping[str, Any], who: str, per_image: int = 1) -> int:
    """How many of `count` images, from the first, are trained on; the others, a share options.validation and one at
    least, are held out.

    Fewer than options.batch_size, `per_image` times, are one batch. Raises DataError where fewer than two are left.
    """
    held_out = max(1, round(options["validation"] * count))
    samples = (count - held_out) * per_image
    if samples < 2:
        raise DataError(
            f"{who}: {count} training images give {held_out} for validation and {samples} for training; expected at "
            "least 1 and 2: give more images or a smaller share for validation"
        )
    return count - held_out


def run(
    module: Telling,
    batches: EpochBatches,
    watched: Iterable | None,
    options: Mapping[str, Any],
    *,
    seed: int,
    name: str,
    checkpoints: Path,
    device: str,
) -> History:
    """Train `module` for options.epochs with options.precision, from the checkpoint called `name` where there is one.

    seed: of Python's, NumPy's and torch's global random numbers; the trainings draw their own besides.
    Returns the history, and reports it once more at the end: a training that was finished before runs no epoch
    that could have told it.
    """
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)  # its notices of every trainer advertise products
    lightning.seed_everything(seed, verbose=False)
    module.to(memory_format=torch.channels_last)
    accelerator, devices = placed(device)
    trainer = lightning.Trainer(
        max_epochs=options["epochs"],
        accelerator=accelerator,
        devices=devices,
        precision=options["precision"],
        logger=False,
        enable_model_summary=False,
        enable_progress_bar=False,
        num_sanity_val_steps=0,
        callbacks=[
            _EpochOfBatches(batches),
            lightning.callbacks.ModelCheckpoint(
                checkpoints, filename=f"last-{name}", enable_version_counter=False, save_on_train_epoch_end=True
            ),
        ],
    )
    resumed = checkpoints / f"last-{name}.ckpt"
    if resumed.is_file():
        print(f"goes on from {resumed}", flush=True)
    trainer.fit(
        module,
        DataLoader(cast(IterableDataset, batches), batch_size=None),
        None if watched is None else DataLoader(cast(IterableDataset, watched), batch_size=None),
        ckpt_path=resumed if resumed.is_file() else None,
    )
    module.to(memory_format=torch.contiguous_format)
    module.report(module.history)
    return module.history


def placed(device: str) -> tuple[str, list[int] | int]:
    """Accelerator and devices of Lightning's for a device of torch's: the card with that number, the first without."""
    card = torch.device(device)
    return ("gpu", [card.index or 0]) if card.type == "cuda" else ("cpu", 1)


class EpochBatches(Protocol):
    """Batches that are drawn anew in every epoch, which is set from outside; a data set of torch."""

    epoch: int


class _EpochOfBatches(lightning.Callback):
    """Tells the batches which epoch it is."""

    def __init__(self, batches: EpochBatches) -> None:
        self.batches = batches

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        self.batches.epoch = trainer.current_epoch


def fingerprint(options: Mapping[str, Any], seed: int, *tensors: Tensor) -> str:
    """Names what a checkpoint may be resumed for: the same options and seed, and the same tensors in the same order."""
    digest = hashlib.sha256(json.dumps([dict(options), seed], sort_keys=True).encode())
    for tensor in tensors:
        as_it_lies = tensor.detach().cpu().contiguous().flatten().view(torch.uint8)
        digest.update(as_it_lies.numpy().data)  # without a copy: these may be all images
    return digest.hexdigest()[:12]


def shapes(network: nn.Module) -> dict[str, list[int]]:
    """What a checkpoint of `network` must fit; part of a fingerprint."""
    return {name: list(value.shape) for name, value in network.state_dict().items()}


def weights(*networks: nn.Module) -> Iterable[Tensor]:
    """All parameters and buffers of networks that another training rests on; part of its fingerprint."""
    return (value for network in networks for value in network.state_dict().values())
