"""Whether a network that is to be trained was trained before: a factory may load weights that training would change."""

from __future__ import annotations

import time

import torch
from torch import nn

from phiscope.arrays import blocks, unit_range
from phiscope.datasets import PreparedDataset
from phiscope.experiments.models.answers import Answers

MOST = 500  # training images that are looked at
_BATCH = 25
_SECONDS = 10.0  # of the clock, after which what was looked at has to do


@torch.no_grad()
def knows_already(network: nn.Module, prepared: PreparedDataset) -> str | None:
    """One sentence where the network, in evaluation mode, answers as none does that was never trained."""
    predicted: list[torch.Tensor] = []
    begun = time.monotonic()
    for part in blocks(min(MOST, len(prepared)), _BATCH):
        predicted.append(network(torch.from_numpy(unit_range(prepared.images(part)))).argmax(1))
        if time.monotonic() - begun > _SECONDS:
            break
    said = torch.cat(predicted).numpy()
    answers = Answers(prepared.labels[: len(said)], said, len(prepared.classes))
    if not answers.are_learnt:
        return None
    return (
        f"Doubtful: before its training the network is right on {100 * answers.accuracy:.0f} % of {len(answers)} "
        "training images; its factory seems to load weights: to take these as they are, say classifier.weights: factory"
    )
