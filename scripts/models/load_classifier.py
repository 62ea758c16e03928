"""Load a trained network of the user's and keep it in phiscope's form."""

from phiscope.models import build, load_weights, save_artifact
from phiscope.workflow.job import job


def load(classifier: dict, output: str) -> None:
    description = {key: classifier.get(key) for key in ("factory", "arguments", "normalise")}
    network = build(**description)
    weights = classifier["weights"]
    load_weights(network.network, weights["path"], prefix=weights.get("prefix", ""))
    save_artifact(network, description | {"weights": weights}, output)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        load(snakemake.params.classifier, snakemake.output[0])
