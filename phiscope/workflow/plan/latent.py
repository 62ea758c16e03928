"""Latent space: which encoders there are, and what is made with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.workflow.configuration import present
from phiscope.workflow.plan.chain import Chain, Part, Source
from phiscope.workflow.plan.rule import Parameters, Rule
from phiscope.workflow.plan.weights import content_of_weights

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

MEASURED = ("readings", "trials", "spectra")
_NUMBERS = "basis_numbers.parquet"
# Of a setting: what the training of an encoder is not told.
_OF_THE_NETWORK = ("heads", "weights")


class Latent:
    """A generator, encoders into it by setting and training seed, and the axes of labels."""

    operators = ("rotation", "linearity", "metric", "denoising", "truncated", "axes")
    exhibits = ("tiles", "densities", "products")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.options: Mapping[str, Any] = plan.config["latent"]

    @cached_property
    def settings(self) -> dict[str, Mapping[str, Any]]:
        return present(self.options["settings"])

    @cached_property
    def encoders(self) -> list[tuple[str, int]]:
        """(setting, training seed) of each."""
        return [(setting, seed) for setting in self.settings for seed in self.options["seeds"]]

    @property
    def main(self) -> str:
        """The setting that views and operators look at where none is named: the first."""
        return next(iter(self.settings))

    def encoder(self, setting: str | None = None) -> dict[str, str]:
        """Wildcards of the encoder that views and operators look at: the first training of the setting."""
        return {"setting": setting or self.main, "training": str(self.options["seeds"][0])}

    @property
    def drawn(self) -> str:
        """Latents drawn at random, with the labels of what they decode to."""
        return self._plan.below("latent/drawn.safetensors")

    def of(self, setting: str, training: int, name: str) -> str:
        """A file of one encoder."""
        return self._plan.below(f"latent/{setting}-{training}/{name}")

    def of_all(self, name: str) -> list[str]:
        """A file of each encoder."""
        return [self.of(setting, seed, name) for setting, seed in self.encoders]

    def of_first(self, name: str) -> list[str]:
        """A file of the first training of each setting."""
        seed = self.options["seeds"][0]
        return [self.of(setting, seed, name) for setting in self.settings]

    @cached_property
    def loaded(self) -> list[str]:
        """Settings whose encoders are the user's."""
        return [name for name in self.settings if name not in self.trained]

    @cached_property
    def trained(self) -> list[str]:
        """Settings whose encoders are trained, not loaded."""
        return [name for name, options in self.settings.items() if not options.get("weights")]

    @property
    def generator_is_trained(self) -> bool:
        return not self.options["gan"].get("weights")

    @cached_property
    def encoder_logs(self) -> list[tuple[str, str]]:
        """(setting, file) of the log of each training."""
        return [
            (setting, self._plan.path("encoder_log", setting=setting, training=seed))
            for setting, seed in self.encoders
            if setting in self.trained
        ]

    @cached_property
    def statistics(self) -> list[str]:
        names = (*self.operators, *self.exhibits, "trials", "basis", "shown", "claims", "views")
        return [f"latent_{name}" for name in names]

    # Jobs of several parts.

    def generating(self) -> Chain:
        """The generator, trained or loaded, and latents drawn at random with the labels of what they decode to."""
        plan, images = self._plan, {"images": self._plan.prepared("train")}
        network = {"generator": plan.path("generator"), "description": plan.below("models/generator.json")}
        if self.generator_is_trained:
            logged = {"log": plan.path("generator_log"), "samples": plan.below("models/generator.samples")}
            own = Part("train_gan", images, network | logged)
        else:
            own = Part("load_generator", images, network)
        labelled = {"generator": network["generator"], "classifier": plan.path("classifier")}
        drawn = Part("sample_latents", {**labelled, "images": plan.prepared("test")}, {"drawn": self.drawn})
        return Chain(plan, [own, drawn])

    def encoding(self, setting: str, training: int) -> Chain:
        """An encoder, trained or loaded, the latents it gives, the axes of labels, and what latents say of labels."""
        plan, named = self._plan, {"setting": setting, "training": str(training)}
        train, test = plan.prepared("train"), plan.prepared("test")
        networks: dict[str, Source] = {"generator": plan.path("generator"), "classifier": plan.path("classifier")}
        encoder = plan.path("encoder", **named)
        files = {"encoder": encoder, "description": encoder.replace(".safetensors", ".json")}
        if setting in self.trained:
            logged = {"log": plan.path("encoder_log", **named), "samples": encoder.replace(".safetensors", ".samples")}
            own = Part("train_encoder", {"images": train, **networks}, files | logged, named)
        else:
            own = Part("load_encoder", {"images": train}, files, named)
        encoded, bases, numbers = (
            self.of(setting, training, name) for name in ("encoded.safetensors", "bases.safetensors", _NUMBERS)
        )
        splits: dict[str, Source] = {"train": train, "test": test}
        measured = {name: self.of(setting, training, f"{name}.parquet") for name in MEASURED}
        return Chain(
            plan,
            [
                own,
                Part("encode_dataset", {**splits, "encoder": encoder, **networks}, {"encoded": encoded}, named),
                Part(
                    "build_basis",
                    {"encoded": encoded, "drawn": self.drawn},
                    {"bases": bases, "numbers": numbers},
                    named,
                ),
                Part("measure_latent", {**splits, "encoded": encoded, "bases": bases, **networks}, measured, named),
            ],
        )

    def measuring(self) -> Chain:
        """What all encoders say together, and what can be done to images along the axes of the main one."""
        plan, main = self._plan, self.encoder()
        names = {"readings": "readings.parquet", "trials": "trials.parquet", "numbers": _NUMBERS}
        networks: dict[str, Source] = {"generator": plan.path("generator"), "classifier": plan.path("classifier")}
        own = {name: plan.path(name, **main) for name in ("encoded", "bases")}
        latent: dict[str, Source] = {"test": plan.prepared("test"), **own, **networks}
        tables = {"latent": "latent", "trials": "latent_trials", "numbers": "latent_basis"}
        return Chain(
            plan,
            [
                Part(
                    "compute_latent",
                    {name: self.of_all(file) for name, file in names.items()},
                    {name: plan.path(artifact) for name, artifact in tables.items()},
                ),
                plan.merge("tables/spectra"),
                Part(
                    "measure_operators",
                    {**latent, "encoder": plan.path("encoder", **main)},
                    {name: plan.path(f"latent_{name}") for name in self.operators},
                ),
                Part(
                    "judge_directions",
                    {
                        **{name: latent[name] for name in ("test", "bases", "generator", "classifier")},
                        "head": plan.path("head"),
                        "training": plan.path("located_train"),
                        "located": plan.path("located_test"),
                    },
                    {"shown": plan.path("latent_shown")},
                ),
                Part(
                    "check_claims",
                    {
                        **{name: plan.path(name) for name in ("latent", "spectra")},
                        "numbers": plan.path("latent_basis"),
                        **{name: plan.path(f"latent_{name}") for name in ("shown", "truncated", "rotation", "axes")},
                    },
                    {"claims": plan.path("latent_claims")},
                ),
                Part(
                    "exhibit_latent",
                    {**latent, "drawn": self.drawn},
                    {name: plan.path(f"latent_{name}") for name in self.exhibits},
                ),
            ],
        )

    def outputs(self) -> Iterator[str]:
        plan = self._plan
        yield from (plan.path("generator"), plan.below("models/generator.json"), self.drawn)
        if self.generator_is_trained:
            yield from (plan.path("generator_log"), plan.below("models/generator.samples"))
        for setting, seed in self.encoders:
            encoder = plan.below(f"models/encoder-{setting}-{seed}")
            trained = ("log.csv", "samples") if setting in self.trained else ()
            yield from (f"{encoder}.{kind}" for kind in ("safetensors", "json", *trained))
        for name in ("encoded.safetensors", "bases.safetensors", "basis_numbers.parquet"):
            yield from self.of_all(name)
        for name in MEASURED:
            yield from self.of_all(f"{name}.parquet")
        yield from map(plan.path, ("latent", "spectra", *self.statistics))


