"""Some of the solved problems of the tables, solved once more by another solver."""

from collections.abc import Iterator
from functools import partial

from phiscope import tables
from phiscope.experiments.geometry.disagreements import Asking, Hull, disagreements, hulls_of_classes
from phiscope.experiments.geometry.stored import Stored, features_of, pixels_of
from phiscope.geometry.second_opinion import back_end
from phiscope.head import Head
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def hulls_of(inputs, params, asked: Asking, tested: dict) -> Iterator[Hull]:
    table, training, gathered = tables.read(inputs.hulls), inputs.training, list(inputs["gathered"])
    yield Hull(table[table["space"] == "feature"], tested, partial(Stored.features, training, gathered))
    # Images of other views are gone by now.
    in_pixels, images = table.query("space == 'pixel' and view == 'original'"), partial(pixels_of, inputs.test_images)
    yield Hull(in_pixels, {"original": images}, partial(Stored.pixels, inputs.train_images, params.limit))
    for view, path in zip(params.hulls_of, inputs.processed, strict=True):
        processed = tables.read(inputs.processed_hulls)
        yield Hull(processed[processed["hull_of"] == view], tested, partial(Stored.features, path, gathered), view)
    if inputs.get("class_hulls"):
        labels = tables.read(training, ["label"])["label"].to_numpy()
        spanning = Stored.features(training, gathered)
        yield from hulls_of_classes(tables.read(inputs.class_hulls), tested, spanning, labels, asked)


if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        paths = dict(zip(map(tuple, params.located), inputs.features, strict=True))
        located = {of: partial(features_of, path) for of, path in paths.items()}
        tested = {view: opened for (view, split), opened in located.items() if split == "test"}
        asked = Asking(back_end(params.solver, params.margins_by), params.samples, params.projections, params.seed)
        hulls = hulls_of(inputs, params, asked, tested)
        rows = disagreements(tables.read(inputs.margins), located, Head.load(inputs.head), hulls, asked)
        rows = rows.assign(solver=asked.solver)
        tables.write(rows, "disagreements", snakemake.output[0], provenance(snakemake.config))
