"""What the page says of latent space, beside numbers with intervals and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from phiscope.exhibits.latent import of_reading
from phiscope.exhibits.run import Run
from phiscope.papers.deep_lsd_recipe import Difference, differences
from phiscope.stats.latent import axis_counts, order_spread, path_summary
from phiscope.stats.shown import ALL, FIRST, passing, shown_counts

TITLE = "Does a generator’s latent space have an axis for every class?"
NUMBERS = (
    "lsd_top1",
    "lsd_top4",
    "lsd_encode_decode",
    "lsd_logistic",
    "lsd_lowdin",
    "lsd_error",
    "lsd_error_class_mean",
    "lsd_faithful_error",
    "lsd_faithful_lowdin",
)
NEEDS = ()
OPTIONAL = (
    "latent_axes",
    "latent_basis",
    "latent_rotation",
    "latent_denoising",
    "latent_shown",
    "latent_claims",
    "latent_views",
    "test_images",
)
PATHS = {
    "givens": "rotation in the plane of two axes",
    "projector": "equation (11)",
    "algorithm": "algorithm 1 as printed",
    "class means": "straight, by class means",
    "encodings": "straight, to other encodings",
}


@dataclass(frozen=True)
class LatentPage:
    """Facts of one run's latent space, of its first setting.

    counts: as from `axis_counts`; shown: for Gram-Schmidt's axes and for the axes of set 1 of every basis, a row of
    `shown_counts` by the judge `shown`; sure: the first of them by the softmax alone; passing: share of real images and
    of blends that pass; claims: rows of the statistic of that name; recipe: in what it differs from the published one;
    orders: basis -> lowest and highest accuracy over label orders; condition: of the averages in the order of
    Toledo-Marín and Glazier 2021; paths and views: one row each; denoising: at the strongest noise, shares that keep
    their label (noisy image, whole latent, best truncation) and PSNR before and at best after; published_paths and
    published_denoising: as the others, with Gram-Schmidt's axes and sampled latents; lost: names of labels without an
    axis; short: how many sets have fewer than V latents.
    """

    dimension: int
    set_size: int
    setting: str
    counts: Mapping[str, int]
    shown: Sequence[Mapping[str, Any]]
    sure: Mapping[str, Any]
    passing: Mapping[str, float]
    claims: Sequence[Mapping[str, Any]]
    recipe: Sequence[Difference]
    orders: Mapping[str, tuple[float, float]]
    condition: float
    paths: Sequence[Mapping[str, Any]]
    published_paths: Sequence[Mapping[str, Any]]
    denoising: Mapping[str, float]
    published_denoising: Mapping[str, float]
    views: Sequence[Mapping[str, Any]]
    lost: Sequence[str]
    short: int


def data(run: Run) -> LatentPage | None:
    """What is said of latent space, where the run looked at one."""
    setting = run.context["setting"]
    if setting is None:
        return None
    frames = {name.removeprefix("latent_"): run[name] for name in OPTIONAL if name.startswith("latent_")}
    config = run.context["config"]
    page = latent_page(frames, config["latent"], setting, run.classes)
    return replace(page, recipe=differences(config["latent"], config["classifier"], setting))


def latent_page(
    frames: Mapping[str, pd.DataFrame], options: Mapping[str, Any], setting: str, classes: Sequence[str]
) -> LatentPage:
    """From the statistics of latent space of a run, by name without `latent_`, and its config section."""
    basis = frames["basis"]
    basis = basis[basis["setting"] == setting]
    basis = basis[basis["training"] == basis["training"].iloc[0]]
    short = basis[basis["quantity"] == "short"]
    lost = short[(short["kind"] == "set 1") & (short["value"] == 0)]["x"]
    counts = shown_counts(frames["shown"])
    by_all = counts[(counts["judge"] == "shown") & counts["axes"].isin([ALL, FIRST])]
    judged = passing(frames["shown"]).set_index("kind")["shown"]
    return LatentPage(
        dimension=options["dimension"],
        set_size=options["set_size"],
        setting=setting,
        counts=axis_counts(of_reading(frames["axes"])),
        shown=by_all[(by_all["axes"] == FIRST) | (by_all["basis"] == "gram-schmidt")].to_dict("records"),
        sure=counts[(counts["judge"] == "sure") & (counts["basis"] == "gram-schmidt")].iloc[0].to_dict(),
        passing={kind: float(judged[kind]) for kind in ("real", "blend") if kind in judged},
        claims=frames["claims"].to_dict("records"),
        recipe=(),
        orders=order_spread(basis),
        condition=float(basis.loc[basis["quantity"] == "condition", "value"].iloc[-1]),
        paths=_paths(of_reading(frames["rotation"])),
        published_paths=_paths(of_reading(frames["rotation"], published=True)),
        denoising=_denoising(of_reading(frames["denoising"])),
        published_denoising=_denoising(of_reading(frames["denoising"], published=True)),
        views=frames["views"].to_dict("records"),
        lost=[classes[int(label)] for label in lost],
        short=len(short),
    )


def _paths(rotation: pd.DataFrame) -> list[dict[str, Any]]:
    paths = path_summary(rotation)
    return paths.assign(words=paths["path"].map(PATHS)).to_dict("records")


def _denoising(by_level: pd.DataFrame) -> dict[str, float]:
    """Shares that keep their label at the strongest noise, and how far the images are from the clean ones."""
    strongest = by_level[by_level["level"] == by_level["level"].max()].set_index("components")
    worst, quality = strongest["kept"], strongest["psnr"]
    truncated = worst[worst.index > 0]
    return {
        "level": float(by_level["level"].max()),
        "noisy": worst[0],
        "whole": worst[-1],
        "best": truncated.max(),
        "components": int(truncated.idxmax()),
        "psnr_noisy": quality[0],
        "psnr_best": quality[quality.index != 0].max(),
    }