def _part(plan: Plan) -> Latent:
    assert plan.latent is not None  # its rules are there only where it is
    return plan.latent


def _seed(plan: Plan) -> dict[str, Any]:
    return {"seed": plan.config["seed"]}


def _sizes(plan: Plan) -> dict[str, Any]:
    options = _part(plan).options
    return {"latent": options["dimension"], "width": options["width"]}


def _limits(plan: Plan) -> dict[str, Any]:
    return {"limits": {split: plan.limit(split) for split in ("train", "test")}}


def _loaded_generator(plan: Plan) -> Parameters:
    return {
        "factory": "phiscope.models.gan:generator",
        "arguments": _sizes(plan),
        "weights": _part(plan).options["gan"]["weights"],
        "content_of_weights": content_of_weights(_part(plan).options["gan"]["weights"], plan.path("generator")),
        "where": "latent.gan.weights",
    }


def _trained_generator(plan: Plan) -> Parameters:
    options = _part(plan).options["gan"]
    return {
        "arguments": _sizes(plan),
        "options": {key: value for key, value in options.items() if key != "weights"},
        "limit": plan.limit("train"),
        **_seed(plan),
    }


def _loaded_encoder(plan: Plan) -> Parameters:
    settings = _part(plan).settings
    return {
        "factory": "phiscope.models.encoder:encoder",
        "arguments": lambda wildcards: _sizes(plan) | {"heads": settings[wildcards.setting]["heads"]},
        "weights": lambda wildcards: settings[wildcards.setting]["weights"],
        "content_of_weights": lambda wildcards: content_of_weights(
            settings[wildcards.setting]["weights"],
            plan.path("encoder", setting=wildcards.setting, training=wildcards.training),
        ),
        "where": lambda wildcards: f"latent.settings.{wildcards.setting}.weights",
    }


