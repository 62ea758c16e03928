"""Small copies of all images that the explorer shows: of every view, of supports, of inverted points."""

from typing import Any

from phiscope import tables
from phiscope.datasets import open_prepared
from phiscope.explorer import pictures
from phiscope.explorer.gather import INVERTED, TRAIN
from phiscope.files import write_arrays
from phiscope.workflow.job import job


def files_of(given: Any) -> list[str]:
    """Of an input that has one file or several."""
    return [given] if isinstance(given, str) else list(given)


if "snakemake" in globals():
    with job(snakemake):
        given, about = snakemake.input, snakemake.params
        test, train = open_prepared(given.test_images), open_prepared(given.training_images)
        hulls = [tables.read(given.hulls), *(tables.read(each) for each in [given.get("processed_hulls")] if each)]
        groups = {"original": pictures.of_prepared(test, None, about.limit)}
        groups |= {view: pictures.of_chunks(files_of(given[name])) for view, name in about.views.items()}
        groups[TRAIN] = pictures.of_training(train, hulls, tables.read(given.duplicates))
        if given.get("inversions"):
            groups[INVERTED] = pictures.of_inversions(tables.read(given.inversions), files_of(given.inverted_images))
        write_arrays(pictures.arrays_of(groups), snakemake.output.thumbnails)
