"""What `phiscope init` finds of vectors and a head, and the configuration of both."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phiscope.commands.init_words import few, flow, limits
from phiscope.datasets import PreparedDataset, Specification, open_prepared, prepare
from phiscope.datasets.readers import features
from phiscope.datasets.readers.vector_signs import hold_vectors
from phiscope.errors import ConfigError, PhiscopeError
from phiscope.workflow.configuration import resolve

_SHARE = 0.2  # of vectors in no split, or of training vectors alone, that becomes the test split
# Tried one after another: whether a share becomes the test split, and the split that there is alone.
_DECISIONS = ((False, None), (True, None), (False, "test"), (False, "train"))


def are_meant(data: str) -> bool:
    """Whether a path is of vectors, not images."""
    path = Path(os.path.expandvars(data)).expanduser()
    return path.exists() and hold_vectors(path)


def lines(data: str, options: argparse.Namespace, folder: Path) -> list[str]:
    """The configuration; options: what was given; folder: for what is read. Raises PhiscopeError where vectors or head
    cannot be used."""
    if options.factory or options.normalise is not None or options.arguments:
        raise ConfigError(
            f"{data}: holds vectors, which no network computes here; leave --factory, --arguments and --normalise out, "
            "and give the head with --weights, if there is one"
        )
    weights = None
    if options.weights:
        weights = {"path": options.weights} | ({"prefix": options.prefix} if options.prefix else {})
    return list(_Vectors.found(data, dict(options.options), weights, folder).lines(data))


@dataclass(frozen=True)
class _Vectors:
    """What is seen of vectors, what had to be decided for that (`options`, `only`), and where the head is from: what a
    configuration says of it, and a sentence of how good it is."""

    options: Mapping[str, Any]
    only: str | None
    said: Sequence[str]
    splits: Mapping[str, PreparedDataset]
    classifier: Mapping[str, Any]
    head: str

    @classmethod
    def found(cls, data: str, given: Mapping[str, Any], weights: Mapping[str, Any] | None, folder: Path) -> _Vectors:
        """With the fewest decisions with which a run can begin; raises what it raises without any.

        Of training vectors alone a share is taken for testing, which lets more be asked. Vectors in no split are taken
        for all of a data set where they have labels, for test vectors where a head tells what they are.
        """
        first: PhiscopeError | None = None
        for number, (share, only) in enumerate(_DECISIONS):
            options = dict(given) | ({"test_share": _SHARE} if share and "test_share" not in given else {})
            dataset = {"path": data, "reader": features.NAME, "options": options, "only": only}
            try:
                config = resolve([{"dataset": dataset, "classifier": {"weights": weights}}], name="init")
                if number == 0 and config["dataset"]["only"] == "train":
                    continue
                (place := folder / str(number)).mkdir()
                found = cls._read(config, options, only, place)
            except PhiscopeError as error:
                first = first or error
                continue
            if not share or (found.splits["train"].labels >= 0).any():
                return found
        assert first is not None  # nothing was read, so that something failed
        raise first

    @classmethod
    def _read(cls, config: Mapping[str, Any], options: Mapping[str, Any], only: str | None, place: Path) -> _Vectors:
        from phiscope.experiments.models.given_heads import head_of  # deferred: wrong data need no torch
        from phiscope.models.head_files import outputs

        said: list[str] = []
        asked, splits = config["classifier"], {}
        weights = asked["weights"]
        for split in ("train", "test"):
            prepare(
                Specification.of(config["dataset"]),
                split,
                place / f"{split}.safetensors",
                seed=0,
                say=said.append,
                outputs=outputs(weights) if weights else None,
            )
            splits[split] = open_prepared(place / f"{split}.safetensors")
        _, about, sentence = head_of(splits, weights, None, asked["training"]["validation"], dict.fromkeys(splits))
        classifier = {"weights": weights} if weights else {"head": "fit"} if about["from"] == "fit" else {}
        return cls(options, only, list(dict.fromkeys(said)), splits, classifier, sentence)

    @property
    def in_words(self) -> str:
        train, test = self.splits["train"], self.splits["test"]
        counts = " and ".join(
            f"{len(each):,} {name}" for name, each in (("training", train), ("test", test)) if len(each)
        )
        return f"{counts} vectors of {test.shape[0]:,} features; {few(test.classes)}"

    def lines(self, data: str) -> Iterator[str]:
        """The configuration, with comments."""
        yield f"# {self.in_words}."
        yield from (f"# {line}" for line in self.said[:3])
        yield "dataset:"
        yield f"  path: {flow(data)} # relative paths, here and below: from the folder where a run is started"
        yield f"  reader: {features.NAME} # vectors, of which a linear head tells the classes"
        if self.only:
            yield f"  only: {self.only} # there are no training vectors, whose hull could be asked about"
        if self.options:
            yield f"  options: {flow(dict(self.options))} # splits, labels, columns: docs/features.md"
        yield from limits(len(self.splits["train"]), len(self.splits["test"]))
        yield f"# {self.head}"
        if self.classifier:
            yield f"classifier: {flow(dict(self.classifier))}"
        yield "# Vectors of other origin, which detectors look at:"
        yield "# datasets: {other: {path: other.npz, reader: features}}"
        yield "# views: {other: {kind: original, of: 'dataset:other'}}"
