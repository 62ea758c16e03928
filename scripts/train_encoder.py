"""Train an encoder into the frozen generator, resuming an unfinished training of the same options."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.figures.mosaic import save_mosaic
from phiscope.models import load_artifact, save_artifact
from phiscope.models.codec import Codec
from phiscope.models.encoder import encoder
from phiscope.training.encoder import train
from phiscope.workflow.job import job

SHOWN = 32


def reporter(output, networks: dict, shown: np.ndarray) -> Callable[[list], None]:
    """Writes the log after each epoch, and images above what the encoder of that epoch makes of them."""

    def report(rows: list) -> None:
        pd.DataFrame(rows).to_csv(output.log, index=False)
        # A codec freezes its networks: it gets to see a copy, never the encoder in training.
        ours = encoder(**networks["arguments"])
        ours.load_state_dict({key: value.cpu() for key, value in networks["encoder"].state_dict().items()})
        codec = Codec(networks["generator"], networks["classifier"], ours)
        decoded = codec.decode(codec.encode(shown)[0])
        pairs = np.stack([unit_range(shown).reshape(-1, 8, *shown.shape[1:]), decoded.reshape(-1, 8, *shown.shape[1:])])
        tiles = np.concatenate(pairs.swapaxes(0, 1).reshape(-1, 8, *shown.shape[1:]))
        save_mosaic(tiles, Path(output.samples) / f"{rows[-1]['epoch']:04d}.png")

    return report


def train_encoder(inputs, arguments: dict, options: dict, limit, seed: int, device: str, threads: int, output) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    prepared, used = open_prepared(inputs.images), slice(0, limit)
    channels, *size = prepared.shape
    arguments = arguments | {"channels": channels, "size": size}
    network = encoder(**arguments)
    frozen = {name: load_artifact(inputs[name])[0] for name in ("generator", "classifier")}
    shown = prepared.images(slice(0, SHOWN))
    copies = {name: load_artifact(inputs[name])[0] for name in frozen}
    history = train(
        network,
        *frozen.values(),
        torch.from_numpy(prepared.images(used)),
        torch.from_numpy(prepared.labels[used]),
        options,
        seed=seed,
        checkpoints=Path(output[0]).with_suffix(".checkpoints"),
        device=choose_device(device),
        report=reporter(output, {"encoder": network, "arguments": arguments} | copies, shown),
    )
    description = {"factory": "phiscope.models.encoder:encoder", "arguments": arguments}
    save_artifact(
        network.cpu(), description | {"training": options, "seed": seed, "last_epoch": history[-1]}, output[0]
    )


if "snakemake" in globals():
    with job(snakemake.log[0]):
        train_encoder(
            snakemake.input,
            snakemake.params.arguments,
            snakemake.params.options,
            snakemake.params.limit,
            int(snakemake.wildcards.training),
            snakemake.config["device"],
            snakemake.threads,
            snakemake.output,
        )
