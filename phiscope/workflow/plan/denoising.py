"""Denoising: which networks are trained, which images are compared under which noise, which experiments are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.factories import content_of
from phiscope.workflow.configuration import present
from phiscope.workflow.plan.chain import Chain, Part, Source
from phiscope.workflow.plan.rule import Parameters, Rule
from phiscope.workflow.plan.views import at_most
from phiscope.workflow.plan.weights import content_of_weights

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


class Denoising:
    """The run's denoiser, the bench it is compared in, the study of training, the user's folder."""

    statistics = ("denoising_summary", "views")
    filter_statistics = ("filter_inversion", "denoiser_layers")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.options: Mapping[str, Any] = plan.config["denoising"]

    @property
    def is_loaded(self) -> bool:
        """Whether the run's network is the user's."""
        return bool(self.options["network"]["weights"])

    @cached_property
    def others(self) -> dict[str, Any]:
        """Further networks, which the comparison alone looks at."""
        return present(self.options["others"])

    @cached_property
    def trained(self) -> dict[str, dict[str, Any]]:
        """Name of the artifact -> network, key of its factory, training.

        The run's own network unless it is loaded, and all others.
        """
        own = {} if self.is_loaded else {"denoiser": {"network": self.options["network"], "training": {}}}
        networks = own | {f"denoiser-{name}": other for name, other in self.others.items()}
        keys = {"denoiser": "denoising.network"} | {
            f"denoiser-{n}": f"denoising.others.{n}.network" for n in self.others
        }
        return {
            name: {
                "where": f"{keys[name]}.factory",
                "network": {key: given["network"][key] for key in ("factory", "arguments")},
                "training": self.options["training"] | given.get("training", {}),
            }
            for name, given in networks.items()
        }

    @cached_property
    def benches(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Name -> (set of images, noise): every set under every noise; `test` is the data set's own test split."""
        bench = self.options["bench"]
        return {
            f"{name}-{noise['noise']}-{noise['level']:g}": (name, noise)
            for name in bench["sets"] or ["test"]
            for noise in bench["noises"]
        }

    @property
    def training_images(self) -> list[str]:
        """The prepared images a denoiser is trained on; a folder is read as it is, and is no input."""
        return [] if self.options["images"] else [self._plan.prepared("train")]

    @cached_property
    def study(self) -> Mapping[str, Any] | None:
        """What is tried over several seeds of training."""
        return self.options["study"] if self.options["study"]["seeds"] else None

    @cached_property
    def studied(self) -> list[str]:
        """Names of the experiments, and of what follows from the penalties tried: the best one, retrained."""
        if not self.study:
            return []
        experiments = list(self.study["experiments"])
        return [*experiments, *(["retrained"] if "penalty" in experiments else [])]

    @property
    def study_statistics(self) -> tuple[str, ...]:
        return ("study_summary", "held_out_choice") if self.study else ()

    @cached_property
    def study_parts(self) -> list[str]:
        seeds = self.study["seeds"] if self.study else []
        folder = self._plan.below("chunks/denoising_study")
        return [f"{folder}/{experiment}/{seed}.parquet" for experiment in self.studied for seed in seeds]

    @cached_property
    def parts(self) -> list[str]:
        """Chunks of the table `denoising`."""
        return [self._plan.below(f"chunks/denoising/{name}.parquet") for name in self.benches]

    @cached_property
    def tables(self) -> list[str]:
        study, folder = (["denoising_study"] if self.study else []), (["denoised"] if self.options["folder"] else [])
        return ["denoising", *study, *folder]

    def network(self, name: str) -> str:
        """File of a network of `trained`, or of the run's own."""
        return self._plan.below(f"models/{name}.safetensors")

    def training(self) -> Chain:
        """Every network that is trained here."""
        plan, parts = self._plan, []
        images: dict[str, Source] = {"images": plan.prepared("train")} if self.training_images else {}
        for name in self.trained:
            network = self.network(name)
            about = {"description": network.replace(".safetensors", ".json")}
            log = {"log": network.replace(".safetensors", ".log.csv")}
            parts.append(Part("train_denoiser", images, {"network": network, **about, **log}, {"denoiser": name}))
        return Chain(plan, parts)

    @cached_property
    def sets(self) -> dict[str, list[str]]:
        """Set of images -> the benches that compare denoisers on it, which share a job."""
        sets: dict[str, list[str]] = {}
        for name, (images, _) in self.benches.items():
            sets.setdefault(images, []).append(name)
        return sets

    def comparing(self, images: str) -> Chain:
        """Denoisers on one set of images, under every noise."""
        plan, parts = self._plan, []
        looked_at: dict[str, Source] = {
            **({"training": plan.prepared("train")} if self.training_images else {}),
            "denoiser": plan.path("denoiser"),
            "others": [self.network(f"denoiser-{name}") for name in self.others],
            "test": plan.prepared("test"),
        }
        for name in self.sets[images]:
            table = {"table": plan.below(f"chunks/denoising/{name}.parquet")}
            shown = {"shown": plan.path("denoised_exhibits", bench=name)}
            parts.append(Part("score_denoisers", looked_at, table | shown, {"bench": name}))
        return Chain(plan, parts)

    @property
    def summing_up(self) -> list[Part]:
        """The comparison as a table and on average, what filters and layers do: parts of the job of all views."""
        plan = self._plan
        looked_at: dict[str, Source] = {"denoiser": plan.path("denoiser"), "test": plan.prepared("test")}
        return [
            plan.merge("tables/denoising"),
            Part("compute_denoising", {**plan.paths("denoising", "standing")}, plan.paths(*self.statistics)),
            Part("measure_filters", looked_at, plan.paths(*self.filter_statistics)),
        ]

    def outputs(self) -> Iterator[str]:
        plan = self._plan
        networks = [*(["denoiser"] if self.is_loaded else []), *self.trained]
        yield from (plan.below(f"models/{name}.{kind}") for name in networks for kind in ("safetensors", "json"))
        yield from (plan.below(f"models/{name}.log.csv") for name in self.trained)
        yield from (*self.parts, *self.study_parts)
        yield from (plan.path("denoised_exhibits", bench=name) for name in self.benches)
        yield from map(plan.path, (*self.tables, *self.statistics, *self.filter_statistics, *self.study_statistics))
        if self.options["folder"]:
            yield plan.below("denoised")


