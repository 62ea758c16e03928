"""The `original` view: a range of the prepared images, with their labels and sample numbers."""

from phiscope.datasets import open_prepared
from phiscope.files import write_arrays
from phiscope.workflow.chunks import span
from phiscope.workflow.job import job


def slice_dataset(prepared: str, chunk: str, output: str) -> None:
    dataset = open_prepared(prepared)
    part = span(chunk)
    arrays = {"images": dataset.images(part), "labels": dataset.labels[part], "samples": dataset.samples[part]}
    write_arrays(arrays, output)


if "snakemake" in globals():
    with job(snakemake):
        slice_dataset(snakemake.input[0], snakemake.wildcards.chunk, snakemake.output[0])
