"""Write the page in which every sample of the run can be looked at."""

from phiscope.exhibits.run import Run
from phiscope.explorer import page
from phiscope.explorer.gather import gather
from phiscope.workflow.artifacts import opened
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        run = Run(opened(snakemake.input, snakemake.params.told_apart), snakemake.params.context)
        page.write(gather(run), snakemake.output.page)
