"""What a run will cost by part, extrapolated from one batch of features, eight rows of a Jacobian, one block of prices.

    rates = measure(feature_map, images, memory, startup=1.5)
    parts = parts_of(work, rates, search, made)  # work: as `phiscope.workflow.plan.work` has it
    print(as_text(parts, not_estimated))

Processor time: two cores take half of it. Each constant says where it was measured; statistics,
figures and tables are not estimated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from phiscope.arrays import generator
from phiscope.errors import DataError
from phiscope.experiments.inversion.budget import SearchCost
from phiscope.experiments.timing import timed
from phiscope.geometry.hull.pricing import lowest
from phiscope.geometry.hull.projection import QUERY_COPIES, queries_at_a_time
from phiscope.geometry.hull.solve import QUERIES
from phiscope.geometry.inversion.memory import batch_that_fits, footprint
from phiscope.geometry.inversion.relaxed import first_rows
from phiscope.models.feature_map import FeatureMap

# docs/performance.md: pricings of everything and of subsets, per query; seconds of the inner solves per query at d = 64
# (0.22 ms) and d = 3,072 (5.3 ms), taken to be linear in d; seconds of a margin with its certificate, for each class
# and feature: 4.5 µs at 10 and 64, 0.24 ms at 100 and 512, 4.3 ms at 1,000 and 512; of one of the closest alone, and
# what it takes besides: 0.06, 0.13 and 0.34 ms at 1,000 classes and 64, 512 and 2,048 features.
_PRICINGS = 3.1
_SOLVE, _SOLVE_PER_D = 1.1e-4, 1.7e-6
_MARGIN = 7e-9
_CLOSEST_MARGIN, _CLOSEST_MARGIN_LEAST = 1.7e-10, 4e-5
# Share of an attack's steps that an image takes: PGD that stops at the first success took 7.4 of 40 on average,
# DeepFool 5.6 of 50 (500 digits). A step of PGD is a pass there and back; of DeepFool two there, and one back for each
# other class of at most ten that it looks at.
_FIRST_SUCCESS, _DEEPFOOL_SUCCESS = 0.19, 0.11
# The closest image on the boundary: 60 to 80 passes there and back, 90 there, the last ones in float64 (docs/results).
_CLOSEST = 130
_PGD_STEPS, _DEEPFOOL_STEPS, _DEEPFOOL_CLASSES = 40, 50, 10
# Kinds of views that cost nothing beside their passes through other networks, and those that cost what is not foretold.
_LIGHT = frozenset({"original", "noise", "quantise", "blend", "inpaint", "hull-pixel"})
# Bytes of a row: features and margins stand in a chunk and in a table; measured on the default run.
_LOCATED_ROW, _MARGIN_ROW, _HULL_ROW, _COPIES = 310, 25, 270, 2
_VERTICES, _NUMBERS = 4096, 2**24  # of the block that is priced, at most; prices of more take proportionally longer
_HULL_MEMORY = 3.8  # of a job over its vertices: these and 1.7 GB beside 0.61 in pixel space (docs/performance.md)
_GIGA = 1e9


@dataclass(frozen=True)
class Rates:
    """Measured seconds of processor time: forward and backward, of one image among a batch; price, of one vertex for
    one query, by space; startup, of a job before it works. shape of an image; features, classes: how many."""

    forward: float
    backward: float
    price: Mapping[str, float]
    startup: float
    shape: tuple[int, ...]
    features: int
    classes: int

    @property
    def numbers(self) -> int:
        """In an image."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class PartCost:
    """hours of one core, gigabytes on disk, jobs; memory, bytes of one job at its peak. None: not foretold."""

    part: str
    hours: float | None
    gigabytes: float
    jobs: int
    memory: float | None = None


