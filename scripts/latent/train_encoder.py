"""Train an encoder into the frozen generator, resuming an unfinished training of the same options."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from phiscope.arrays import unit_range
from phiscope.datasets import open_prepared
from phiscope.figures.mosaic import save_mosaic
from phiscope.models import load_artifact
from phiscope.models.codec import Codec
from phiscope.models.encoder import encoder
from phiscope.training.encoder import train
from phiscope.workflow.job import job
from phiscope.workflow.training import TrainingJob

SHOWN = 32


def reporter(training: TrainingJob, samples: Path, networks: dict, shown: np.ndarray) -> Callable[[list], None]:
    """Writes the log after each epoch, and images above what the encoder of that epoch makes of them."""

    def report(rows: list) -> None:
        training.tell(rows)
        # A codec freezes its networks: it gets to see a copy, never the encoder in training.
        ours = encoder(**networks["arguments"])
        ours.load_state_dict({key: value.cpu() for key, value in networks["encoder"].state_dict().items()})
        codec = Codec(networks["generator"], networks["classifier"], ours)
        decoded = codec.decode(codec.encode(shown)[0])
        pairs = np.stack([unit_range(shown).reshape(-1, 8, *shown.shape[1:]), decoded.reshape(-1, 8, *shown.shape[1:])])
        tiles = np.concatenate(pairs.swapaxes(0, 1).reshape(-1, 8, *shown.shape[1:]))
        save_mosaic(tiles, samples / f"{rows[-1]['epoch']:04d}.png")

    return report


def frozen_of(inputs) -> dict[str, nn.Module]:
    return {name: load_artifact(inputs[name])[0] for name in ("generator", "classifier")}


def train_encoder(inputs, arguments: dict, limit: int | None, samples: Path, training: TrainingJob) -> None:
    training.begin()
    prepared, used = open_prepared(inputs.images), slice(0, limit)
    channels, *size = prepared.shape
    arguments = arguments | {"channels": channels, "size": size}
    network = encoder(**arguments)
    networks = {"encoder": network, "arguments": arguments} | frozen_of(inputs)
    history = train(
        network,
        *frozen_of(inputs).values(),
        torch.from_numpy(prepared.images(used)),
        torch.from_numpy(prepared.labels[used]),
        **training.arguments() | {"report": reporter(training, samples, networks, prepared.images(slice(0, SHOWN)))},
    )
    training.keep(network, {"factory": "phiscope.models.encoder:encoder", "arguments": arguments}, history)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        train_encoder(
            snakemake.input,
            snakemake.params.arguments,
            snakemake.params.limit,
            Path(snakemake.output.samples),
            TrainingJob.of(snakemake, int(snakemake.wildcards.training)),
        )
