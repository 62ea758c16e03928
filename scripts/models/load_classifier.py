"""Load a trained classifier or denoiser of the user's and keep it in phiscope's form."""

from phiscope.factories import OF_THE_FACTORY
from phiscope.models import build, load_weights, save_artifact
from phiscope.workflow.job import job


def load(classifier: dict, where: str, output: str, content_of_weights: str | None = None) -> None:
    """where: the key of the weights in the config; that of the factory stands beside it."""
    description = {key: classifier.get(key) for key in ("factory", "arguments", "normalise")}
    description |= {key: classifier[key] for key in ("output", "columns") if key in classifier}
    network = build(**description, where=f"{where.removesuffix('.weights')}.factory")
    weights = classifier["weights"]
    if weights != OF_THE_FACTORY:
        place = {"prefix": weights.get("prefix", ""), "key": weights.get("key")}
        load_weights(network.network, weights["path"], **place, where=where)
    save_artifact(network, description | {"weights": weights, "content_of_weights": content_of_weights}, output)


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        load(params.classifier, params.where, snakemake.output[0], params.content_of_weights)
