"""What a run consists of, as plain Python: no Snakemake, no files but the code that rules rest on.

    plan = Plan.of(config, counts)
    plan.views["noise"].needs, plan.chunks("margins", "noise", "test"), plan.parameters("locate"), plan.outputs()

A checked configuration says which views, networks, tables, statistics and figures there are; how many samples are
prepared says in which chunks. Rules, paths and parameters follow. `workflow/rules/` asks this plan and adds what only
Snakemake can know: which job needs which file, checkpoints, temporary files, threads.
"""

from phiscope.workflow.plan.counts import Counts, read_counts
from phiscope.workflow.plan.plan import Plan

__all__ = ["Counts", "Plan", "read_counts"]
