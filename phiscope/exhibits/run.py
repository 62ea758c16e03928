"""A finished run, as those see it who draw it or write about it: its artifacts by name, and what its plan knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from phiscope.datasets import ImagesBySample
from phiscope.datasets.order import FIRST, numbered
from phiscope.errors import ConfigError


class Run:
    """One run's artifacts, opened when they are first asked for, and what its plan knows.

    open_artifact: of a name; where there are several of one name, a mapping by what tells them apart; None where the
    run has none. context: main_views, those that figures with a panel per view show; samples, test samples of the
    report; slice_sample, the one whose plane is drawn; deepfool, the view whose images stand beside inverted ones, or
    None; setting, the encoder's that is looked at, or None; main_group and picture, of images as functions of position;
    foreign, views of other data sets; benches, (set of images, noise) by name; only, the split that there is where the
    other has no sample. Who writes the page is also given config, provenance and pictures.
    """

    def __init__(self, open_artifact: Callable[[str], Any], context: Mapping[str, Any]) -> None:
        self._open, self._opened, self.context = open_artifact, dict[str, Any](), context

    def __getitem__(self, artifact: str) -> Any:
        if artifact not in self._opened:
            self._opened[artifact] = self._open(artifact)
        return self._opened[artifact]

    def only(self, artifacts: Iterable[str]) -> Run:
        """The same run for a reader that declares these artifacts: any other raises ConfigError.

        A job is given what is declared. What is read without that would look as if the run had none.
        """
        declared = frozenset(artifacts)

        def open_artifact(name: str) -> Any:
            if name not in declared:
                raise ConfigError(
                    f"artifact {name!r} is read but not declared; declared: {', '.join(sorted(declared))}"
                )
            return self[name]

        return Run(open_artifact, self.context)

    @cached_property
    def test(self) -> ImagesBySample:
        return ImagesBySample(self["test_images"])

    @cached_property
    def train(self) -> ImagesBySample:
        return ImagesBySample(self["training_images"])

    @property
    def single_split(self) -> str | None:
        """The split that there is of vectors, where the other has no sample."""
        return self.context.get("only")

    @property
    def classes(self) -> tuple[str, ...]:
        return self["test_images"].classes

    def number(self, sample: int | str) -> int:
        """The number of a test sample that the configuration names."""
        return numbered(sample, self["test_images"].samples)

    def ball(self, number: int) -> Any:
        """What was explored of the ball of a test sample, by its number."""
        explored = self["explored_balls"]
        return explored[str(number) if str(number) in explored else FIRST]

    def main(self, artifact: str) -> pd.DataFrame:
        """The rows of the main views."""
        rows = self[artifact]
        return rows[rows["view"].isin(self.context["main_views"])]

    def original(self, artifact: str) -> pd.DataFrame:
        """The rows of the test samples as they are."""
        return self._as_they_are(artifact, "test")

    def asked(self, artifact: str) -> pd.DataFrame:
        """The same; of the training samples where there are no test samples."""
        return self._as_they_are(artifact, "train" if self.single_split == "train" else "test")

    def _as_they_are(self, artifact: str, split: str) -> pd.DataFrame:
        rows = self[artifact]
        return rows[(rows["view"] == "original") & (rows["split"] == split)]

    def of_sample(self, artifact: str, number: int) -> pd.DataFrame:
        """The rows of one sample."""
        rows = self[artifact]
        return rows[rows["sample"] == number]
