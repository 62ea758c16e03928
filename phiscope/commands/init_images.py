"""What `phiscope init` finds of images and a network, and the configuration of both."""

from __future__ import annotations

import argparse
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phiscope.commands.init_words import few, flow, limits
from phiscope.datasets import PreparedDataset, Specification, open_prepared, prepare
from phiscope.errors import ConfigError, DataError

if TYPE_CHECKING:
    from phiscope.models.classifier import Normalised

_LOOKED_AT = 32  # images of each split whose headers are read, and that are decoded
_ALIKE = 0.03  # of the accuracy, that says nothing about a normalisation
_ANSWERED = 200  # test images whose labels tell normalisations apart
# What may have to be decided about data: tried one after another, the least first, until they can be read.
_DECISIONS: tuple[tuple[dict[str, Any], ...], ...] = (
    ({}, {"test_share": 0.2}),
    ({}, {"channels": 3}),
    ({}, {"size": 224, "crop": 224}, {"size": 32, "crop": 32}),
)
_IMAGENET = {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]}


def lines(data: str, options: argparse.Namespace, folder: Path) -> list[str]:
    """The configuration; options: what was given; folder: for what is read. Raises PhiscopeError where data or network
    cannot be used."""
    found = _found(data, dict(options.options), folder)
    network = _Network.of(options, found) if options.factory else None
    return list(_lines(data, found, network))


@dataclass(frozen=True)
class _Data:
    """What is seen of data, and what had to be decided for that."""

    options: Mapping[str, Any]
    said: Sequence[str]
    train: PreparedDataset
    test: PreparedDataset

    @property
    def in_words(self) -> str:
        channels, height, width = self.train.shape
        colour = {1: "grey", 3: "colour"}.get(channels, f"of {channels} channels")
        return (
            f"{len(self.train):,} training and {len(self.test):,} test images, {height} x {width} pixels, {colour}; "
            f"{few(self.train.classes)}"
        )


def _found(data: str, given: Mapping[str, Any], folder: Path) -> _Data:
    """The data with the fewest decisions with which they can be read; raises what reading raises without any.

    given: options that are decided already.
    """
    first: DataError | None = None
    for number, decisions in enumerate(sorted(itertools.product(*_DECISIONS), key=lambda each: sum(map(bool, each)))):
        options = dict(given) | {key: value for part in decisions for key, value in part.items() if key not in given}
        if first is not None and "size" in options and options["size"] != _size_near(str(first)):
            continue
        said: list[str] = []
        (place := folder / str(number)).mkdir()
        paths = {split: place / f"{split}.safetensors" for split in ("train", "test")}
        try:
            for split, path in paths.items():
                specification = Specification(data, options=options)
                prepare(specification, split, path, seed=0, limit=_LOOKED_AT, say=said.append)
            opened = {split: open_prepared(path) for split, path in paths.items()}
            for each in opened.values():
                each.images(slice(0, _LOOKED_AT))
        except DataError as error:
            first = first or error
            continue
        return _Data(options, list(dict.fromkeys(said)), opened["train"], opened["test"])
    assert first is not None  # nothing was read, so that the first failed
    raise first


def _size_near(sentence: str) -> int:
    """The side to bring images of several sizes to: 32 pixels where those that a sentence names are about as small."""
    sides = [int(side) for pair in re.findall(r"(\d+)x(\d+)", sentence) for side in pair]
    return 32 if sides and max(sides) < 100 else 224


