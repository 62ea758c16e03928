"""phiscope: from a data set and a model to tables, statistics, figures and one report."""

from snakemake.logging import logger
from snakemake.utils import min_version

from phiscope.workflow import slurm
from phiscope.workflow.record import write_record
from phiscope.workflow.stamps import forget_replaced
from phiscope.workflow.starting.workflow import SHELL_PREFIX, claim_first, schedule
from phiscope.workflow.terminal.ending import ending
from phiscope.workflow.terminal.graph import follow

min_version("9.0")


report: "workflow/report/workflow.rst"


# What all rules share; no rules.
include: "workflow/rules/common.smk"


# In the order in which data flows. Where a finished run is drawn again, what was computed is taken as it is.
if not DRAWN_ALONE:

    include: "workflow/rules/data.smk"
    include: "workflow/rules/models.smk"
    include: "workflow/rules/latent.smk"
    include: "workflow/rules/views.smk"
    include: "workflow/rules/geometry.smk"
    include: "workflow/rules/inversion.smk"
    include: "workflow/rules/estimate.smk"
    include: "workflow/rules/denoising.smk"
    include: "workflow/rules/implicit.smk"
    include: "workflow/rules/tables.smk"
    include: "workflow/rules/thumbnails.smk"


include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/stamps.smk"


rule all:
    default_target: True
    input:
        PLAN.targets,


# Whoever starts jobs holds the folder of the run, so that nobody else does.
if workflow.modifier.parent_modifier is None:
    claim_first(workflow, RESULTS, logger.info)
    if str(shell.get_executable()).endswith("bash"):
        shell.prefix(SHELL_PREFIX)


onstart:
    schedule()
    follow(workflow, Path(PLAN.path("estimate")))
    try:
        for line in slurm.prepare(workflow, PLAN, Path(RESULTS)):
            logger.info(line)
    except PhiscopeError as error:
        sys.exit(str(error))
    if not DRAWN_ALONE:
        write_record(RESULTS, GIVEN, workflow.configfiles, CHANGES)
    logger.info(f"Results go to {RESULTS}/.")
    for line in PLAN.left_out:
        logger.info(line)


onsuccess:
    forget_replaced(RESULTS)
    for line in ending(RESULTS, {job.rule.name for job in workflow.dag.jobs}):
        logger.info(line)
