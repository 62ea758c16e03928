"""Which latents, directions and controls are looked at to tell whether a run's networks learn Fourier features."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.errors import DataError
from phiscope.implicit.responses import LARGEST, Decode, Responses, mixtures, respond, some
from phiscope.models.gan import draw

LATENT, RANDOM, UNTRAINED, DIFFERENCE = "latent", "random", "untrained", "difference"
KINDS = (LATENT, RANDOM, UNTRAINED, DIFFERENCE)
# ASSUME: so many points, directions of each family, and networks with random weights; the intervals say if that is few.
POINTS, DIRECTIONS, NETWORKS = 8, 64, 3
LATENTS = 2 * DIRECTIONS  # differences are of pairs that share no image
SINGULAR = {"strongest": 10, "singular": DIRECTIONS}  # vectors of the generator's Jacobian, by name of the family


class LatentNetwork(Protocol):
    """A generator, such as that of `phiscope.models.gan`: latents (b, latent) -> images."""

    latent: int

    def __call__(self, latents: Tensor) -> Tensor: ...


class CodingNetwork(Protocol):
    """An autoencoder, such as that of `phiscope.models.denoiser`."""

    def encode(self, images: Tensor) -> Tensor: ...

    def decode(self, codes: Tensor, sizes: Any) -> Tensor: ...

    def sizes(self, size: Any) -> Any: ...


class Subject(Protocol):
    """What is looked at: families of directions by name, what answers to them, and to random ones among them."""

    @property
    def names(self) -> Sequence[str]: ...

    def own(self, family: str, seed: int) -> Responses: ...

    def mixed(self, family: str, seed: int) -> Responses: ...

    def differences(self) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class DecoderDirections:
    """A decoder, latents (p, ...), and the directions (d, ...) of its latent space by name of the family.

    singular: families of the right singular vectors of the decoder's Jacobian, each point's own, by how many of the
    strongest they have; what they answer with are its left ones. Random ones are mixtures of the first family.
    """

    decode: Decode
    latents: Tensor
    families: Mapping[str, Tensor]
    singular: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> Tensor:
        """Where responses are taken."""
        return self.latents[:POINTS]

    @property
    def names(self) -> list[str]:
        return [*self.families, *self.singular]

    def own(self, family: str, seed: int) -> Responses:
        if family in self.families:
            return Responses.of(self.decode, self.points, some(self.families[family], DIRECTIONS, seed))
        return Responses.of_images(self._left_vectors[: self.singular[family]])

    def mixed(self, family: str, seed: int) -> Responses:
        directions = self.families[family] if family in self.families else next(iter(self.families.values()))
        return Responses.of(self.decode, self.points, mixtures(directions, DIRECTIONS, seed))

    def differences(self) -> NDArray[np.float32]:
        return differences(self)

    @cached_property
    def _left_vectors(self) -> NDArray[np.float32]:
        """(d, p, c, h, w): left singular vectors of the Jacobian (c h w, latent), the strongest first."""
        most, axes = max(self.singular.values()), torch.eye(self.latents.shape[1])
        found = []
        for point in self.points:
            columns = respond(self.decode, point.repeat(len(axes), 1), axes)
            left = np.linalg.svd(columns.reshape(len(axes), -1).T.astype(np.float64), full_matrices=False)[0]
            found.append(left.T[:most].reshape(-1, *columns.shape[1:]))
        return np.stack(found, axis=1).astype(np.float32)


@dataclass(frozen=True)
class EncoderRows:
    """An encoder of images (p, c, h, w) to (p, latent): the rows of its Jacobian, each the image that a latent reads.

    The response to latent i is the gradient of its mean with respect to the pixels; to a random direction v of latent
    space, the gradient of ⟨v|μ⟩.
    """

    encode: Callable[[Tensor], Tensor]
    images: Tensor
    names: tuple[str, ...] = ("rows",)

    def own(self, family: str, seed: int) -> Responses:
        return self._read(lambda axes: some(axes, DIRECTIONS, seed))

    def mixed(self, family: str, seed: int) -> Responses:
        return self._read(lambda axes: mixtures(axes, DIRECTIONS, seed))

    def differences(self) -> NDArray[np.float32]:
        pairs = len(self.images) // 2
        images = self.images.numpy()
        return images[: 2 * pairs : 2] - images[1 : 2 * pairs : 2]

    def _read(self, chosen: Callable[[Tensor], Tensor]) -> Responses:
        pull_back = torch.func.vjp(self.encode, self.images[:POINTS])[1]
        points = min(POINTS, len(self.images))
        directions = chosen(torch.eye(self.encode(self.images[:1]).shape[1]))
        found = [pull_back(direction.repeat(points, 1))[0].detach() for direction in directions]
        return Responses.of_images(torch.stack(found).numpy())


Open = Callable[[nn.Module], Subject]


def of_generator(network: LatentNetwork, seed: int, bases: Mapping[str, Tensor] | None = None) -> DecoderDirections:
    """Latents as it is given them; the axes of its latent space, those of bases by name, and singular vectors.

    bases: (d, latent) directions by the name of the family, such as those of `lsd_axes`.
    """
    families = {"axes": torch.eye(network.latent), **(bases or {})}
    return DecoderDirections(network, draw(LATENTS, network.latent, seed, 11), families, SINGULAR)


def lsd_axes(vectors: NDArray, sets: NDArray) -> dict[str, Tensor]:
    """Axes (M, M) of a basis of Deep LSD, in rows, and of these the ones of set 1, one for each label."""
    axes = torch.from_numpy(np.ascontiguousarray(vectors, dtype=np.float32))
    axes = axes / axes.norm(dim=1, keepdim=True)
    return {"label axes": axes[torch.from_numpy(np.flatnonzero(sets == 1))], "LSD axes": axes}


def of_encoder(network: nn.Module, images: NDArray) -> EncoderRows:
    """Of images (m, c, h, w) in [0, 1], the rows of μ's Jacobian."""
    return EncoderRows(lambda pixels: network(pixels)[0], torch.from_numpy(np.ascontiguousarray(images[:LATENTS])))


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
    for family in subject.names:
        about = {"network": name, "family": family, "training": 0}
        yield from _rows(about | {"kind": LATENT}, subject.own(family, seed))
        yield from _rows(about | {"kind": RANDOM}, subject.mixed(family, seed))
        yield from _rows(about | {"kind": DIFFERENCE}, Responses.of_images(subject.differences()[:, None]))
    for training in range(NETWORKS):
        torch.manual_seed(1000 * seed + training)
        other = opened(_frozen(anew()))
        for family in other.names:
            about = {"network": name, "family": family, "training": training, "kind": UNTRAINED}
            yield from _rows(about, other.own(family, seed))


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
