"""What a job asks a cluster for, as functions of its rule and of the data: memory, time, a card.

    resources:
        **PLAN.resources("merge_chunks", plan),       # or of a chain of parts

Declared with the rules, so that no profile and no option of a command line makes them forgotten: Snakemake's
`--default-resources` is for rules that say nothing. Results do not rest on them, and another number reruns nothing.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phiscope.experiments.inversion.budget import seconds_of
from phiscope.head import features_of
from phiscope.workflow import chunks
from phiscope.workflow.plan.chain import Chain, Part
from phiscope.workflow.plan.needs import NEEDS, Sizes

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

# Of the processes of Snakemake in whose midst a script runs on a node: 170 to 240 MB each, two of them under SLURM.
_AROUND_MB = 500
_MARGIN = 1.25  # of memory, over what the formulas say
_START_MINUTES = 5  # the interpreter and the libraries, from a file system that is shared and busy
_SLOWER = 5  # times the processor time that was measured: another processor, other work on the node
_SIZES_UNKNOWN = {"n": 50_000, "m": 2_000, "p": 3_072, "c": 10}  # before the data are prepared
_FEATURES = 128  # before there is a head that says how many
# Name -> the most that there is where jobs run, once somebody has asked; a later attempt grows no further.
CEILING: dict[str, int] = {}
_STEPS = {"deepfool": 100, "pgd-first": 40, "pgd-full": 40}


def resources_of(plan: Plan, of: str | Chain, known: Callable[[], Plan]) -> dict[str, Any]:
    """Name -> value, or function of (wildcards, attempt), of the jobs of a rule or of a chain of parts.

    known: gives the plan with its counts, or without them where samples are not counted yet. A job that failed asks for
    as many times more as this is its attempt.
    """
    parts = of.parts if isinstance(of, Chain) else [Part(of, {}, {})]

    def asked(wildcards: Any) -> list[tuple[float, float]]:
        of_job = dict(wildcards.items())
        sizes = [sizes_of(known(), part.rule, of_job | dict(part.wildcards)) for part in parts]
        return [(NEEDS[p.rule].memory(s), NEEDS[p.rule].seconds(s)) for p, s in zip(parts, sizes)]

    def mem_mb(wildcards: Any, attempt: int) -> int:
        largest = max(memory for memory, _ in asked(wildcards))
        return _grown("mem_mb", 100 * math.ceil((_AROUND_MB + _MARGIN * largest) / 100), attempt)

    def runtime(wildcards: Any, attempt: int) -> int:
        seconds = sum(seconds for _, seconds in asked(wildcards))
        return _grown("runtime", _START_MINUTES + math.ceil(_SLOWER * seconds / 60), attempt)

    wanted = plan.config["device"].startswith("cuda") and any(NEEDS[part.rule].card for part in parts)
    return {"mem_mb": mem_mb, "runtime": runtime, "gpu": int(wanted)}


def _grown(name: str, asked: int, attempt: int) -> int:
    """What is asked for, times the attempt; no more than what there is, unless the first attempt asks for more."""
    return min(attempt * asked, max(asked, CEILING[name])) if name in CEILING else attempt * asked


def sizes_of(plan: Plan, rule: str, wildcards: Mapping[str, str]) -> Sizes:
    """The sizes that the needs of a job are formulas of."""
    counts, config = plan.counts, plan.config
    n = _limited(counts.splits["train"] if counts else _SIZES_UNKNOWN["n"], plan.limit("train"))
    p = math.prod(counts.shape) if counts else _SIZES_UNKNOWN["p"]
    name = wildcards.get("chunk")
    view = plan.views.get(wildcards.get("view", ""))
    options = view.options if view else {}
    return Sizes(
        n=n,
        m=_samples(name) if name else _SIZES_UNKNOWN["m"],
        t=sum(plan.views.samples(*of) for of in plan.geometry.located) if counts else n,
        p=p,
        f=_features(plan, p),
        c=counts.classes if counts else _SIZES_UNKNOWN["c"],
        steps=max(options.get("steps") or 0, _STEPS.get(view.kind if view else "", 1)),
        epochs=_epochs(plan, rule, wildcards),
        hours=_hours(plan),
        file=_megabytes(config["dataset"] if rule.startswith("prepare") else config["classifier"].get("weights")),
    )


def _samples(chunk: str) -> int:
    span = chunks.span(chunk)
    return span.stop - span.start


def _limited(count: int, most: int | None) -> int:
    return count if most is None else min(count, most)


def _features(plan: Plan, p: int) -> int:
    """As the head says, once there is one; vectors are their own features."""
    if not plan.holds_images:
        return p
    return features_of(plan.path("head")) or _FEATURES


def _epochs(plan: Plan, rule: str, wildcards: Mapping[str, str]) -> int:
    config = plan.config
    if rule == "train_classifier":
        return config["classifier"]["training"]["epochs"]
    if rule == "train_denoiser":
        return config["denoising"]["training"]["epochs"]
    if rule == "train_decoders":
        return config["implicit"]["decoders"]["training"]["epochs"]
    if rule == "train_gan":
        return config["latent"]["gan"]["epochs"]
    if rule == "train_encoder":
        own = config["latent"]["settings"][wildcards["setting"]] or {}
        return own.get("epochs") or config["latent"]["encoder"]["epochs"]
    return 1


def _hours(plan: Plan) -> float:
    """What the budget of inversions allows all of them."""
    seconds = seconds_of(plan.config["inversions"].get("budget"))
    return math.inf if seconds is None else seconds / 3600


def _megabytes(named: Any) -> float:
    """Size of the file that a part of the configuration names by `path`; 0 where there is none."""
    if not isinstance(named, Mapping) or not named.get("path"):
        return 0.0
    path = Path(os.path.expandvars(str(named["path"]))).expanduser()
    return path.stat().st_size / 1e6 if path.is_file() else 0.0
