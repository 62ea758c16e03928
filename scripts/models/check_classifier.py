"""Look at the classifier before anything rests on it: with its weights, before it is trained, or once it is."""

from phiscope.datasets import open_prepared
from phiscope.experiments.models.in_words import doubts, lines
from phiscope.workflow.checking import check_configured, check_trained, configured
from phiscope.workflow.job import job, tell


def main(inputs, classifier: dict, head: str | None, device: str, output: str) -> None:
    test, train = open_prepared(inputs.test_images), open_prepared(inputs.training_images)
    if trained := inputs.get("classifier"):
        check = check_trained(trained, test, train, device, head)
    else:
        check = check_configured(configured(classifier, train), classifier, test, train, device, head)
    check.write(output)
    print(*lines(check), *doubts(check), sep="\n")
    if check.doubts:
        tell("\n".join(doubts(check)))


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        main(
            snakemake.input,
            params.get("classifier"),
            params.get("head"),
            snakemake.config["device"],
            snakemake.output[0],
        )
