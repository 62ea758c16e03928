"""Fail where another solver contradicts a certificate of the run: after the report, which is there then."""

from phiscope import stats, tables
from phiscope.errors import DisagreementError
from phiscope.files import write_text
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        opinion = stats.second_opinion(tables.read(snakemake.input.disagreements))
        if opinion.contradicted:
            page = f"results/{snakemake.config['run']}/report.html"
            raise DisagreementError(f"{snakemake.input.disagreements}: {opinion.sentence}; the report is {page}")
        write_text(f"{opinion.sentence}\n", snakemake.output[0])
