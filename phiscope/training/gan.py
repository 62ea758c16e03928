"""Train a GAN with Lightning: Jensen-Shannon loss, exponential moving average of the generator, resumable."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.errors import ConfigError, DataError
from phiscope.models.gan import draw
from phiscope.training.batches import AugmentedBatches
from phiscope.training.running import History, Means, Report, Telling, fingerprint, run, shapes

if TYPE_CHECKING:
    from pytorch_lightning.core.optimizer import LightningOptimizer

Show = Callable[[int, Tensor], None]
SHOWN = 64
_SHOWN_STREAM = 7  # the latents of the sample grid; training streams are numbered by epoch, beyond it
_FIRST_STREAM = 100


class GanTraining(Telling):
    """One step of the discriminator, one of the generator, one of the average, per batch of real images.

    The discriminator maximises E log D(x) + E log(1 - D(𝒢(z))), whose maximum is twice the Jensen-Shannon
    divergence of the two distributions less log 4 (Goodfellow et al. 2014). `average` is the generator that is
    kept: ā <- decay · ā + (1 - decay) · a, for weights and running statistics alike.
    """

    automatic_optimization = False

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        options: Mapping[str, Any],
        seed: int,
        report: Report,
        show: Show,
    ) -> None:
        super().__init__(report)
        self.generator, self.discriminator = generator, discriminator
        self.latent = cast(int, generator.latent)
        self.average = copy.deepcopy(generator).requires_grad_(False).eval()
        self.options, self.seed, self.show = options, seed, show
        self.generator_loss = GENERATOR_LOSSES[options["generator_loss"]]
        self.means = Means()

    def train(self, mode: bool = True) -> GanTraining:
        """The average never trains: it only follows."""
        super().train(mode)
        self.average.eval()
        return self

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> None:
        real = batch[0].contiguous(memory_format=torch.channels_last)
        z = draw(len(real), self.latent, self.seed, _FIRST_STREAM + self.current_epoch, index).to(real)
        for_discriminator, for_generator = cast("list[LightningOptimizer]", self.optimizers())
        fake = self.generator(z)

        real_logits, fake_logits = self.discriminator(real), self.discriminator(fake.detach())
        discriminator_loss = functional.softplus(-real_logits).mean() + functional.softplus(fake_logits).mean()
        self._step(for_discriminator, discriminator_loss)

        self.discriminator.requires_grad_(False)  # its gradients would be computed here and thrown away
        generator_loss = self.generator_loss(self.discriminator(fake))
        self._step(for_generator, generator_loss)
        self.discriminator.requires_grad_(True)
        self._follow()
        self.means.add(
            {
                "discriminator_loss": discriminator_loss,
                "generator_loss": generator_loss,
                "score_of_real": real_logits.sigmoid().mean(),
                "score_of_generated": fake_logits.sigmoid().mean(),
            }
        )

    def _step(self, optimizer, loss: Tensor) -> None:
        optimizer.zero_grad()
        self.manual_backward(loss)
        optimizer.step()

    @torch.no_grad()
    def _follow(self) -> None:
        # The start counts for little: with the decay alone, the first hundred steps would be the random weights.
        step = self.trainer.global_step // 2
        decay = min(self.options["average_decay"], (1 + step) / (10 + step))
        for kept, now in zip(self.average.state_dict().values(), self.generator.state_dict().values()):
            if kept.is_floating_point():
                kept.lerp_(now, 1 - decay)
            else:
                kept.copy_(now)

    def on_train_epoch_end(self) -> None:
        self.tell(self.means.take())
        z = draw(SHOWN, self.latent, self.seed, _SHOWN_STREAM).to(self.device)
        with torch.no_grad():
            self.show(self.current_epoch, self.average(z).float().cpu())

    def configure_optimizers(self) -> list[torch.optim.Optimizer]:
        betas = (self.options["beta1"], 0.999)
        rates = self.options["learning_rate_discriminator"], self.options["learning_rate"]
        networks = self.discriminator, self.generator
        return [torch.optim.Adam(network.parameters(), rate, betas) for network, rate in zip(networks, rates)]


def _non_saturating(logits: Tensor) -> Tensor:
    """-E log D(𝒢(z)): the same fixed point, and a slope where the discriminator is sure."""
    return functional.softplus(-logits).mean()


def _saturating(logits: Tensor) -> Tensor:
    """E log(1 - D(𝒢(z))), the game of equation (1) of Goodfellow et al. as it stands."""
    return -functional.softplus(logits).mean()


# ASSUME: 'the Jensen-Shannon entropy as the loss' does not say which generator's loss; the authors' scripts use
# the non-saturating one.
GENERATOR_LOSSES = {"non-saturating": _non_saturating, "saturating": _saturating}


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    images: Tensor,
    options: Mapping[str, Any],
    *,
    seed: int,
    checkpoints: Path,
    device: str = "cpu",
    report: Report = lambda history: None,
    show: Show = lambda epoch, samples: None,
) -> tuple[nn.Module, History]:
    """min over 𝒢, max over D of E log D(x) + E log(1 - D(𝒢(z))), z normal; returns the averaged generator and one
    dict per epoch.

    images (n, c, h, w) uint8, or float in [0, 1]. options: epochs, batch_size, learning_rate and
    learning_rate_discriminator (Adam), beta1, average_decay, generator_loss (`non-saturating` or `saturating`),
    precision. After each epoch `report` gets the history and `show` the epoch and 64 samples (64, c, h, w) of the
    averaged generator, always from the same latents. A checkpoint of the same networks, options, seed and
    images in `checkpoints` is resumed.
    """
    if len(images) < 2:
        raise DataError(f"GAN: {len(images)} training images; expected two at least: raise the limit")
    if options["generator_loss"] not in GENERATOR_LOSSES:
        raise ConfigError(
            f"GAN: generator_loss {options['generator_loss']!r}; expected one of {', '.join(GENERATOR_LOSSES)}"
        )
    batches = AugmentedBatches(images, torch.zeros(len(images)), options["batch_size"], shift=0, flip=False, seed=seed)
    module = GanTraining(generator, discriminator, options, seed, report, show)
    known = dict(options) | {"shapes": [shapes(generator), shapes(discriminator)]}
    name = fingerprint(known, seed, images)
    history = run(module, batches, None, options, seed=seed, name=name, checkpoints=checkpoints, device=device)
    return module.average, history
