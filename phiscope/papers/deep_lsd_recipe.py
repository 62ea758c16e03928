"""In what a run's trainings differ from the recipe of Toledo-Marín and Glazier 2021, section III."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

NOT_SAID = "not said"


class Difference(NamedTuple):
    """Of one part of the recipe: what the text has, and what the run has."""

    part: str
    paper: str
    run: str


def differences(latent: Mapping[str, Any], classifier: Mapping[str, Any], setting: str) -> list[Difference]:
    """The parts of the recipe in which they differ, or of which the text does not say what it has.

    latent and classifier: sections of the configuration; setting: name of the encoder. Networks that were loaded are
    said to be, since nothing is known of their trainings.
    """
    rows = [*_generator(latent), *_classifier(classifier), *_encoder(latent, setting), *_sets(latent)]
    return [row for row in rows if row.paper != row.run]


def _generator(latent: Mapping[str, Any]) -> Iterator[Difference]:
    gan = latent["gan"]
    if gan.get("weights"):
        yield Difference("generator", "trained", "loaded")
        return
    rates = dict.fromkeys((f"{gan['learning_rate']:g}", f"{gan['learning_rate_discriminator']:g}"))
    yield Difference("generator: epochs, batch", "500, 25", f"{gan['epochs']}, {gan['batch_size']}")
    yield Difference("generator: Adam's rate", "0.0002", " and ".join(rates))
    yield Difference("generator: Adam's β₁, β₂", "0.9, 0.999", f"{gan['beta1']:g}, 0.999")
    average = f"moving average, decay {gan['average_decay']:g}" if gan["average_decay"] else NOT_SAID
    yield Difference("generator: averaging of weights", NOT_SAID, average)
    yield Difference("latent dimensions M", "100", str(latent["dimension"]))


def _classifier(classifier: Mapping[str, Any]) -> Iterator[Difference]:
    if classifier.get("weights"):
        yield Difference("classifier", "trained", "loaded")
        return
    training = classifier["training"]
    yield Difference("classifier: network", NOT_SAID, str(classifier["factory"]).rpartition(":")[2])
    yield Difference("classifier: epochs, batch", "500, 25", f"{training['epochs']}, {training['batch_size']}")
    optimiser = f"SGD, Nesterov momentum, one-cycle to {training['learning_rate']:g}"
    yield Difference("classifier: optimiser", "Adam, 0.00003, β 0.5, 0.99", optimiser)


def _encoder(latent: Mapping[str, Any], setting: str) -> Iterator[Difference]:
    own = {**latent["encoder"], **latent["settings"][setting]}
    if own.get("weights"):
        yield Difference("encoder", "trained", "loaded")
        return
    yield Difference("encoder: epochs, batch", "500, 25", f"{own['epochs']}, {own['batch_size']}")
    yield Difference("encoder: optimiser", NOT_SAID, f"Adam, {own['learning_rate']:g}, {own['schedule']}")
    yield Difference("encoder: form of mean and deviation", NOT_SAID, own["heads"])
    yield Difference("encoder: reconstruction", "hinge", own["reconstruction"])
    yield Difference("encoder: λ", "100", f"{own['classification_weight']:g}")
    yield Difference("encoder: weight of the labels' axes in the loss", "0", f"{own.get('axes_weight', 0.0):g}")


def _sets(latent: Mapping[str, Any]) -> Iterator[Difference]:
    yield Difference("latents per set V", "5000", str(latent["set_size"]))
    yield Difference("trials", "20", str(latent["trials"]))