@dataclass(frozen=True)
class _Network:
    """A network of the user's: how it is described, and what its accuracy says of each normalisation."""

    described: Mapping[str, Any]
    comment: str

    @classmethod
    def of(cls, options: argparse.Namespace, data: _Data) -> _Network:
        described: dict[str, Any] = {"factory": options.factory, "arguments": dict(options.arguments)}
        if not options.weights:
            return cls(described, "")
        weights = {"path": options.weights} | ({"prefix": options.prefix} if options.prefix else {})
        described |= {"weights": weights}
        if options.normalise is not None:
            return cls(described | {"normalise": options.normalise}, "")
        answers = {name: _answers(described | {"normalise": given}, data) for name, given in _normalisations(data)}
        best = max(answers, key=lambda name: answers[name])
        chosen = dict(_normalisations(data))[best]
        others = ", ".join(f"{name} {accuracy:.2f}" for name, (accuracy, _) in answers.items() if name != best)
        comment = f"chosen by accuracy on some test images: {best} {answers[best][0]:.2f}; {others}"
        if alike := [n for n, (share, _) in answers.items() if n != best and share > answers[best][0] - _ALIKE]:
            print(
                f"Which normalisation the weights were trained with is not sure: {', '.join([best, *alike])} fit "
                f"alike; {best} is written, with which answers are surest. If you know it, give it with --normalise."
            )
        return cls(described | {"normalise": chosen if chosen is not None else "none"}, comment)


def _normalisations(data: _Data) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Those in use, by name, and that of these images."""
    channels = data.train.shape[0]
    yield "none", None
    yield "one half", {"mean": [0.5] * channels, "deviation": [0.5] * channels}
    if channels == 3:
        yield "ImageNet's", _IMAGENET
    measured = data.train.statistics
    rounded = [
        [round(float(value), 4) for value in values] for values in (measured.channel_means, measured.channel_deviations)
    ]
    yield "of these images", {"mean": rounded[0], "deviation": [value or 1.0 for value in rounded[1]]}


def _answers(described: Mapping[str, Any], data: _Data) -> tuple[float, float]:
    """The share of some test images that the network with these weights answers rightly; minus its cross-entropy."""
    network = _built(described)
    import torch  # deferred: data without a network need none

    from phiscope.arrays import unit_range

    images = torch.from_numpy(unit_range(data.test.images(slice(0, _ANSWERED))))
    labels = data.test.labels[: len(images)]
    with torch.no_grad():
        logits = torch.cat([network(part) for part in images.split(20)])[torch.from_numpy(labels >= 0)]
    wanted = torch.from_numpy(labels[labels >= 0])
    if not len(wanted):
        raise ConfigError(
            "no test image has a label, by which a normalisation could be chosen; give it with --normalise"
        )
    loss = float(torch.nn.functional.cross_entropy(logits, wanted))
    return float((logits.argmax(1) == wanted).float().mean()), -loss


def _built(described: Mapping[str, Any]) -> Normalised:
    from phiscope.models import build, load_weights

    weights = described["weights"]
    network = build(described["factory"], described["arguments"], described["normalise"], where="--factory")
    load_weights(network.network, weights["path"], prefix=weights.get("prefix", ""), where="--weights")
    return network.eval()


def _lines(data: str, found: _Data, network: _Network | None) -> Iterator[str]:
    """The configuration, with comments."""
    yield f"# {found.in_words}."
    yield from (f"# {line}" for line in found.said[:3])
    yield "dataset:"
    yield f"  path: {flow(data)} # relative paths, here and below: from the folder where a run is started"
    if found.options:
        yield f"  options: {flow(found.options)} # sizes, channels, splits: docs/data.md"
    yield from limits(len(found.train), len(found.test))
    if network is None:
        yield "# classifier: a small network is trained unless one is given: factory, arguments, normalise, weights"
    else:
        yield "classifier:"
        yield from (
            f"  {key}: {flow(network.described[key])}"
            for key in ("factory", "arguments", "weights")
            if network.described.get(key)
        )
        if "normalise" in network.described:
            comment = f" # {network.comment}" if network.comment else ""
            yield f"  normalise: {flow(network.described['normalise'])}{comment}"
    yield "inversions: {samples: 10} # images that map to flip points and hull projections; 0 for none"
    yield "# latent: {enabled: true} # a generator and its latent space; also denoising, implicit"