def _trained_encoder(plan: Plan) -> Parameters:
    own = _part(plan)

    def options(wildcards: Any) -> dict[str, Any]:
        """What all trainings share, and what the setting says."""
        setting = own.settings[wildcards.setting]
        return own.options["encoder"] | {k: v for k, v in setting.items() if k not in _OF_THE_NETWORK}

    return {
        "arguments": lambda wildcards: _sizes(plan) | {"heads": own.settings[wildcards.setting]["heads"]},
        "options": options,
        "limit": plan.limit("train"),
    }


RULES = {
    "load_generator": Rule(
        "latent/load_latent_network", _loaded_generator, lambda plan, wildcards: ["phiscope.models.gan"]
    ),
    "train_gan": Rule("latent/train_gan", _trained_generator, threaded=True),
    "load_encoder": Rule(
        "latent/load_latent_network", _loaded_encoder, lambda plan, wildcards: ["phiscope.models.encoder"]
    ),
    "train_encoder": Rule("latent/train_encoder", _trained_encoder, threaded=True),
    "sample_latents": Rule(
        "latent/sample_latents",
        lambda plan: {"size": _part(plan).options["set_size"], **_seed(plan)},
        threaded=True,
    ),
    "encode_dataset": Rule("latent/encode_dataset", lambda plan: _limits(plan) | _seed(plan), threaded=True),
    "build_basis": Rule("latent/build_basis", lambda plan: {"size": _part(plan).options["set_size"], **_seed(plan)}),
    "measure_latent": Rule(
        "latent/measure_latent",
        lambda plan: _limits(plan) | {"trials": _part(plan).options["trials"], **_seed(plan)},
        threaded=True,
    ),
    "compute_latent": Rule(
        "latent/compute_latent",
        lambda plan: {"encoders": _part(plan).encoders, "options": plan.config["statistics"], **_seed(plan)},
    ),
    "measure_operators": Rule(
        "latent/measure_operators",
        lambda plan: {
            "limit": plan.limit("test"),
            "basis": _part(plan).options["basis"],
            "noise": _part(plan).options["noise"],
            **_seed(plan),
        },
        threaded=True,
    ),
    "judge_directions": Rule("latent/judge_directions", _seed, threaded=True),
    "check_claims": Rule(
        "latent/check_claims",
        lambda plan: {
            "setting": _part(plan).main,
            "is_papers": _part(plan).options["is_papers"],
            "options": plan.config["statistics"],
            **_seed(plan),
        },
    ),
    "exhibit_latent": Rule(
        "latent/exhibit_latent", lambda plan: {"basis": _part(plan).options["basis"], **_seed(plan)}
    ),
    "compare_latent_views": Rule(
        "latent/compare_latent_views",
        lambda plan: {"views": plan.views.through_latent_space, "attacks": plan.views.attacks},
    ),
}
