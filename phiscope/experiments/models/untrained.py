"""Whether a network that is to be trained was trained before: a factory may load weights that training would change."""

from __future__ import annotations

import torch
from torch import nn

from phiscope.arrays import unit_range
from phiscope.datasets import PreparedDataset
from phiscope.experiments.models.answers import Answers

MOST = 500  # training images that are looked at
_BATCH = 50


@torch.no_grad()
def knows_already(network: nn.Module, prepared: PreparedDataset) -> str | None:
    """One sentence where the network, in evaluation mode, answers as none does that was never trained."""
    part = slice(0, MOST)
    pixels = torch.from_numpy(unit_range(prepared.images(part)))
    predicted = torch.cat([network(some).argmax(1) for some in pixels.split(_BATCH)])
    answers = Answers(prepared.labels[part], predicted.numpy(), len(prepared.classes))
    if not answers.are_learnt:
        return None
    return (
        f"Doubtful: before its training the network is right on {100 * answers.accuracy:.0f} % of {len(answers)} "
        "training images; its factory seems to load weights: to take these as they are, say classifier.weights: factory"
    )
