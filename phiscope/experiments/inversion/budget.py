"""Which samples are inverted and which balls explored within a number of processor hours, decided before any is.

What one of them takes is extrapolated from a few rows of one Jacobian (`cost`), so that the decision rests on one small
measurement, which stands as long as the network, the images and the options of the search do.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from phiscope.errors import ConfigError
from phiscope.files import read_json, write_json

# Measured with the options of config.yaml on 2026-11-27, processor time of one thread (docs/performance.md). Jacobians
# per target: 44 and 32 (6 flip points each), 40 (6 points of the hull) on CIFAR-10 with the loaded ResNet-20; 103 (24
# flip points) and 67 (26 points of the hull) on the bundled digits, most of which no image maps to.
_JACOBIANS = {"flip": 60.0, "hull": 50.0}
# With as many features as gradient steps take over from (8 hull targets at 224 pixels with 512 features, without
# backtracks, and one of them with one): all that a target takes, in Jacobians, and the share that each backtrack adds.
# Flip points were not measured there, and are taken to cost the same.
_ALL_OF_MANY, _BACKTRACK_OF_MANY = 11.0, 0.9
_BESIDE = 1.5  # processor time of a search over that of its Jacobians: 1.5 for the ResNet-20, 1.6 to 2.3 for digits
# Rounds per search around a ball: 61 and 41 for the ResNet-20, 41 and 69 for digits, two samples each. A round is taken
# to last a quarter of a Jacobian and 25 single forward passes, as corrections look at five images up to four times:
# 0.11 s for the ResNet-20, where it was 0.08 and 0.14 s.
_ROUNDS, _WITH_JACOBIAN, _FORWARD = 60.0, 0.25, 25.0
_BACKTRACKS = 2  # of these measurements; two cost as much again as the search before them (docs/decisions/0005)
_MORPH = 12  # radii of the morph; a test holds this against the morph's own
_SEGMENT = 3  # references of a segment's own, likewise

_UNITS = {"h": 3600.0, "min": 60.0, "s": 1.0}


def seconds_of(budget: float | str | None) -> float | None:
    """`inversions.budget` in seconds: a number of hours, or `90 min`, `1.5 h`, `30 s`; None for no limit."""
    if budget is None or isinstance(budget, (int, float)):
        return None if budget is None else 3600.0 * budget
    fits = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(h|min|s)\s*", budget)
    if not fits:
        raise ConfigError(
            f"config: inversions.budget: got {budget!r}, expected hours, such as 1.5, or '90 min', or null"
        )
    return float(fits[1]) * _UNITS[fits[2]]


@dataclass(frozen=True)
class SearchCost:
    """What was measured of one network, in seconds of processor time: jacobian, of one image among a batch; alone, of a
    single image; forward, of a single image. batch: images per Jacobian, 0 where the memory does not do for one.

    image_bytes: what a search for one image needs; batch_bytes: for full batches; memory: bytes that were there.
    many: whether the network has so many features that a search makes gradient steps.
    """

    jacobian: float
    alone: float
    forward: float
    batch: int
    image_bytes: float
    batch_bytes: float
    memory: float
    many: bool

    def pair(self, options: Mapping[str, Any]) -> float:
        """Seconds to invert one sample to both of its targets; options: `inversions` of the configuration."""
        return sum(self._target(kind, options) for kind in _JACOBIANS)

    def ball(self, options: Mapping[str, Any]) -> float:
        """Seconds to explore one ball: a perimeter from each reference, the morph, and the points of a segment."""
        round_ = _WITH_JACOBIAN * self.alone + _FORWARD * self.forward
        around = (len(options["references"]) + _MORPH) * _ROUNDS * round_ * _times(options)
        points = options["segment"] if options["segment"] > 1 else 0
        return around + points * (len(options["references"]) + _SEGMENT) * self._target("hull", options)

    def _target(self, kind: str, options: Mapping[str, Any]) -> float:
        """Seconds to find an image for one target."""
        if self.many:
            times = options["starts"] * (1 + _BACKTRACK_OF_MANY * options["backtracks"])
            return self.jacobian * _ALL_OF_MANY * times
        return self.jacobian * _JACOBIANS[kind] * _BESIDE * _times(options)

    def write(self, path: str | Path) -> None:
        write_json(asdict(self), path)

    @classmethod
    def read(cls, path: str | Path) -> SearchCost:
        """Raises FileNotFoundError where there is none, or one that another version wrote: it is to be made anew."""
        try:
            return cls(**read_json(path))
        except (TypeError, ValueError) as error:
            raise FileNotFoundError(errno.ENOENT, "not what this version measures", str(path)) from error


def _times(options: Mapping[str, Any]) -> float:
    """How much more than in the measurements the options ask for."""
    return options["starts"] * (1 + options["backtracks"] / _BACKTRACKS) / 2


@dataclass(frozen=True)
class Asked:
    """What the configuration asks for: the first `count` samples, and `named` of the report, whose balls are explored.

    named: test sample -> its place in the prepared order.
    """

    count: int
    named: Mapping[int, int]


@dataclass(frozen=True)
class Decision:
    """counted: how many of the first samples are inverted; places: of all that are; explored: test samples whose balls
    are explored. lacks_memory: nothing is, since one image needs more memory than there is.
    """

    asked: Asked
    counted: int
    places: frozenset[int]
    explored: tuple[int, ...]
    lacks_memory: bool = False

    @property
    def left_out(self) -> list[int]:
        """Places that are asked for and not inverted."""
        return sorted({*range(self.asked.count), *self.asked.named.values()} - self.places)

    def in_chunk(self, part: slice) -> list[int]:
        """Places in a chunk that are inverted."""
        return [place for place in range(part.start, part.stop) if place in self.places]


def decide(asked: Asked, pair: float, ball: float, budget: float | None, *, enough_memory: bool = True) -> Decision:
    """As much of what is asked as `budget` seconds allow, at `pair` seconds a sample and `ball` seconds a ball.

    Samples of the report come first, each with its ball, until half of the budget is spent; then the counted ones, in
    their order, so that what statistics are of stays a sample that nobody chose; then further ones of the report.
    """
    if not enough_memory:
        return Decision(asked, 0, frozenset(), (), lacks_memory=True)
    if budget is None:
        places = frozenset([*range(asked.count), *asked.named.values()])
        return Decision(asked, asked.count, places, tuple(asked.named))
    spending = _Spending(pair, ball)
    for number, place in asked.named.items():
        if not spending.explore(number, place, budget / 2):
            break
    counted = 0
    while counted < asked.count and spending.invert(counted, budget):
        counted += 1
    for number, place in asked.named.items():
        if number not in spending.explored and not spending.explore(number, place, budget):
            break
    return Decision(asked, counted, frozenset(spending.places), tuple(n for n in asked.named if n in spending.explored))


class _Spending:
    """What has been chosen so far, and whether more of it fits."""

    def __init__(self, pair: float, ball: float) -> None:
        self._pair, self._ball, self._spent = pair, ball, 0.0
        self.places: set[int] = set()
        self.explored: set[int] = set()

    def invert(self, place: int, most: float) -> bool:
        if place not in self.places and not self._fits(self._pair, most):
            return False
        self.places.add(place)
        return True

    def explore(self, number: int, place: int, most: float) -> bool:
        """The sample is inverted, where it is not yet, and its ball explored, or neither."""
        if not self._fits(self._ball + (0 if place in self.places else self._pair), most):
            return False
        self.places.add(place)
        self.explored.add(number)
        return True

    def _fits(self, seconds: float, most: float) -> bool:
        fits = self._spent + seconds <= most
        self._spent += seconds if fits else 0.0
        return fits
