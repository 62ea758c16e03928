# What all rules share: the checked configuration, names of chunks, and what a rule rests on.

import os
import sys
from functools import cache
from pathlib import Path

from phiscope import figures
from phiscope.datasets import open_prepared
from phiscope.errors import PhiscopeError
from phiscope.views import DATASET, VIEWS, attacks
from phiscope.workflow import chunks, code
from phiscope.workflow.config import check, present

ROOT = Path(workflow.basedir)

try:
    check(config, ROOT / "workflow/schemas/config.schema.yaml")
except PhiscopeError as error:
    sys.exit(str(error))

config["views"] = present(config["views"])

RESULTS = f"results/{config['run']}"
CLASSIFIER = f"{RESULTS}/models/classifier.safetensors"
HEAD = f"{RESULTS}/models/head.safetensors"
TRAINING_FEATURES = f"{RESULTS}/features/original/train.parquet"
DERIVED = {name: view for name, view in config["views"].items() if view["kind"] in VIEWS}


wildcard_constraints:
    view="[^/]+",
    split="train|test",
    chunk=chunks.PATTERN,


def rests_on(name, *modules):
    """Changes when a line changes, in the script or in the library, that the script rests on."""
    return code.fingerprint(ROOT / f"scripts/{name}.py", ROOT, *modules)


# Rules whose library spreads over cores by itself ask for these; Snakemake lowers them to --cores.
THREADS = 8


# How many samples there are is known once the data set is prepared, hence the checkpoint.


@cache
def prepared_count(path):
    return len(open_prepared(path))


def limit(split):
    return config["dataset"].get("limit", {}).get(split)


def at_most(count, most):
    return count if most is None else min(count, most)


def sample_count(view, split):
    """Samples of a view: those of the view or data set it starts from, or the first of them."""
    if view == "original":
        count = at_most(prepared_count(checkpoints.prepare_dataset.get(split=split).output[0]), limit(split))
    elif dataset := dataset_of(view):
        prepared = checkpoints.prepare_other_dataset.get(dataset=dataset).output[0]
        count = at_most(prepared_count(prepared), config["datasets"][dataset].get("limit", {}).get("test"))
    elif "pixel_hull" in VIEWS[config["views"][view]["kind"]].needs:
        count = projected_count(parent_of(view), "pixel")
    else:
        count = sample_count(parent_of(view), split)
    return count if split == "train" else at_most(count, config["views"][view].get("samples"))


def projected_count(view, space):
    """Samples of a view that are projected onto the hull in a space."""
    return at_most(sample_count(view, "test"), config["hulls"][space]["samples"])


def chunks_of(table, view, split):
    """Files of a table's chunks: `features`, `margins`, `hulls/feature` or `hulls/pixel`."""
    space = table.removeprefix("hulls/")
    count = sample_count(view, split) if space == table else projected_count(view, space)
    names = chunks.names(count, config["chunk_size"])
    return [f"{RESULTS}/chunks/{table}/{view}/{split}/{name}.parquet" for name in names]


def hull_chunks_of(view):
    """Chunks of a view's projections in feature space: none where the config asks for none."""
    return chunks_of("hulls/feature", view, "test") if "feature" in spaces_of(view) else []


def image_chunks_of(view):
    """Chunks of a view's images."""
    names = chunks.names(sample_count(view, "test"), config["chunk_size"])
    return [images_of(view).format(split="test", chunk=name) for name in names]


# Views: which there are, what each starts from, and what its transformation needs.


def parent_of(view):
    return config["views"][view].get("of", "original")


def dataset_of(view):
    """Name of the other data set that a view starts from, or None."""
    parent = parent_of(view)
    return parent.removeprefix(DATASET) if parent.startswith(DATASET) else None


def source_of(view):
    """Images that a view starts from: those of a view, or a slice of another data set."""
    return images_of(parent_of(view))


def images_of(name):
    """Images of a view, or of what `dataset:<name>` names, which no view can be called."""
    return f"{RESULTS}/views/{name.replace(':', '/')}/{{split}}/{{chunk}}.safetensors"


def slices():
    """What is cut out of a prepared split -> the split: views of kind `original`, and data sets views start from."""
    own = {"original": f"{RESULTS}/data/{{split}}.safetensors"}
    others = {view: dataset_of(view) for view in config["views"] if view != "original" and view not in DERIVED}
    others |= {parent_of(view): dataset_of(view) for view in DERIVED if dataset_of(view)}
    return own | {name: f"{RESULTS}/data/datasets/{dataset}.safetensors" for name, dataset in others.items()}


