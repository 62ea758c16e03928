"""Look at data, and weights where there are some, and write a configuration that runs.

phiscope init flowers
phiscope init flowers --weights best.ckpt --factory networks.py:build --arguments depth=20
"""

from __future__ import annotations

import argparse
import itertools
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from phiscope.datasets import PreparedDataset, Specification, open_prepared, prepare
from phiscope.errors import ConfigError, DataError, PhiscopeError
from phiscope.factories import look_beside

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


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file; raises PhiscopeError where data or network cannot be used, or the file is there already."""
    options = _parser().parse_args(arguments)
    data = options.data or _asked("folder or file of the data: ")
    output = options.output or Path(f"{_name(data)}.yaml")
    if output.exists() and not options.force:
        raise ConfigError(f"{output} is there already; give another name with -o, or --force to write over it")
    if options.weights and not options.factory:
        options.factory = _asked("factory of the network (file.py:function or package.module:function): ")
    look_beside([output])
    with tempfile.TemporaryDirectory(prefix="phiscope-") as folder:
        found = _found(data, dict(options.options), Path(folder))
        network = _Network.of(options, found) if options.factory else None
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text("\n".join(_lines(data, found, network)) + "\n", encoding="utf-8")
    print(f"wrote {output}; look at it with `phiscope check {output}`, run it with `phiscope run {output}`")


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
        classes = ", ".join(self.train.classes[:4]) + (" and more" if len(self.train.classes) > 4 else "")
        return (
            f"{len(self.train):,} training and {len(self.test):,} test images, {height} x {width} pixels, {colour}; "
            f"{len(self.train.classes)} classes: {classes}"
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
    yield f"  path: {_flow(data)} # relative paths, here and below: from the folder where a run is started"
    if found.options:
        yield f"  options: {_flow(found.options)} # sizes, channels, splits: docs/data.md"
    if len(found.train) > 20_000 or len(found.test) > 2_000:
        limits = {"train": min(len(found.train), 20_000), "test": min(len(found.test), 2_000)}
        yield f"  limit: {_flow(limits)} # for a first look; without it, all"
    if network is None:
        yield "# classifier: a small network is trained unless one is given: factory, arguments, normalise, weights"
    else:
        yield "classifier:"
        yield from (
            f"  {key}: {_flow(network.described[key])}"
            for key in ("factory", "arguments", "weights")
            if network.described.get(key)
        )
        if "normalise" in network.described:
            comment = f" # {network.comment}" if network.comment else ""
            yield f"  normalise: {_flow(network.described['normalise'])}{comment}"
    yield "inversions: {samples: 10} # images that map to flip points and hull projections; 0 for none"
    yield "# latent: {enabled: true} # a generator and its latent space; also denoising, implicit"


def _flow(value: Any) -> str:
    """A value in one line of YAML."""
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6).removesuffix("\n...\n").strip()


def _name(data: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(data).stem).strip("-.") or "run"


def _asked(question: str) -> str:
    try:
        answer = input(question).strip()
    except EOFError:
        answer = ""
    if not answer:
        raise PhiscopeError(f"nothing was answered to {question.strip(': ')!r}; give it as an argument")
    return answer


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise argparse.ArgumentTypeError(f"{text!r} is no name=value")
    return name, yaml.safe_load(value)


def _normalisation(text: str) -> Any:
    if text == "none":
        return text
    try:
        mean, deviation = ([float(number) for number in part.split(",")] for part in text.split("/"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither none nor like 0.5,0.5,0.5/0.2,0.2,0.2") from error
    return {"mean": mean, "deviation": deviation}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phiscope init", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", nargs="?", metavar="DATA", help="folder or file of images; asked for unless given")
    parser.add_argument("--weights", help="file of weights")
    parser.add_argument("--prefix", help="what to cut off the keys of the weights")
    parser.add_argument("--factory", help="file.py:function or package.module:function that returns the network")
    parser.add_argument(
        "--arguments",
        type=_argument,
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="of the factory",
    )
    parser.add_argument(
        "--normalise", type=_normalisation, help="none, or mean/deviation by channel; by accuracy unless given"
    )
    parser.add_argument(
        "--options",
        type=_argument,
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="how the data are read, as dataset.options: first_label=1",
    )
    parser.add_argument("-o", "--output", type=Path, help="file to write; <data>.yaml")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    return parser
