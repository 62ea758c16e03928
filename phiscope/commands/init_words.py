"""What the configurations that `phiscope init` writes have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

_MOST = {"train": 20_000, "test": 2_000}  # samples of a first look


def flow(value: Any) -> str:
    """A value in one line of YAML."""
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6).removesuffix("\n...\n").strip()


def few(classes: Sequence[str]) -> str:
    """How many classes, and the first of them."""
    return f"{len(classes)} classes: {', '.join(classes[:4])}" + (" and more" if len(classes) > 4 else "")


def limits(train: int, test: int) -> Iterator[str]:
    """A line of `dataset` where there are many samples."""
    if train > _MOST["train"] or test > _MOST["test"]:
        most = {"train": min(train, _MOST["train"]), "test": min(test, _MOST["test"])}
        there = {split: count for split, count in most.items() if count}
        yield f"  limit: {flow(there)} # for a first look; without it, all"
