# What only Snakemake knows: where the project lies, when counts are known, which images are temporary. The rest is the plan.

import os
import sys
from functools import cache
from pathlib import Path

from phiscope import figures
from phiscope.errors import PhiscopeError
from phiscope.factories import look_beside
from phiscope.workflow import chunks, code
from phiscope.workflow.config import check, overlaid, read
from phiscope.workflow.plan import Plan, read_counts

# Beside this file, wherever Snakemake was started, and where another workflow uses this one as a module.
ROOT = Path(str(workflow.current_basedir)).parents[1]

try:
    config.update(overlaid(read(ROOT / "config.yaml"), config))
    check(config, ROOT / "workflow/schemas/config.schema.yaml")
except PhiscopeError as error:
    sys.exit(str(error))

look_beside(workflow.configfiles)
PLAN = Plan.of(config, scripts=ROOT / "scripts")
# Splits that are prepared already need no checkpoint, so that all jobs are planned at once.
PLAN = PLAN.with_counts(counts) if (counts := read_counts(PLAN)) else PLAN
RESULTS = PLAN.results
# Scripts see the run as it is planned, without the parts that are switched off.
config.update(PLAN.config)


wildcard_constraints:
    view="[^/]+",
    split="train|test",
    chunk=chunks.PATTERN,
    number=r"\d+",


@cache
def counted():
    """The plan with its counts: where these are not known yet, what asks for them waits until the data are prepared."""
    if PLAN.counts:
        return PLAN
    for split in ("train", "test"):
        checkpoints.prepare_dataset.get(split=split)
    for name in PLAN.views.datasets:
        checkpoints.prepare_other_dataset.get(dataset=name)
    return PLAN.with_counts(read_counts(PLAN, planned_alone=False))


def of_each(pattern, values):
    return [pattern.format(value) for value in values]


def paths(*names):
    """Name -> file of artifacts, as named inputs or outputs of a rule."""
    return {name: PLAN.path(name) for name in names}


def outputs(chain):
    """Outputs of a job of several parts.

    Images of views that are not kept go when nothing needs them any more; those that trainings draw are folders.
    """
    gone = set(PLAN.views.not_kept)

    def flagged(path):
        return temp(path) if path in gone else directory(path) if path.endswith(".samples") else path

    return {name: flagged(path) for name, path in chain.outputs.items()}


def at_once(wildcards):
    """How many jobs may run beside each other here, and share the memory; one where each has an allocation of its own."""
    cores = workflow.resource_settings.cores
    alone = "SLURM_JOB_ID" in os.environ or not isinstance(cores, int) or cores == sys.maxsize
    return 1 if alone else cores