# View -> the view that holds its projections onto the hull in pixel space.
PIXEL_VIEWS = {parent_of(view): view for view in config["views"] if config["views"][view]["kind"] == "hull-pixel"}


def splits_of(view):
    return ["train", "test"] if view == "original" else ["test"]


def spaces_of(view):
    return config["views"][view].get("spaces", ["feature"])


def temp_unless_kept(view):
    return (lambda path: path) if config["views"].get(view, {}).get("keep") else temp


def needs_of(view):
    """Rule inputs for the artifacts that a view's transformation wants."""
    files = {
        "pixel_hull": f"{RESULTS}/chunks/hulls/pixel/{parent_of(view)}/{{split}}/{{chunk}}.parquet",
        "training_images": f"{RESULTS}/data/train.safetensors",
        "test_images": f"{RESULTS}/data/test.safetensors",
        "training_features": TRAINING_FEATURES,
        "classifier": CLASSIFIER,
        "head": HEAD,
    }
    found = {need: files[need] for need in VIEWS[config["views"][view]["kind"]].needs}
    mask = config["views"][view].get("mask")
    return found | ({"mask": os.path.expandvars(mask)} if mask else {})


def parameters_of(view):
    """What the config gives a view beyond what every view has."""
    common = ("kind", "of", "samples", "spaces", "keep")
    return {key: value for key, value in config["views"][view].items() if key not in common}


# Attacks are compared with the samples they started from; samples of another data set have no such counterpart.


def origin_of(view):
    """`original`, or the data set that a view and all it starts from begin with."""
    while view in config["views"] and config["views"][view]["kind"] != "original":
        view = parent_of(view)
    return parent_of(view) if view in config["views"] else view


def foreign_views():
    return [view for view in config["views"] if origin_of(view) != "original"]


def attack_views():
    """Views that an attack makes of our own samples."""
    return [view for view in attacks(config["views"]) if view not in foreign_views()]


def scored_views():
    """Views that detectors look at: none if there is nothing to tell them from, and no people to ask."""
    suspicious = [*attack_views(), *foreign_views()]
    return ["original", *suspicious] if suspicious or config["dataset"].get("human_labels") else []


def deepfool_view():
    """The view whose numbers stand beside those of the text, if there is one: DeepFool that stops at the boundary."""
    found = [view for view in attack_views() if config["views"][view]["kind"] == "deepfool"]
    return next((view for view in found if not parameters_of(view).get("confidence")), None)


def swept_views():
    """Parameters, kind included, of the attacks of kinds that the config runs with some confidence beyond the boundary."""
    told = {view: {"kind": config["views"][view]["kind"]} | parameters_of(view) for view in attack_views()}
    kinds = {parameters["kind"] for parameters in told.values() if parameters.get("confidence")}
    return {view: parameters for view, parameters in told.items() if parameters["kind"] in kinds}


# Tables, statistics and figures: which files they are made of.

SORT = {
    "margins": ["view", "split", "sample", "other_class"],
    "hulls": ["view", "space", "sample"],
    "attacks": ["view", "sample"],
    "scores": ["view", "sample", "detector"],
}


def parts_of_table(wildcards):
    """Every chunk of a table, over all views."""
    views = config["views"]
    if wildcards.table == "hulls":
        spaces = [(view, f"hulls/{space}") for view in views for space in spaces_of(view)]
        return [part for view, table in spaces for part in chunks_of(table, view, "test")]
    if wildcards.table == "attacks":
        return [part for view in attacks(views) for part in chunks_of("attacks", view, "test")]
    if wildcards.table == "scores":
        return [f"{RESULTS}/chunks/scores/{view}.parquet" for view in scored_views()]
    halves = [(view, split) for view in views for split in splits_of(view)]
    return [part for view, split in halves for part in chunks_of(wildcards.table, view, split)]


def statistic(name):
    return f"{RESULTS}/statistics/{name}.parquet"


def features_of(views):
    return [f"{RESULTS}/features/{view}/test.parquet" for view in views]


def labels_of(figure):
    return {"figure": figure.replace("_", " ").replace("-", " ")}