def measure(feature_map: FeatureMap, images: Tensor, memory: float, *, startup: float) -> Rates:
    """Of images (m, channels, h, w) on the device of the network, as many as `memory` bytes do for; 16 are enough.

    startup: seconds, as the caller measured them.
    """
    images = images[: _at_a_time(feature_map, images, memory)]
    count = len(images)
    first_rows(feature_map, images, 1)  # what is set up once does not count
    with torch.inference_mode():
        forward = timed(lambda: feature_map(images), images.device)
    one = timed(lambda: first_rows(feature_map, images, 0), images.device)
    several = timed(lambda: first_rows(feature_map, images, 8), images.device)
    with torch.inference_mode():
        features = feature_map(images[:1]).shape[1]
    backward = max(several - one, 0.0) / min(8, features)
    shape = tuple(images.shape[1:])
    price = {"feature": _price(features), "pixel": _price(math.prod(shape))}
    classes = 0 if feature_map.weight is None else feature_map.weight.shape[1]
    return Rates(forward / count, backward / count, price, startup, shape, features, classes)


def _at_a_time(feature_map: FeatureMap, images: Tensor, memory: float) -> int:
    """As many as are inverted at a time; where one is too many for that, a few rows of one are not."""
    try:
        return batch_that_fits(footprint(feature_map, images[:1]), memory).images
    except DataError:
        return 1


