"""Small copies of the images of every view, for the explorer."""

from typing import Any

from phiscope.datasets import open_prepared
from phiscope.explorer import pictures
from phiscope.files import write_arrays
from phiscope.workflow.job import job


def files_of(given: Any) -> list[str]:
    """Of an input that has one file or several."""
    return [given] if isinstance(given, str) else list(given)


if "snakemake" in globals():
    with job(snakemake):
        given, views = snakemake.input, snakemake.params.views
        groups = {"original": pictures.of_prepared(open_prepared(given.test_images), None, snakemake.params.limit)}
        groups |= {view: pictures.of_chunks(files_of(given[name])) for view, name in views.items()}
        write_arrays(pictures.arrays_of(groups), snakemake.output.thumbnails)
