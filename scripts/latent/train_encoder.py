"""Train an encoder into the frozen generator, resuming an unfinished training of the same options."""

from pathlib import Path

import torch
from torch import nn

from phiscope.datasets import PreparedDataset, open_prepared
from phiscope.exhibits.trainings import encoded_and_decoded
from phiscope.figures.mosaic import save_mosaic
from phiscope.models.codec import Codec
from phiscope.models.encoder import encoder
from phiscope.models.loading import load_network
from phiscope.training.encoder import train
from phiscope.workflow.job import job
from phiscope.workflow.training import TrainingJob

SHOWN = 32


def frozen(inputs) -> tuple[nn.Module, nn.Module]:
    return load_network(inputs.generator), load_network(inputs.classifier)


def main(inputs, arguments: dict, prepared: PreparedDataset, limit: int | None, samples: Path, training: TrainingJob):
    training.begin()
    network, used, shown = encoder(**arguments), slice(0, limit), prepared.images(slice(0, SHOWN))

    def report(rows: list) -> None:
        """Write the log after each epoch, and images above what the encoder of that epoch makes of them."""
        training.tell(rows)
        # A codec freezes its networks: it gets to see a copy, never the encoder in training.
        ours = encoder(**arguments)
        ours.load_state_dict({key: value.cpu() for key, value in network.state_dict().items()})
        tiles = encoded_and_decoded(Codec(*frozen(inputs), ours), shown)
        save_mosaic(tiles, samples / f"{rows[-1]['epoch']:04d}.png")

    history = train(
        network,
        *frozen(inputs),
        torch.from_numpy(prepared.images(used)),
        torch.from_numpy(prepared.labels[used]),
        **training.arguments() | {"report": report},
    )
    training.keep(network, {"factory": "phiscope.models.encoder:encoder", "arguments": arguments}, history)


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        prepared, params = open_prepared(snakemake.input.images), snakemake.params
        channels, *size = prepared.shape
        arguments = params.arguments | {"channels": channels, "size": size}
        training = TrainingJob.of(snakemake, int(snakemake.wildcards.training))
        main(snakemake.input, arguments, prepared, params.limit, Path(snakemake.output.samples), training)
