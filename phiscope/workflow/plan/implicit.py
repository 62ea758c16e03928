"""Images drawn as functions of position: which there are, in which chunks, what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.experiments.implicit.images import count_of, group_of
from phiscope.workflow.plan.chain import Chain, Part, Source
from phiscope.workflow.plan.rule import Parameters, Rule

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

COMPLETE = {"fourier_complete", "dct", "haar", "orthogonal"}  # encodings that hold every function of an image
AUTOENCODER = "phiscope.models.denoiser:autoencoder"


class Implicit:
    """Fits of images, autoencoders with an encoding inside, responses of the run's networks to latent directions."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.options: Mapping[str, Any] = plan.config["implicit"]

    @cached_property
    def chunk_names(self) -> list[str]:
        """Chunks of images; how many images there are, the configuration says."""
        count = sum(count_of(spec) for spec in self.options["images"])
        return self._plan.chunk_names(count, self.options["chunk_size"])

    @property
    def gathered(self) -> str:
        return self._plan.below("implicit/images.safetensors")

    @cached_property
    def parts(self) -> list[str]:
        """Chunks of the table `implicit`."""
        return [self._plan.below(f"chunks/implicit/{name}.parquet") for name in self.chunk_names]

    @cached_property
    def pictures(self) -> list[str]:
        return [self._plan.path("implicit_pictures", chunk=name) for name in self.chunk_names]

    @cached_property
    def main(self) -> str:
        """The group of images that answers speak of: that of the picture, or the first."""
        return (self.options["picture"] or group_of(self.options["images"][0])).partition("/")[0]

    @cached_property
    def statistics(self) -> list[str]:
        """Of the fits."""
        names = (
            "tuned",
            "by_k",
            "contrasts",
            "powers",
            "phases",
            "bases",
            "networks",
            "scales",
            "scale_ranks",
            "answers",
        )
        return [f"implicit_{name}" for name in names]

    @cached_property
    def decoding(self) -> dict[str, str]:
        """The run's networks with latents, by name: of these what answers to latent directions is looked at."""
        plan = self._plan
        networks: dict[str, str] = {}
        if plan.latent:
            networks |= {"generator": plan.path("generator"), "encoder": plan.path("encoder", **plan.latent.encoder())}
        if plan.denoising and plan.denoising.options["network"]["factory"] == AUTOENCODER:
            networks["autoencoder"] = plan.path("denoiser")
        return networks

    @cached_property
    def directions(self) -> list[str]:
        """Rows of every network's responses."""
        return [self._plan.below(f"implicit/directions-{name}.parquet") for name in self.decoding]

    @property
    def decoders(self) -> Mapping[str, Any] | None:
        """Trainings of small autoencoders that differ in their decoder; None where no seed asks for one."""
        decoders = self.options["decoders"]
        return decoders if decoders["seeds"] else None

    @cached_property
    def decoder_parts(self) -> list[str]:
        seeds = self.decoders["seeds"] if self.decoders else []
        return [self._plan.below(f"implicit/decoders-{seed}.parquet") for seed in seeds]

    @property
    def rates(self) -> Mapping[str, Any] | None:
        """Coefficients in complete bases beside JPEG; None where no basis is named."""
        rates = self.options["rates"]
        return rates if rates["bases"] else None

    @property
    def rate_rows(self) -> str:
        return self._plan.below("implicit/rates.parquet")

    @cached_property
    def further_statistics(self) -> list[str]:
        """Beside those of the fits."""
        return [
            *(["latent_waves"] if self.decoding else []),
            *(["implicit_decoders"] if self.decoders else []),
            *(["implicit_rates"] if self.rates else []),
        ]

    @property
    def conditions(self) -> dict[str, bool]:
        """Which figures of images as functions a run has: see `phiscope.figures.WHEN`."""
        fits = self.options["fits"]
        models = {fit["model"] for fit in fits}
        return {
            "fitted_networks": "mlp" in models,
            "largest_coefficients": "largest" in models,
            "swept_scales": any(f["encoding"] == "gaussian" and isinstance(f.get("sigma"), list) for f in fits),
            "complete_networks": any(f["model"] == "mlp" and COMPLETE & set(listed(f["encoding"])) for f in fits),
            "rates": bool(self.rates),
            "decoders": bool(self.decoders),
            "latent_waves": bool(self.decoding),
            "pictured": bool(self.options["picture"]),
        }

    # Jobs of several parts.

    @property
    def gathering(self) -> Part:
        """The images of all chunks in one file."""
        return Part("gather_images", {"test": self._plan.prepared("test")}, {"images": self.gathered})

    @property
    def gathered_alone(self) -> bool:
        """Whether images are gathered by a job of their own, for several that draw them."""
        return len(self.chunk_names) > 1

    @property
    def drawn_chunk(self) -> str:
        """What stands for the chunk in the paths of the job that draws it: a wildcard where there are several."""
        return "{chunk}" if self.gathered_alone else self.chunk_names[0]

    def fitting(self) -> Chain:
        """A chunk of images in every setting; the images are gathered by the same job where there is one chunk."""
        plan, chunk = self._plan, self.drawn_chunk
        drawn = {
            "table": plan.below(f"chunks/implicit/{chunk}.parquet"),
            "pictures": plan.path("implicit_pictures", chunk=chunk),
        }
        images: dict[str, Source] = {"images": self.gathered}
        if self.gathered_alone:
            return Chain(plan, [Part("fit_implicit", images, drawn)])
        return Chain(plan, [self.gathering, Part("fit_implicit", images, drawn, {"chunk": chunk})])

    def summing_up(self) -> Chain:
        """The fits as a table, and what they say; what pictures of few coefficients cost, beside JPEG."""
        plan = self._plan
        fits: dict[str, Source] = {"implicit": plan.path("implicit")}
        parts = [plan.merge("tables/implicit"), Part("compute_implicit", fits, plan.paths(*self.statistics))]
        if self.rates:
            images: dict[str, Source] = {"images": self.gathered}
            rows: dict[str, Source] = {"rows": self.rate_rows}
            parts += [
                Part("measure_rates", images, {"rows": self.rate_rows}),
                Part("compute_rates", rows, plan.paths("implicit_rates")),
            ]
        return Chain(plan, parts)

    def measuring_waves(self) -> Chain:
        """How many waves latent directions of the run's networks take."""
        plan, parts = self._plan, []
        for network, file in self.decoding.items():
            looked_at: dict[str, Source] = {"model": file, "test": plan.prepared("test")}
            if network == "generator" and plan.latent:
                looked_at["basis"] = plan.path("bases", **plan.latent.encoder())
            rows = {"directions": plan.below(f"implicit/directions-{network}.parquet")}
            parts.append(Part("measure_latent_waves", looked_at, rows, {"network": network}))
        summed: dict[str, Source] = {"directions": self.directions}
        return Chain(plan, [*parts, Part("compute_latent_waves", summed, plan.paths("latent_waves"))])

    def decoding_with_encodings(self) -> Chain:
        """Autoencoders with and without an encoding inside, from every seed."""
        plan, parts = self._plan, []
        images: dict[str, Source] = {"train": plan.prepared("train"), "test": plan.prepared("test")}
        for seed, file in zip(self.options["decoders"]["seeds"], self.decoder_parts, strict=True):
            parts.append(Part("train_decoders", images, {"rows": file}, {"seed": str(seed)}))
        summed: dict[str, Source] = {"rows": self.decoder_parts}
        return Chain(plan, [*parts, Part("compute_decoders", summed, plan.paths("implicit_decoders"))])

    def outputs(self) -> Iterator[str]:
        yield from (self.gathered, *self.parts, *self.pictures, *self.directions, *self.decoder_parts)
        yield from [self.rate_rows] if self.rates else []
        yield from map(self._plan.path, ("implicit", *self.statistics, *self.further_statistics))


