"""Run the scripts of several rules one after another in one process; what is made already is left alone."""

from pathlib import Path

from phiscope.workflow import chain
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        chain.run(snakemake, Path(snakemake.scriptdir).parent, chain.folder_of(snakemake.log[0]))
