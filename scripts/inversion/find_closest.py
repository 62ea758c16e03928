"""The closest image on the decision boundary for one chunk of test samples."""

from itertools import groupby
from pathlib import Path

import numpy as np
from safetensors import safe_open

from phiscope import tables
from phiscope.arrays import choose_device
from phiscope.datasets import open_prepared
from phiscope.experiments.inversion.closest import TRAINING, classes_of, find_closest, nearest_of_another_class
from phiscope.files import write_arrays
from phiscope.models.loading import load_network
from phiscope.workflow import chunks
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def attacked(files: list[str], part: slice, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """View -> its images of a chunk's samples, NaN where it has none; files: of all chunks, in folders by view."""
    found = {}
    for folder, of_view in groupby(map(Path, files), key=lambda path: path.parent):
        images = np.full((part.stop - part.start, *shape), np.nan, np.float32)
        for path in of_view:
            held = chunks.span(path.stem)
            first, last = max(part.start, held.start), min(part.stop, held.stop)
            if first < last:
                with safe_open(path, framework="numpy") as arrays:
                    read = arrays.get_slice("images")[first - held.start : last - held.start]
                images[first - part.start : first - part.start + len(read)] = read
        found[folder.parent.name] = images
    return found


def main(chunk: str, inputs, limit: int | None, config: dict, output) -> None:
    device, network = choose_device(config["device"]), load_network(inputs.classifier)
    test, train = open_prepared(inputs.test_images), open_prepared(inputs.train_images)
    part = slice(chunks.span(chunk).start, min(chunks.span(chunk).stop, len(test)))
    network = network.to(device).eval().requires_grad_(False)
    images, samples, labels = test.images(part), test.samples[part], test.labels[part]
    starts = attacked(inputs.attacked, part, images.shape[1:])
    predicted = tables.read(inputs.training, ["sample", "predicted"]).set_index("sample")["predicted"]
    predicted = predicted.loc[train.samples[:limit]].to_numpy()
    own = classes_of(network, images)
    starts[TRAINING] = nearest_of_another_class(images, own, train.images, predicted)
    bar = progress_bar("Closest images on the boundary")
    found = find_closest(network, images, starts, device=device, report=bar)
    place = Path(output.images)
    columns = tables.constant({"view": "original", "split": "test"}, len(samples))
    columns |= {"sample": samples, "label": labels, "predicted": found.columns["own"]} | found.columns
    del columns["own"]
    columns["image"] = [f"{place.parent.parent.name}/closest/{place.name}:{row}" for row in range(len(samples))]
    write_arrays({"images": found.images, "samples": samples}, place)
    tables.write(columns, "closest_images", output.table, provenance(config))


if "snakemake" in globals():
    with job(snakemake):
        chunk, params = snakemake.wildcards.chunk, snakemake.params
        main(chunk, snakemake.input, params.limit, snakemake.config, snakemake.output)
