"""What a run would have to hold in memory at once, once its training images are counted: hulls in pixel space."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from phiscope.errors import ConfigError

if TYPE_CHECKING:
    from phiscope.datasets import PreparedDataset
    from phiscope.workflow.plan.plan import Plan

_BYTES = 5  # of a value of a training image: in float32, and as it was read


def require_held_in(config: Mapping[str, Any], prepared: PreparedDataset) -> None:
    """`require_held` of a run whose training split has just been prepared."""
    from phiscope.workflow.plan.plan import Plan  # deferred: planning needs no more of this module

    require_held(Plan.of(config), len(prepared), prepared.shape)


def require_held(plan: Plan, count: int, shape: tuple[int, ...]) -> None:
    """Raise ConfigError where a hull in pixel space takes more memory than the machine has.

    count: of the training split; shape: of an image. Under SLURM nothing is refused: a job asks for what it needs, on
    whichever node has it.
    """
    views = [name for name, view in plan.views.items() if "pixel" in view.spaces]
    limit = plan.limit("train")
    used = count if limit is None else min(count, limit)
    needed, there = _BYTES * used * math.prod(shape), memory()
    if not views or needed <= there or "SLURM_JOB_ID" in os.environ:
        return
    raise ConfigError(
        f"config: views.{views[0]}.spaces: a hull in pixel space holds all {used:,} training images of "
        f"{' x '.join(map(str, shape))} at once, {needed / 1e9:.1f} GB, and this machine has {there / 1e9:.1f}; "
        f"expected [feature], or dataset.limit.train of at most {int(there / _BYTES / math.prod(shape)):,}"
    )


def memory() -> float:
    """Bytes that the machine has."""
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
