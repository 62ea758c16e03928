"""Put the chunks of one table into one file, in the order of the samples."""

from phiscope import tables

if "snakemake" in globals():
    tables.merge(snakemake.input, snakemake.output[0], snakemake.params.sort_by)