def _part(plan: Plan) -> Denoising:
    assert plan.denoising is not None  # its rules are there only where it is
    return plan.denoising


def _training(plan: Plan) -> Parameters:
    own = _part(plan)
    return {
        "folder": own.options["images"],
        "samples": at_most(own.options["samples"] or 10**9, plan.limit("train")),
        "network": lambda wildcards: own.trained[wildcards.denoiser]["network"],
        "content": lambda wildcards: content_of(own.trained[wildcards.denoiser]["network"]["factory"]),
        "where": lambda wildcards: own.trained[wildcards.denoiser]["where"],
        "options": lambda wildcards: own.trained[wildcards.denoiser]["training"],
        "seed": plan.config["seed"],
    }


def _bench(plan: Plan) -> Parameters:
    own = _part(plan)
    return {
        "dataset": lambda wildcards: own.benches[wildcards.bench][0],
        "noise": lambda wildcards: own.benches[wildcards.bench][1],
        # Not all of it: another set or noise must not make this comparison anew.
        "bench": {key: own.options["bench"][key] for key in ("samples", "tuning", "methods", "clip")},
        "folder": lambda wildcards: own.options["bench"]["sets"].get(own.benches[wildcards.bench][0]),
        "others": list(own.others),
        "training_folder": own.options["images"],
        "limits": [plan.limit("train"), plan.limit("test")],
        "seed": plan.config["seed"],
    }


def _study(plan: Plan) -> Parameters:
    """The data set's own images are small: they are trained on whole, whatever patches the run's network takes."""
    own = _part(plan)
    study = own.options["study"]
    options = own.options["training"] | {"epochs": study["epochs"], "patch": None, "per_image": 1}
    options["batch_size"] = study["batch_size"] or options["batch_size"]
    return {"samples": study["samples"], "options": options}


def _network(plan: Plan, wildcards: Mapping[str, str]) -> list[str]:
    """Networks are built by the name of their factory."""
    return ["phiscope.models.denoiser"]


RULES = {
    "load_denoiser": Rule(
        "models/load_classifier",
        lambda plan: {
            "classifier": {"normalise": None} | _part(plan).options["network"],
            "content": content_of(_part(plan).options["network"]["factory"]),
            "where": "denoising.network.weights",
            "content_of_weights": content_of_weights(_part(plan).options["network"]["weights"], plan.path("denoiser")),
        },
        _network,
    ),
    "train_denoiser": Rule("denoising/train_denoiser", _training, _network, threaded=True),
    "score_denoisers": Rule("denoising/score_denoisers", _bench, _network),
    "compute_denoising": Rule(
        "denoising/compute_denoising",
        lambda plan: {"options": plan.config["statistics"], "seed": plan.config["seed"]},
    ),
    "measure_filters": Rule(
        "denoising/measure_filters",
        lambda plan: {"side": _part(plan).options["training"]["patch"], "seed": plan.config["seed"]},
        _network,
    ),
    "study_denoising": Rule("denoising/study_denoising", _study),
    "retrain_denoiser": Rule("denoising/retrain_denoiser", _study),
    "sum_up_study": Rule(
        "denoising/sum_up_study", lambda plan: {"confidence": plan.config["statistics"]["confidence"]}
    ),
    "denoise_folder": Rule(
        "denoising/denoise_folder",
        lambda plan: {"options": _part(plan).options["folder"]},
        _network,
        threaded=True,
    ),
}