def listed(value: Any) -> list:
    """What the configuration has as one value or a list of them, as a list."""
    return value if isinstance(value, list) else [value]


def _part(plan: Plan) -> Implicit:
    assert plan.implicit is not None  # its rules are there only where it is
    return plan.implicit


def _statistics(plan: Plan) -> dict[str, Any]:
    return {"options": plan.config["statistics"], "seed": plan.config["seed"]}


def _fits(plan: Plan) -> Parameters:
    options = _part(plan).options
    return {"options": {key: value for key, value in options.items() if key not in ("images", "chunk_size", "rates")}}


def _decoders(plan: Plan) -> Parameters:
    options = _part(plan).decoders or {}
    return {"options": {key: value for key, value in options.items() if key != "seeds"}}


RULES = {
    "gather_images": Rule(
        "implicit/gather_images",
        lambda plan: {"images": _part(plan).options["images"], "seed": plan.config["seed"]},
    ),
    "fit_implicit": Rule("implicit/fit_implicit", _fits),
    "compute_implicit": Rule("implicit/compute_implicit", lambda plan: {"main": _part(plan).main, **_statistics(plan)}),
    "measure_latent_waves": Rule(
        "implicit/measure_latent_waves",
        lambda plan: {"seed": plan.config["seed"]},
        lambda plan, wildcards: ["phiscope.models.denoiser", "phiscope.models.encoder"],
    ),
    "compute_latent_waves": Rule("implicit/compute_latent_waves", _statistics),
    "train_decoders": Rule("implicit/train_decoders", _decoders),
    "compute_decoders": Rule(
        "implicit/compute_decoders", lambda plan: {"confidence": plan.config["statistics"]["confidence"]}
    ),
    "measure_rates": Rule(
        "implicit/measure_rates",
        lambda plan: {"options": _part(plan).options["rates"], "seed": plan.config["seed"]},
    ),
    "compute_rates": Rule("implicit/compute_rates", _statistics),
    "compute_redrawn": Rule(
        "implicit/compute_redrawn", lambda plan: {"views": plan.views.redrawn, **_statistics(plan)}
    ),
}
