"""Everything of a run that has a name: where it lies under results/<run>/, and how it is opened.

The one registry of artifacts. Views say which of them their transformation needs, figures and sections of the report
which they are drawn and written from; the plan turns names into the inputs of rules, and scripts open by name what
their rule was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from phiscope.workflow.opening import Artifact

_TABLE = "phiscope.tables:read"
_ARRAYS = "safetensors.numpy:load_file"
_NETWORK = "phiscope.models.loading:load_network"
_LOG = "pandas:read_csv"

_TABLES = (
    *(
        "margins",
        "hulls",
        "processed_hulls",
        "class_hulls",
        "leave_one_out",
        "balls",
        "attacks",
        "rounded",
        "attack_sweep",
        "scores",
        "paper_comparison",
        "inversions",
        "closest_images",
    ),
    *("denoising", "denoising_study", "denoised", "implicit", "latent", "spectra", "samples"),
    "disagreements",
)
_STATISTICS = (
    *(
        "standing",
        "support",
        "accuracy",
        "ball_summary",
        "lipschitz",
        "verification",
        "duplicates",
        "training_standing",
        "inspect",
        "class_summary",
        "class_pairs",
        "hull_standing",
        "hull_summary",
        "dimension",
        "entropy",
        "agreement",
    ),
    *("detection", "roc_curves", "attack_summary", "by_confidence", "detector_questions"),
    *("attack_moves", "straight_paths", "overshoots", "attack_front", "sweep_summary"),
    *("inversion_distances", "pixel_boundary", "edits", "inversion_summary", "inversion_budget"),
    "closest_distances",
    *("denoising_summary", "views", "filter_inversion", "denoiser_layers", "study_summary", "held_out_choice"),
    *("implicit_tuned", "implicit_by_k", "implicit_contrasts", "implicit_powers", "implicit_phases"),
    *("implicit_bases", "implicit_networks", "implicit_scale_ranks", "implicit_rates"),
    *("implicit_scales", "implicit_answers", "implicit_decoders", "latent_waves", "redrawn"),
    *("latent_rotation", "latent_linearity", "latent_metric", "latent_denoising", "latent_axes", "latent_trials"),
    *("latent_shown", "latent_truncated", "latent_claims"),
    *("latent_basis", "latent_tiles", "latent_densities", "latent_products", "latent_views"),
)

ARTIFACTS: dict[str, Artifact] = {
    "training_images": Artifact("data/train.safetensors", "phiscope.datasets.prepared:open_prepared"),
    "test_images": Artifact("data/test.safetensors", "phiscope.datasets.prepared:open_prepared"),
    "classifier": Artifact("models/classifier.safetensors", _NETWORK, placed=True),
    "classifier_description": Artifact("models/classifier.json", "phiscope.files:read_json"),
    "classifier_log": Artifact("models/classifier.log.csv", _LOG),
    "check": Artifact("models/check.json", "phiscope.experiments.models.record:Check.read"),
    "check_before_training": Artifact(
        "models/check_before_training.json", "phiscope.experiments.models.record:Check.read"
    ),
    "estimate": Artifact("models/estimate.json", "phiscope.files:read_json"),
    "estimate_text": Artifact("models/estimate.txt", "pathlib:Path.read_text"),
    "second_opinion": Artifact("second_opinion.txt", "pathlib:Path.read_text"),
    "head": Artifact("models/head.safetensors", "phiscope.head:Head.load"),
    "denoiser": Artifact(
        "models/denoiser.safetensors", "phiscope.experiments.denoising.network:Denoiser.load", placed=True
    ),
    "generator": Artifact("models/generator.safetensors", _NETWORK),
    "generator_log": Artifact("models/generator.log.csv", _LOG),
    "encoder": Artifact("models/encoder-{setting}-{training}.safetensors", _NETWORK),
    "encoder_log": Artifact("models/encoder-{setting}-{training}.log.csv", _LOG),
    "encoded": Artifact("latent/{setting}-{training}/encoded.safetensors", _ARRAYS),
    "bases": Artifact("latent/{setting}-{training}/bases.safetensors", "phiscope.experiments.latent.bases:load"),
    "training_features": Artifact("features/original/train.parquet", "phiscope.tables:vectors"),
    "located_train": Artifact("features/original/train.parquet", "phiscope.tables:LocatedSamples"),
    "located_test": Artifact("features/original/test.parquet", "phiscope.tables:LocatedSamples"),
    "pixel_hull": Artifact("chunks/hulls/pixel/{view}/{split}/{chunk}.parquet", _TABLE),
    "exhibits": Artifact("exhibits/{view}.safetensors", _ARRAYS),
    "located": Artifact("features/{view}/{split}.parquet", "phiscope.tables:LocatedSamples"),
    "thumbnails": Artifact("exhibits/thumbnails/all.safetensors", _ARRAYS),
    "denoised_exhibits": Artifact("exhibits/denoising/{bench}.safetensors", _ARRAYS),
    "inverted_images": Artifact("inversions/{target}/{chunk}.safetensors", "pathlib:Path"),  # each opened for one image
    "closest_files": Artifact("inversions/closest/{chunk}.safetensors", "pathlib:Path"),  # as the others
    "search_cost": Artifact("inversions/cost.json", "phiscope.experiments.inversion.budget:SearchCost.read"),
    "explored_balls": Artifact("inversions/ball-{number}.safetensors", _ARRAYS),
    "edited_samples": Artifact("inversions/edit-{number}.safetensors", _ARRAYS),
    "implicit_pictures": Artifact("implicit/{chunk}.safetensors", _ARRAYS),
    "inspect_csv": Artifact("tables/inspect.csv", "pandas:read_csv"),
    **{name: Artifact(f"tables/{name}.parquet", _TABLE) for name in _TABLES},
    **{name: Artifact(f"statistics/{name}.parquet", _TABLE) for name in _STATISTICS},
}


def opened(inputs: Mapping[str, Any], keys: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """A function that opens the inputs of a job by the names of artifacts; None for what the job was not given.

    keys: of artifacts of which there are several, what tells them apart, in the order of their files.
    """

    def open_artifact(name: str) -> Any:
        if name in keys:
            return {key: ARTIFACTS[name].open(path) for key, path in zip(keys[name], inputs[name], strict=True)}
        return ARTIFACTS[name].open(inputs[name]) if inputs.get(name) else None

    return open_artifact


def modules_that_open(names: Iterable[str]) -> list[str]:
    """The library's modules that open these artifacts: what a job rests on that opens no others."""
    openers = {ARTIFACTS[name].opener.partition(":")[0] for name in names}
    return sorted(module for module in openers if module.startswith("phiscope."))