def _price(dimension: int) -> float:
    """Seconds of one price, from a block of the solver's own size; the values do not matter."""
    random, count = generator(0), max(1, min(_VERTICES, _NUMBERS // dimension))
    queries = random.standard_normal((QUERIES, dimension), dtype=np.float32)
    vertices = torch.from_numpy(random.standard_normal((count, dimension), dtype=np.float32))
    below = np.full(QUERIES, np.inf)
    lowest(queries[:2], vertices[:2], 1, below[:2], 2)  # compiled once
    return timed(lambda: lowest(queries, vertices, 1, below, 192)) / (QUERIES * count)


def parts_of(
    work: Mapping[str, Any],
    rates: Rates,
    search: SearchCost | None,
    made: tuple[int, int],
    latent: Mapping[str, float] = MappingProxyType({}),
) -> list[PartCost]:
    """work: what the run consists of; search: what inverting costs, None without; made: samples that are inverted and
    balls that are explored, as the budget allows; latent: seconds of the trainings in latent space, by rule."""
    views, located = work["views"], work["located"]
    kept = min(rates.classes - 1, located.get("classes") or rates.classes)
    return [
        *_views(views, rates),
        PartCost(
            "features and margins",
            _hours(located["images"] * (rates.forward + _margins(rates, kept)), located["jobs"], rates),
            _COPIES * located["images"] * (4 * rates.features + _LOCATED_ROW + _MARGIN_ROW * (kept + 1)) / _GIGA,
            located["jobs"],
        ),
        *(_hull(space, work, rates) for space in ("feature", "pixel")),
        *_closest(work["closest"], rates),
        *(_inverted(work["inverted"], rates, search, made) if search and work["inverted"] else []),
        *_latent(work["latent"], rates, latent),
    ]


def _margins(rates: Rates, kept: int) -> float:
    """Seconds of a sample's margins to the closest classes, or to all."""
    size = rates.classes * rates.features
    every = _MARGIN * size * (rates.classes - 1)
    if kept >= rates.classes - 1:
        return every
    return min(every, kept * (_CLOSEST_MARGIN_LEAST + _CLOSEST_MARGIN * size))


def _views(views: Sequence[Mapping[str, Any]], rates: Rates) -> list[PartCost]:
    """Attacks apart from the rest, and those whose seconds are not foretold apart from both."""
    groups: dict[str, list[Mapping[str, Any]]] = {"views": [], "attacks": [], "views by other networks": []}
    for view in views:
        known = "attacks" if any(_passes(view, rates.classes)) else "views"
        groups[known if view["kind"] in _LIGHT or known == "attacks" else "views by other networks"].append(view)
    parts = []
    for name, members in groups.items():
        jobs, images = (sum(view[key] for view in members) for key in ("jobs", "images"))
        seconds = None if name == "views by other networks" else sum(_seconds(view, rates) for view in members)
        hours = None if seconds is None else _hours(seconds, jobs, rates)
        parts += [PartCost(name, hours, 4 * images * rates.numbers / _GIGA, jobs)] if members else []
    return parts


def _seconds(view: Mapping[str, Any], rates: Rates) -> float:
    forward, backward = _passes(view, rates.classes)
    return view["images"] * (forward * rates.forward + backward * rates.backward)


def _passes(view: Mapping[str, Any], classes: int) -> tuple[float, float]:
    """Through the classifier and back, per image."""
    kind, steps = view["kind"], view["steps"]
    if kind == "deepfool":
        taken = _DEEPFOOL_SUCCESS * (steps or _DEEPFOOL_STEPS)
        return 2 * taken, (min(classes, _DEEPFOOL_CLASSES) - 1) * taken
    taken = {"pgd-first": _FIRST_SUCCESS, "pgd-full": 1.0}.get(kind, 0.0) * (steps or _PGD_STEPS)
    return taken, taken


def _hull(space: str, work: Mapping[str, Any], rates: Rates) -> PartCost:
    queries, solves, jobs = (work["hulls"][space][key] for key in ("queries", "solves", "jobs"))
    dimension = rates.features if space == "feature" else rates.numbers
    seconds = queries * _PRICINGS * work["vertices"] * rates.price[space]
    seconds += solves * (_SOLVE + _SOLVE_PER_D * dimension)
    in_a_job = queries / max(1, jobs)
    at_a_time = min(in_a_job, queries_at_a_time(dimension))
    memory = (_HULL_MEMORY * 4 * work["vertices"] + 4 * in_a_job + 8 * QUERY_COPIES * at_a_time) * dimension
    size = _COPIES * solves * _HULL_ROW / _GIGA
    return PartCost(f"hulls in {space} space", _hours(seconds, jobs, rates), size, jobs, memory if jobs else None)


def _closest(closest: Mapping[str, int], rates: Rates) -> Iterable[PartCost]:
    if closest["jobs"]:
        seconds = closest["images"] * _CLOSEST * (rates.forward + rates.backward)
        yield PartCost(
            "closest images on the boundary", _hours(seconds, closest["jobs"], rates),
            8 * closest["images"] * rates.numbers / _GIGA, closest["jobs"],
        )  # fmt: skip


def _inverted(
    inverted: Mapping[str, Any], rates: Rates, search: SearchCost, made: tuple[int, int]
) -> Iterable[PartCost]:
    samples, balls = made
    image = 8 * rates.numbers / _GIGA
    yield PartCost(
        "inversions", _hours(samples * search.pair(inverted), inverted["jobs"], rates), 2 * samples * image,
        inverted["jobs"], search.batch_bytes,
    )  # fmt: skip
    if inverted["balls"]:
        yield PartCost(
            "balls", _hours(balls * search.ball(inverted), inverted["balls"], rates), 18 * balls * image,
            inverted["balls"], search.image_bytes,
        )  # fmt: skip


def _latent(work: Mapping[str, Any] | None, rates: Rates, jobs: Mapping[str, float]) -> Iterable[PartCost]:
    if work:
        size = 4 * work["latents"] * work["dimension"] / _GIGA
        yield PartCost("latent space", _hours(sum(jobs.values()), len(jobs), rates), size, len(jobs))


def _hours(seconds: float, jobs: int, rates: Rates) -> float:
    return (seconds + jobs * rates.startup) / 3600


def as_text(parts: Sequence[PartCost], not_estimated: Sequence[str], left_out: str = "") -> str:
    """The table that a run prints before its long parts; left_out: one sentence on what the budget leaves out."""
    rows = [("estimate of the long parts", "core hours", "GB on disk", "jobs", "GB of memory")]
    rows += [(p.part, _number(p.hours), _number(p.gigabytes), f"{p.jobs:,}", _number(p.memory, _GIGA)) for p in parts]
    total = (
        "together", _number(sum(p.hours or 0 for p in parts)), _number(sum(p.gigabytes for p in parts)),
        f"{sum(p.jobs for p in parts):,}", "",
    )  # fmt: skip
    rows.append(total)
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:]))]) for row in rows
    ]
    if not_estimated:
        lines.append(f"not estimated: {', '.join(not_estimated)}")
    return "\n".join([*lines, *([left_out] if left_out else [])]) + "\n"


def _number(value: float | None, unit: float = 1.0) -> str:
    """Two digits: an estimate knows no more."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    value = value / unit
    return f"{float(f'{value:.2g}'):,g}" if value >= 0.001 else "< 0.001"
