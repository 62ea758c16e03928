"""Denoise a folder of the user's images, of any size, grey or colour: PNGs, and a table of what was done."""

from pathlib import Path

from phiscope import tables
from phiscope.arrays import choose_device
from phiscope.datasets import load_collection
from phiscope.datasets.pictures import write_png
from phiscope.experiments.denoising.folder import Removal, by_classical, by_network, denoised
from phiscope.experiments.denoising.network import Denoiser
from phiscope.views import NETWORK
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def method_of(options: dict, denoiser: str | None, device: str) -> Removal:
    tiles = {key: options[key] for key in ("tile", "overlap") if key in options}
    if options["method"] == NETWORK:
        return by_network(Denoiser.load(denoiser, device), **tiles)
    return by_classical(options["method"], options.get("noise", "gaussian"), **tiles)


def denoise_folder(options: dict, denoiser: str | None, device: str, folder: Path) -> dict[str, list]:
    """Columns of the table; the images go below the folder."""
    method, collection, rows = method_of(options, denoiser, device), load_collection(options["path"]), []
    for name, image in zip(collection.names, collection.images):
        clean, about = denoised(image, method, options.get("level"))
        output = f"{name}.png"  # the suffix stays in the name, so that a.jpg and a.tif do not meet
        write_png(clean, folder / output)
        rows.append({"file": name, "output": output, "method": options["method"], **about})
    return {key: [row[key] for row in rows] for key in rows[0]}


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        options, device = snakemake.params.options, choose_device(snakemake.config["device"])
        columns = denoise_folder(options, snakemake.input.get("denoiser"), device, Path(snakemake.output.images))
        tables.write(columns, "denoised", snakemake.output.table, provenance(snakemake.config))
