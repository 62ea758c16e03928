"""Train the encoder of Deep LSD into a frozen generator, with Lightning: seeded, resumable after every epoch."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.errors import ConfigError
from phiscope.models.encoder import Encoder, sample
from phiscope.models.gan import draw
from phiscope.training.batches import AugmentedBatches, Batches
from phiscope.training.label_axes import LabelAxes
from phiscope.training.running import History, Report, Watching, fingerprint, kept_for_training, run, shapes, weights

_WATCHED_STREAM = 7
_FIRST_STREAM = 100


class EncoderTraining(Watching):
    """Adam on the encoder alone; generator and classifier stay as they are, running statistics included."""

    def __init__(
        self,
        encoder: nn.Module,
        generator: nn.Module,
        classifier: nn.Module,
        axes: LabelAxes,
        options: Mapping[str, Any],
        seed: int,
        report: Report,
    ) -> None:
        super().__init__(report)
        self.encoder, self.axes = encoder, axes
        self.generator, self.classifier = generator.requires_grad_(False), classifier.requires_grad_(False)
        self.options, self.seed = options, seed

    def train(self, mode: bool = True) -> EncoderTraining:
        """The frozen networks never leave evaluation mode."""
        super().train(mode)
        self.generator.eval()
        self.classifier.eval()
        return self

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        terms = self._terms(*batch, self.seed, _FIRST_STREAM + self.current_epoch, index)
        self.trained.add(terms)
        return terms["loss"]

    def validation_step(self, batch: tuple[Tensor, Tensor], index: int) -> None:
        self.watched.add(self._terms(*batch, self.seed, _WATCHED_STREAM, index), len(batch[1]))

    def _terms(self, pixels: Tensor, labels: Tensor, *seed: int) -> dict[str, Tensor]:
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        mean, log_deviation = (half.float() for half in self.encoder(pixels))
        z = sample(mean, log_deviation, draw(*mean.shape, *seed).to(mean))
        decoded = self.generator(z)
        compared = self.generator(mean) if self.options["reconstruction_of"] == "mean" else decoded
        logits = self.classifier(decoded)
        terms = {
            "divergence": divergence(mean, log_deviation),
            "reconstruction": reconstruction(compared, pixels, self.options),
            "classification": functional.cross_entropy(logits, labels),
        }
        if self.options["axes_weight"]:
            terms["axes"] = functional.cross_entropy(self.axes(mean, labels), labels)
        weighted = [self.options[f"{name}_weight"] * term for name, term in terms.items()]
        squared = 4 * (compared.float() - pixels).square().mean()  # on [-1, 1], as in published numbers
        accuracy = (logits.argmax(1) == labels).float().mean()
        return {"loss": sum(weighted), **terms, "squared_error": squared, "accuracy": accuracy}

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.Adam(self.encoder.parameters(), self.options["learning_rate"])
        steps = self.trainer.estimated_stepping_batches
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(SCHEDULES[self.options["schedule"]], steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def divergence(mean: Tensor, log_deviation: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ (μ² + σ² - 1) - Σ log σ, summed over the latent, mean over the batch."""
    terms = (mean.square() + torch.exp(2 * log_deviation) - 1) / 2 - log_deviation
    return terms.sum(1).mean()


def reconstruction(decoded: Tensor, pixels: Tensor, options: Mapping[str, Any]) -> Tensor:
    """The loss named by options.reconstruction between images on [-1, 1], per image.

    options.reconstruction_over: `pixels-mean` or `pixels-sum`; then the mean over the batch.
    """
    per_pixel = RECONSTRUCTIONS[options["reconstruction"]](2 * decoded.float() - 1, 2 * pixels - 1)
    return REDUCTIONS[options["reconstruction_over"]](per_pixel.flatten(1)).mean()


# ASSUME: 'the hinge loss function' is max(0, 1 - x̂ x) per pixel, averaged, as in the authors' scripts. It wants
# the sign of a pixel, and is blind to how grey it is. `squared` with the sum over pixels is the Gaussian
# likelihood of a VAE.
RECONSTRUCTIONS = {
    "hinge": lambda decoded, pixels: functional.relu(1 - decoded * pixels),
    "squared": lambda decoded, pixels: (decoded - pixels).square(),
    "absolute": lambda decoded, pixels: (decoded - pixels).abs(),
}
# ASSUME: the authors' scripts decode one z per image for both losses. `mean` reconstructs 𝒢(μ) and leaves the noise to
# the classifier's loss: what a label needs must then outweigh σ, and what an image needs need not.
DECODED = ("sample", "mean")
# Of the learning rate, by the steps in all and the steps made.
SCHEDULES = {
    "constant": lambda steps, step: 1.0,
    "cosine": lambda steps, step: (1 + math.cos(math.pi * min(step / steps, 1))) / 2,
}
REDUCTIONS = {"pixels-mean": lambda losses: losses.mean(1), "pixels-sum": lambda losses: losses.sum(1)}


def train(
    encoder: Encoder,
    generator: nn.Module,
    classifier: nn.Module,
    images: Tensor,
    labels: Tensor,
    options: Mapping[str, Any],
    *,
    seed: int,
    checkpoints: Path,
    device: str = "cpu",
    report: Report = lambda history: None,
) -> History:
    """min over ℰ of w_KL KL(ℰ(x) ‖ N(0, 1)) + w_R loss(𝒢(z), x) + λ H(y, 𝒞(𝒢(z))) + w_A H(y, softmax of μ along the
    axes of labels), z = μ + σ ε; returns one dict per epoch. With reconstruction_of `mean`, loss(𝒢(μ), x).

    The last term is not of Toledo-Marín and Glazier 2021, whose encoder has w_A = 0; see `LabelAxes`.

    images (n, c, h, w) uint8, or float in [0, 1]; the last `options.validation` of them are held out and only
    watched. labels (n,) int64, of the data, not of the classifier. 𝒢 and 𝒞 are frozen, and 𝒞 reads pixels in
    [0, 1]. options: epochs, batch_size, learning_rate (Adam), schedule (`constant`, `cosine`), validation,
    divergence_weight, reconstruction_of (`sample`, `mean`), reconstruction (`hinge`, `squared`, `absolute`),
    reconstruction_over (`pixels-mean`, `pixels-sum`), reconstruction_weight, classification_weight (the λ of the
    paper), axes_weight, precision. A checkpoint of the same networks, options, seed and data in `checkpoints` is
    resumed.
    """
    _check(options)
    kept = kept_for_training(len(labels), options, "encoder")
    batches = AugmentedBatches(images[:kept], labels[:kept], options["batch_size"], shift=0, flip=False, seed=seed)
    watched = Batches(images[kept:], labels[kept:], 500)
    axes = LabelAxes(int(labels.max()) + 1, encoder.latent)
    module = EncoderTraining(encoder, generator, classifier, axes, options, seed, report)
    known = dict(options) | {"shapes": shapes(encoder)}
    name = fingerprint(known, seed, images, labels, *weights(generator, classifier))
    return run(module, batches, watched, options, seed=seed, name=name, checkpoints=checkpoints, device=device)


def _check(options: Mapping[str, Any]) -> None:
    choices: dict[str, Collection[str]] = {
        "reconstruction": RECONSTRUCTIONS,
        "reconstruction_over": REDUCTIONS,
        "reconstruction_of": DECODED,
    }
    choices["schedule"] = SCHEDULES
    for key, known in choices.items():
        if options[key] not in known:
            raise ConfigError(f"encoder: {key} {options[key]!r}; expected one of {', '.join(known)}")
