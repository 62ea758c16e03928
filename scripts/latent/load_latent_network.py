"""Load a trained generator or encoder of the user's and keep it in phiscope's form."""

from phiscope.datasets import open_prepared
from phiscope.models import construct, load_weights, save_artifact
from phiscope.workflow.job import job


def load(
    images: str, factory: str, arguments: dict, weights: dict, where: str, content_of_weights: str | None, output: str
) -> None:
    channels, *size = open_prepared(images).shape
    arguments = arguments | {"channels": channels, "size": size}
    network = construct(factory, arguments, where)
    place = {"prefix": weights.get("prefix", ""), "key": weights.get("key")}
    load_weights(network, weights["path"], **place, where=where)
    about = {"factory": factory, "arguments": arguments, "weights": weights, "content_of_weights": content_of_weights}
    save_artifact(network, about, output)


if "snakemake" in globals():
    with job(snakemake):
        load(
            snakemake.input.images,
            snakemake.params.factory,
            snakemake.params.arguments,
            snakemake.params.weights,
            snakemake.params.where,
            snakemake.params.content_of_weights,
            snakemake.output[0],
        )
