"""What a run says of itself: its configuration, the seed, versions, the commit."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from phiscope.workflow.record import RECORD

_PACKAGES = (
    *("numpy", "scipy", "numba", "scikit-learn", "scikit-image", "torch", "pytorch-lightning", "qpsolvers", "daqp"),
    *("piqp", "clarabel"),
    *("pandas", "pyarrow", "safetensors", "snakemake"),
)


def provenance(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a table carries: enough to make it again. The same for every job of one run on one machine."""
    return summary(config) | {"configuration": _started_with(config)}


def _started_with(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of the run's record, which says also what was taken away from the defaults."""
    try:
        record = json.loads(Path("results", config["run"], RECORD).read_text(encoding="utf-8"))
        return dict(record["configuration"])
    except (OSError, ValueError, KeyError, TypeError):
        return dict(config)


def summary(config: Mapping[str, Any]) -> dict[str, Any]:
    """The few values that people read, with a hash of the configuration in its place."""
    text = json.dumps(config, sort_keys=True, default=str)
    return {
        "run": config["run"],
        "seed": config["seed"],
        "config_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "commit": _commit(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "packages": {name: _version(name) for name in ("phiscope", *_PACKAGES)},
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


@cache
def _commit() -> str:
    """The commit the code stands at, `-dirty` where files differ from it; `unknown` outside a checkout."""
    root = Path(__file__).parents[2]
    try:
        described = subprocess.run(
            ["git", "-C", root, "describe", "--always", "--dirty", "--abbrev=12"], capture_output=True, text=True
        )
    except OSError:
        return "unknown"
    return described.stdout.strip() or "unknown"
