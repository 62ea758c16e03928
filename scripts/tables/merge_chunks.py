"""Put the chunks of one table into one file, in the order of its keys."""

from pathlib import Path

from phiscope import tables
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        chunks, output = list(snakemake.input), snakemake.output[0]
        if chunks:
            tables.merge(chunks, output)
        else:  # a table that nothing was asked for
            name = Path(output).stem
            tables.write(tables.no_rows(name), name, output, provenance(snakemake.config))
