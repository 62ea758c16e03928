# Behind all rules: files say what made them, and each job is told what its inputs should say. Parameters that depend on
# `input` or `output` are none to Snakemake: they rerun nothing.

from snakemake.exceptions import IncompleteCheckpointException
from snakemake.io import IOFile
from snakemake.logging import logger
from snakemake.settings.types import RerunTrigger

from phiscope.workflow.fingerprints import Fingerprints, before_planning, is_noted
from phiscope.workflow.record import is_damaged as record_is_damaged
from phiscope.workflow.record import write_record
from phiscope.workflow.stamps import clear, in_words

OWN_RULES = [each for each in workflow.rules if Path(str(each.snakefile)).is_relative_to(ROOT)]
# What Snakemake waits for, too.
NOT_YET = (IncompleteCheckpointException, FileNotFoundError)
FINGERPRINTS = Fingerprints(OWN_RULES, read=[PLAN.path("search_cost")], unknown=NOT_YET)
for own in OWN_RULES:
    if own.output:
        own.set_params(
            made_by=lambda wildcards, output: FINGERPRINTS(output[0]),
            expected=lambda wildcards, input: FINGERPRINTS.of(input) if compares_settings() else {},
        )


def compares_settings():
    """Not where whoever started the run says that changed parameters shall rerun nothing."""
    return RerunTrigger.PARAMS in workflow.dag_settings.rerun_triggers


def clear_results():
    """Files that must not be used, which Snakemake is then to make."""
    noted = lambda path: is_noted(workflow, path, IOFile)
    faults = clear(RESULTS, FINGERPRINTS, noted, compare=compares_settings(), say=logger.info)
    for line in in_words(faults, RESULTS):
        print(line, file=sys.stderr)
    # Jobs write none, and there may be none to start.
    if not DRAWN_ALONE and record_is_damaged(RESULTS):
        write_record(RESULTS, GIVEN, workflow.configfiles, CHANGES)
    return faults


before_planning(workflow, clear_results)
