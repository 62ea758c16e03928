"""What the trainings of latent space cost: a step of each, timed, times the steps that a run makes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.experiments.timing import timed
from phiscope.models.codec import Codec
from phiscope.models.encoder import encoder, sample
from phiscope.models.gan import discriminator, generator


def seconds_of_jobs(
    work: Mapping[str, Any], classifier: nn.Module, shape: Sequence[int], device: str
) -> dict[str, float]:
    """Seconds of a processor, or of a GPU, of the jobs that train generator and encoders, by rule, without their start.

    work: `latent` of `phiscope.workflow.plan.work`; shape (c, h, w) of an image. Networks of that size are made with
    random weights: what they compute does not matter.
    """
    networks = _Networks(work["dimension"], work["width"], shape, classifier, device)
    step, encoded, decoded = cache(networks.step), networks.encoded(), networks.decoded()

    def training(kind: str, steps: int, batch: int, precision: str, decoded: int) -> float:
        return steps * step(kind, batch, precision, decoded)

    return {
        rule: (training(**job["training"]) if job["training"] else 0.0)
        + job["encoded"] * encoded
        + job["decoded"] * decoded
        for rule, job in work["jobs"].items()
    }


class _Networks:
    """𝒢, its discriminator, ℰ and 𝒞, and what a step of their trainings takes."""

    def __init__(self, latent: int, width: int, shape: Sequence[int], classifier: nn.Module, device: str) -> None:
        channels, *size = shape
        self.latent, self.shape, self.device = latent, tuple(shape), device
        made = generator(latent, channels, size, width), discriminator(channels, size, width)
        own = encoder(latent, channels, size, width)
        self.generator, self.discriminator, self.encoder, self.classifier = (
            network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # a third of `to`
            for network in (*made, own, copy.deepcopy(classifier))
        )
        self.codec = Codec(self.generator, self.classifier, self.encoder, device)

    def encoded(self) -> float:
        """Seconds of an image through ℰ."""
        images = torch.rand(self.codec.batch, *self.shape).numpy()
        return self._second(lambda: self.codec.encode(images)) / len(images)

    def decoded(self) -> float:
        """Seconds of a latent through 𝒢 and 𝒞."""
        latents = torch.randn(self.codec.batch, self.latent).numpy()
        return self._second(lambda: self.codec.classify(self.codec.decode(latents))) / len(latents)

    def step(self, kind: str, batch: int, precision: str, decoded: int) -> float:
        """Seconds of a step on `batch` images. kind: `gan`, or `encoder`, which decodes an image `decoded` times."""
        pixels = torch.rand(batch, *self.shape, device=self.device).contiguous(memory_format=torch.channels_last)
        trained = (self.generator, self.discriminator) if kind == "gan" else (self.encoder,)
        for network in (self.generator, self.discriminator, self.encoder):
            network.train(network in trained).requires_grad_(network in trained)
        adam = torch.optim.Adam([p for network in trained for p in network.parameters()], 1e-6)

        def call() -> None:
            adam.zero_grad()
            with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=precision == "bf16-mixed"):
                self._gan(pixels) if kind == "gan" else self._encoder(pixels, decoded)
            adam.step()

        return self._second(call)

    def _gan(self, real: Tensor) -> None:
        fake = self.generator(torch.randn(len(real), self.latent, device=self.device))
        logits = self.discriminator(real), self.discriminator(fake.detach())
        (functional.softplus(-logits[0]).mean() + functional.softplus(logits[1]).mean()).backward()
        self.discriminator.requires_grad_(False)
        functional.softplus(-self.discriminator(fake)).mean().backward()
        self.discriminator.requires_grad_(True)

    def _encoder(self, pixels: Tensor, decoded: int) -> None:
        mean, log_deviation = (half.float() for half in self.encoder(pixels))
        images = self.generator(sample(mean, log_deviation, torch.randn_like(mean)))
        compared = self.generator(mean) if decoded > 1 else images
        ((compared.float() - pixels).square().mean() + self.classifier(images).float().mean()).backward()

    def _second(self, call: Callable[[], object]) -> float:
        """Of the second call: what is set up once does not count."""
        call()
        return timed(call, self.device)
