"""Which latents, directions and controls are looked at to tell whether a run's networks learn Fourier features."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.errors import DataError
from phiscope.implicit.responses import LARGEST, Decode, Responses, mixtures, some
from phiscope.models.gan import draw

LATENT, RANDOM, UNTRAINED, DIFFERENCE = "latent", "random", "untrained", "difference"
KINDS = (LATENT, RANDOM, UNTRAINED, DIFFERENCE)
# ASSUME: so many points, directions of each family, and networks with random weights; the intervals say if that is few.
POINTS, DIRECTIONS, NETWORKS = 8, 64, 3
LATENTS = 2 * DIRECTIONS  # differences are of pairs that share no image


class LatentNetwork(Protocol):
    """A generator, such as that of `phiscope.models.gan`: latents (b, latent) -> images."""

    latent: int

    def __call__(self, latents: Tensor) -> Tensor: ...


class CodingNetwork(Protocol):
    """An autoencoder, such as that of `phiscope.models.denoiser`."""

    def encode(self, images: Tensor) -> Tensor: ...

    def decode(self, codes: Tensor, sizes: Any) -> Tensor: ...

    def sizes(self, size: Any) -> Any: ...


@dataclass(frozen=True)
class DecoderDirections:
    """A decoder, latents (p, ...), and the directions (d, ...) of its latent space by name of the family."""

    decode: Decode
    latents: Tensor
    families: Mapping[str, Tensor]

    @property
    def points(self) -> Tensor:
        """Where responses are taken."""
        return self.latents[:POINTS]


Open = Callable[[nn.Module], DecoderDirections]


def of_generator(network: LatentNetwork, seed: int) -> DecoderDirections:
    """Latents as it is given them, and the axes of its latent space."""
    return DecoderDirections(network, draw(LATENTS, network.latent, seed, 11), {"axes": torch.eye(network.latent)})


def of_autoencoder(network: CodingNetwork, images: NDArray) -> DecoderDirections:
    """Codes of images (m, c, h, w) in [0, 1]; its units, each at one place, and its channels, each everywhere."""
    pixels = torch.from_numpy(images[:LATENTS])
    with torch.no_grad():
        codes = network.encode(pixels)
    channels, *places = codes.shape[1:]
    units = torch.eye(codes[0].numel()).view(-1, *codes.shape[1:])
    families = {"units": units, "channels": torch.eye(channels)[:, :, None, None].expand(-1, -1, *places)}
    return DecoderDirections(partial(network.decode, sizes=network.sizes(pixels.shape[2:])), codes, families)


def as_taken(images: NDArray, channels: int) -> NDArray:
    """Images (m, c, h, w) with as many channels as a network takes; grey where it takes one."""
    return images if images.shape[1] == channels else images.mean(1, keepdims=True)


def rows_of(name: str, trained: nn.Module, anew: Callable[[], nn.Module], opened: Open, seed: int) -> Iterator[dict]:
    """One row per direction and basis: how concentrated the response is, as in `phiscope.implicit.responses`.

    anew: the same network with random weights. Columns: network (`name`), family, kind (one of KINDS), training (of
    the random weights; 0 for the trained network), direction, basis, effective, share_1, share_4, share_16.
    """
    subject = opened(_frozen(trained))
    for family, directions in subject.families.items():
        chosen, mixed = some(directions, DIRECTIONS, seed), mixtures(directions, DIRECTIONS, seed)
        about = {"network": name, "family": family, "training": 0}
        yield from _rows(about | {"kind": LATENT}, Responses.of(subject.decode, subject.points, chosen))
        yield from _rows(about | {"kind": RANDOM}, Responses.of(subject.decode, subject.points, mixed))
        yield from _rows(about | {"kind": DIFFERENCE}, Responses.of_images(differences(subject)[:, None]))
    for training in range(NETWORKS):
        torch.manual_seed(1000 * seed + training)
        other = opened(_frozen(anew()))
        for family, directions in other.families.items():
            about = {"network": name, "family": family, "training": training, "kind": UNTRAINED}
            yield from _rows(about, Responses.of(other.decode, other.points, some(directions, DIRECTIONS, seed)))


def differences(subject: DecoderDirections) -> NDArray[np.float32]:
    """(p / 2, c, h, w): differences of decoded images, the first latent less the second, the third less the fourth."""
    if len(subject.latents) < 2:
        raise DataError(f"latents: got {len(subject.latents)}; expected two or more images to take the difference of")
    with torch.no_grad():
        images = subject.decode(subject.latents).float().cpu().numpy()
    pairs = len(images) // 2
    return images[: 2 * pairs : 2] - images[1 : 2 * pairs : 2]


def _rows(about: dict[str, Any], responses: Responses) -> Iterator[dict]:
    for basis, measured in responses.by_basis.items():
        for direction, (effective, shares) in enumerate(zip(measured.effective, measured.share)):
            largest = {f"share_{count}": float(share) for count, share in zip(LARGEST, shares)}
            yield about | {"direction": direction, "basis": basis, "effective": float(effective)} | largest


def _frozen(network: nn.Module) -> nn.Module:
    return network.eval().requires_grad_(False)
