# What only Snakemake knows: where the project lies, when counts are known, which images are temporary. The rest is the plan.

import os
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import IncompleteCheckpointException

from phiscope import figures
from phiscope.errors import PhiscopeError
from phiscope.factories import look_beside
from phiscope.workflow import chunks, code
from phiscope.workflow.configuration import complete, load, located
from phiscope.workflow.configuration.reading import typed
from phiscope.workflow.places import require_folder
from phiscope.workflow.plan import Plan, read_counts
from phiscope.workflow.plan.counts import changed_sources
from phiscope.workflow.plan.named import require_named

# Beside this file, wherever Snakemake was started, and where another workflow uses this one as a module.
ROOT = Path(str(workflow.current_basedir)).parents[1]

# Read by phiscope's own rules, since Snakemake's drop nothing: files in their order, then --config. A workflow that uses
# this one as a module gives all that differs from the schema's defaults.
try:
    require_folder(workflow.storage_settings.default_storage_provider)
    if workflow.modifier.parent_modifier is None:
        CHANGES = typed(workflow.config_settings.config, workflow.config_settings.config_args or ())
        GIVEN = load(workflow.configfiles, CHANGES, root=ROOT)
    else:
        look_beside(workflow.configfiles)
        CHANGES, GIVEN = {}, complete([config], root=ROOT)
except PhiscopeError as error:
    sys.exit(str(error))

PLAN = Plan.of(GIVEN, scripts=ROOT / "scripts")
# Splits that are prepared already need no checkpoint, so that all jobs are planned at once.
DRAWN_ALONE = "PHISCOPE_DRAWN_ALONE" in os.environ
if counts := read_counts(PLAN, planned_alone=not DRAWN_ALONE):
    PLAN = PLAN.with_counts(counts)
    try:
        require_named(PLAN)
        if (
            workflow.is_main_process and not DRAWN_ALONE
        ):  # for the person who starts a run; what was decoded before stays as it was
            for said in changed_sources(PLAN):
                print(said, file=sys.stderr)
    except PhiscopeError as error:
        sys.exit(str(located(error, workflow.configfiles, workflow.config_settings.config)))
RESULTS = PLAN.results
# Scripts see the run as it is planned, without the parts that are switched off.
config.clear()
config.update(PLAN.config)


wildcard_constraints:
    view="[^/]+",
    split="train|test",
    chunk=chunks.PATTERN,
    number=r"\d+|first",


@cache
def counted():
    """The plan with its counts: where these are not known yet, what asks for them waits until the data are prepared."""
    if PLAN.counts:
        return PLAN
    for split in ("train", "test"):
        checkpoints.prepare_dataset.get(split=split)
    for name in PLAN.views.datasets:
        checkpoints.prepare_other_dataset.get(dataset=name)
    plan = PLAN.with_counts(read_counts(PLAN, planned_alone=False))
    require_named(plan)
    return plan


def known():
    """The plan with its counts once there are some; before, without them."""
    try:
        return counted()
    except IncompleteCheckpointException:
        return PLAN


def asks(of):
    """What jobs of a rule, or of a chain of parts, ask a cluster for; locally, what `--resources mem_mb=` is shared among."""
    return PLAN.resources(of, known)


def merging(merged):
    """The group of jobs that put tables together: other features may rest on those of the original view."""
    return "merge_original" if merged.startswith("features/original/") else "_".join(["merge", *Path(merged).parts])


def of_each(pattern, values):
    return [pattern.format(value) for value in values]


def paths(*names):
    """Name -> file of artifacts, as named inputs or outputs of a rule."""
    return {name: PLAN.path(name) for name in names}


def outputs(chain):
    """Outputs of a job of several parts.

    Images of views that are not kept go when nothing needs them any more; those that trainings draw are folders. Some
    tables stand in Snakemake's own report.
    """
    gone, tables = set(PLAN.views.not_kept), PLAN.drawing.tables

    def flagged(path):
        if path in tables:
            return report(path, category="Tables", labels={"table": tables[path]})
        return temp(path) if path in gone else directory(path) if path.endswith(".samples") else path

    return {name: flagged(path) for name, path in chain.outputs.items()}


def at_once(wildcards):
    """How many jobs may run beside each other here, and share the memory; one where each has an allocation of its own."""
    cores = workflow.resource_settings.cores
    alone = workflow.remote_exec or "SLURM_JOB_ID" in os.environ or not isinstance(cores, int) or cores == sys.maxsize
    return 1 if alone else cores
