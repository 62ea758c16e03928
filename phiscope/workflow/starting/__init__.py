"""Starting a run where another one was: who works on its folder, what a dead one left, how one is ended.

    processes.py  which process, on which machine, and whether it still runs
    locks.py      a file that one process holds while it lives, with a record of who
    head.py       the folder of a run belongs to one start of Snakemake at a time
    jobs.py       the files of a job belong to one process at a time; jobs of an earlier start are waited for
    leftovers.py  what a killed process leaves behind: temporary files, locks
    ending.py     an interrupted run ends its own jobs in seconds
    refusals.py   what a file system refuses, in one sentence
    workflow.py   all this around Snakemake's `workflow.execute`

Only the standard library is imported at the top, since every job does.
"""
