"""Does a decoder gain sharpness from a Fourier encoding inside it? Small autoencoders that differ in the decoder only.

for row in run(train_images, test_images, options, seed=0, ...):
    ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from phiscope.arrays import unit_range
from phiscope.denoising.metrics import psnr, sharpness
from phiscope.implicit.encodings import encode
from phiscope.implicit.spectrum import kept_beyond
from phiscope.implicit.waves import positions
from phiscope.models.coordinate import CodeAutoencoder, CoordinateDecoder, dense_of_size
from phiscope.models.denoiser import parameter_count, run_on
from phiscope.training.batches import AugmentedBatches, Batches
from phiscope.training.running import History, Report, Watching, fingerprint, kept_for_training, run, shapes

DENSE = "dense"
LOW = 0.25  # ASSUME: low frequencies are those up to a quarter of the shorter side, half of what pixels can carry
_DRAWN = ("gaussian", "fourier_random")  # encodings that take a seed


@dataclass(frozen=True)
class Inside:
    """What comes before the coordinate network of a decoder; of `dense`, which has none, only the name."""

    encoding: str
    k: int | None = None
    sigma: float | None = None

    @property
    def parameters(self) -> dict[str, float]:
        return {name: value for name, value in (("k", self.k), ("sigma", self.sigma)) if value is not None}


def expand(encodings: Sequence[Mapping[str, Any]]) -> list[Inside]:
    """Every encoding of the config; lists of k and σ are crossed."""
    variants = []
    for spec in encodings:
        ks, sigmas = (value if isinstance(value, list) else [value] for value in (spec.get("k"), spec.get("sigma")))
        variants += [Inside(spec["encoding"], k, sigma) for k, sigma in product(ks, sigmas)]
    return variants


class DecoderTraining(Watching):
    """Adam on the mean squared error of the decoded image, along a cosine."""

    def __init__(self, network: nn.Module, options: Mapping[str, Any], steps: int, report: Report) -> None:
        super().__init__(report)
        self.network, self.options, self.steps = network, options, steps

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        loss = functional.mse_loss(self.network(batch[0]), batch[0])
        self.trained.add({"loss": loss})
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor], _: int) -> None:
        self.watched.add({"loss": functional.mse_loss(self.network(batch[0]), batch[0])}, len(batch[0]))

    def configure_optimizers(self) -> Any:
        adam = torch.optim.Adam(self.network.parameters(), self.options["learning_rate"])
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, self.steps)
        return {"optimizer": adam, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def train(
    network: nn.Module,
    images: Tensor,
    options: Mapping[str, Any],
    *,
    seed: int,
    checkpoints: Path,
    device: str = "cpu",
    report: Report = lambda history: None,
) -> History:
    """min over the weights of mean (network(x) - x)² over images (n, c, h, w), uint8 or float in [0, 1].

    options: epochs, batch_size, learning_rate (Adam, falling as a half cosine), validation (share of the images that
    is held out and only watched, the last of them), precision. Returns one dict per epoch.
    """
    kept = kept_for_training(len(images), options, "decoder")
    none = torch.zeros(len(images))
    batches = AugmentedBatches(
        images[:kept], none[:kept], options["batch_size"], shift=0, flip=False, seed=seed
    )  # fmt: skip
    watched = Batches(images[kept:], none[kept:], 256)
    name = fingerprint({**options, "shapes": shapes(network)}, seed, images, *network.buffers())
    module = DecoderTraining(network, options, len(batches) * options["epochs"], report)
    return run(module, batches, watched, options, seed=seed, name=name, checkpoints=checkpoints, device=device)


def run_all(
    images: NDArray, test: NDArray, options: Mapping[str, Any], *, seed: int, checkpoints: Path, device: str = "cpu"
) -> Iterator[dict]:
    """Every encoding of options.encodings and the dense decoder, from one seed: one row per decoder and measure.

    images, test (m, c, h, w): trained on, and measured with. options: encodings, code, width, depth and `training`,
    as `train` takes it. The dense decoder has about as many parameters as the others on average. Rows: encoding, k,
    sigma, parameters (of the decoder), seed, measure (`psnr`, `sharpness`, `energy_kept`, `energy_right`), value.
    """
    for inside, network in networks(images, options, seed):
        decoder = network.decoder
        train(network, torch.from_numpy(images), options["training"], seed=seed, checkpoints=checkpoints, device=device)
        about = {"encoding": inside.encoding, "k": inside.k, "sigma": inside.sigma}
        about |= {"parameters": parameter_count(decoder), "seed": seed}
        for measure, value in measures(run_on(network.eval(), unit_range(test)), unit_range(test)).items():
            yield about | {"measure": measure, "value": value}


def networks(images: NDArray, options: Mapping[str, Any], seed: int) -> Iterator[tuple[Inside, CodeAutoencoder]]:
    """Every autoencoder before its training; the encoders begin with the same weights."""
    insides = expand(options["encodings"])
    sizes: list[int] = []
    for inside in [*insides, Inside(DENSE)]:
        torch.manual_seed(seed)
        decoder = _decoder(inside, images, options, seed, round(np.mean(sizes)) if sizes else 0)
        sizes.append(parameter_count(decoder))
        torch.manual_seed(seed + 1)
        yield inside, CodeAutoencoder(*_shape(images), options["code"], options["width"], decoder)


def measures(decoded: NDArray, clean: NDArray) -> dict[str, float]:
    """Of decoded images (m, c, h, w): mean PSNR and sharpness, what is left of the energy beyond low frequencies."""
    pairs = list(zip(decoded.clip(0, 1), clean))
    kept, right = kept_beyond(decoded, clean, LOW * min(clean.shape[2:]))
    return {
        "psnr": float(np.mean([psnr(*pair) for pair in pairs])),
        "sharpness": float(np.nanmean([sharpness(*pair) for pair in pairs])),
        "energy_kept": kept,
        "energy_right": right,
    }


def _decoder(inside: Inside, images: NDArray, options: Mapping[str, Any], seed: int, parameters: int) -> nn.Module:
    channels, size = _shape(images)
    if inside.encoding == DENSE:
        return dense_of_size(parameters, channels, size, options["code"], options["depth"])
    drawn = {"seed": seed} if inside.encoding in _DRAWN else {}
    encoding = encode(inside.encoding, size, **inside.parameters, **drawn)
    features = torch.from_numpy(encoding(positions(size)))
    return CoordinateDecoder(features, channels, size, options["code"], options["width"], options["depth"])


def _shape(images: NDArray) -> tuple[int, tuple[int, int]]:
    return images.shape[1], images.shape[2:]
