"""What follows from the rest of a configuration where it is not given: the name of the run, the title of its report."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phiscope.errors import ConfigError

_LONGEST = 100  # characters of a name, as the schema has it


def without_orphans(config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration without those views of the schema that start from one which files drop.

    given: what files say. A view that they name themselves stays, and is an error.
    """
    views, own = dict(config["views"]), given.get("views") or {}
    while orphans := [name for name, view in views.items() if name not in own and _of_dropped(view, views)]:
        views |= dict.fromkeys(orphans)
    return dict(config) | {"views": views}


def _of_dropped(view: Mapping[str, Any] | None, views: Mapping[str, Any]) -> bool:
    return view is not None and view.get("of") in views and views[view["of"]] is None


def following(config: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    """The configuration with what follows; name: that of its first file."""
    dataset = Path(os.path.expandvars(config["dataset"]["path"])).stem
    run = config["run"] or re.sub(r"[^A-Za-z0-9._-]+", "-", name or "").strip("-.")[:_LONGEST]
    if not run:
        raise ConfigError("config: run: missing; expected a name: everything goes to results/<run>/")
    title = config["report"]["title"] or f"Where the samples of {dataset} stand"
    return dict(config) | {"run": run, "report": config["report"] | {"title": title}}
