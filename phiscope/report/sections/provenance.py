"""Where the page comes from."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from phiscope.exhibits.run import Run

TITLE = "Where this page comes from"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ()


@dataclass(frozen=True)
class Origin:
    """date: when the page was made; provenance: what the run says of itself; config: as YAML."""

    date: str
    provenance: Mapping[str, Any]
    config: str


def data(run: Run) -> Origin:
    date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    config = yaml.safe_dump(run.context["config"], sort_keys=False, allow_unicode=True)
    return Origin(date, run.context["provenance"], config)
