"""What scripts that train a network share: how they begin, what the training is told, what is kept of it."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from phiscope.arrays import choose_device
from phiscope.models import save_artifact


@dataclass(frozen=True)
class TrainingJob:
    """One training: its options, seed, device as the config names it; where the network and its log go."""

    options: Mapping[str, Any]
    seed: int
    device: str
    network: str
    log: str

    @classmethod
    def of(cls, snakemake: Any, seed: int) -> TrainingJob:
        """From the job of a rule whose first output is the network."""
        return cls(
            snakemake.params.options,
            seed,
            snakemake.config["device"],
            snakemake.output[0],
            snakemake.output.log,
        )

    def begin(self) -> None:
        """To be called before the network is built: its first weights come from the seed.

        Those of NumPy and Python too: a factory may draw with them, and a training that was stopped is known again by
        what is fixed in its network.
        """
        random.seed(self.seed)
        np.random.seed(self.seed % 2**32)  # noqa: NPY002
        torch.manual_seed(self.seed)

    def arguments(self) -> dict[str, Any]:
        """What every `train` of `phiscope.training` takes by name; an unfinished training of the same is resumed."""
        return {
            "options": self.options,
            "seed": self.seed,
            "checkpoints": Path(self.network).with_suffix(".checkpoints"),
            "device": choose_device(self.device),
            "report": self.tell,
        }

    def tell(self, history: Sequence[Mapping[str, float]]) -> None:
        """Write the log: one row per epoch so far; empty where an epoch lacks a number."""
        names = dict.fromkeys(name for row in history for name in row)
        with Path(self.log).open("w", newline="", encoding="utf-8") as file:
            log = csv.DictWriter(file, list(names), lineterminator="\n")
            log.writeheader()
            log.writerows({name: value for name, value in row.items() if value == value} for row in history)  # no NaN

    def keep(self, network: nn.Module, description: Mapping[str, Any], history: Sequence[Mapping[str, float]]) -> None:
        """Save the trained network; description: how to build it."""
        about = {"training": self.options, "seed": self.seed, "last_epoch": history[-1]}
        save_artifact(network.cpu(), dict(description) | about, self.network)
