"""What the jobs of a finished run ask for, beside what they used: python -m tests.cluster.asked CONFIGFILE...

In the folder of the run; prints a JSON list. The Snakefile is that beside the package `phiscope`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

import phiscope
from phiscope.workflow.cost import read_cost

ASKED = ("mem_mb", "runtime")


def rules_of(files: list[Path]) -> list[Any]:
    """The rules that Snakemake makes of the configuration, with their patterns of logs and functions of resources."""
    with SnakemakeApi(OutputSettings()) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=files),
            snakefile=Path(phiscope.__file__).parents[1] / "Snakefile",
        )
        workflow.dag()
        return list(workflow._workflow.rules)


def jobs(rules: list[Any]) -> Iterator[dict[str, Any]]:
    """Every job that left a log with its cost: what it asks for at the first and at the second attempt, and used."""
    for rule in rules:
        for path in sorted(Path("results").glob("*/logs/**/*.log")):
            found = next((found for log in rule.log if (found := log.match(str(path)))), None)
            cost = read_cost(path)
            if not found or not cost:
                continue
            wildcards = SimpleNamespace(items=found.groupdict().items)
            asked = {
                name: [rule.resources[name].evaluate(wildcards, attempt=attempt).value for attempt in (1, 2)]
                for name in ASKED
            }
            yield {"rule": rule.name, "log": str(path), **asked, "peak_mb": cost.peak_mb, "seconds": cost.wall_s}


if __name__ == "__main__":
    json.dump(list(jobs(rules_of([Path(name).resolve() for name in sys.argv[1:]]))), sys.stdout, indent=1)
