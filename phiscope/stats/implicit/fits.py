"""Images as functions of position: the questions of the note on neural representations, answered over images and seeds.

Frames are the table `implicit`, or come from functions here. Intervals: bootstrap over images, and within each image
over seeds. A group of images is compared within one size only.

ASSUME: a PSNR above 100 dB counts as 100: rounding, not quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.stats.intervals import Resampling

GROUP = ["group", "height", "width"]
WAY = ["model", "encoding", "spectrum", "asked_k", "pixels"]
TUNED = ["sigma", "learning_rate"]
MEASURES = ("psnr_train", "psnr_heldout", "psnr_all")  # the last: of fits that saw all pixels and held none out
COMPLETE = ("fourier_complete", "dct", "haar", "orthogonal")
BASELINE = "fourier_random"
PUBLISHED = ("none", "basic", "positional", "gaussian")  # in the order of Tancik et al. 2020, the worst first
POWERS = {
    "spectrum_l1": "sum of magnitudes",
    "spectrum_energy": "energy",
    "energy_beyond": "energy beyond the bandwidth",
}
_CEILING = 100.0
_BESIDE_RANDOM = (
    *("encoding", "value", "ci_low", "ci_high", "n"),
    *("difference", "difference_low", "difference_high"),
)


def fitted(fits: pd.DataFrame) -> pd.DataFrame:
    """The rows of fits that came to an end, PSNR at most 100 dB.

    Of networks and least squares that were fitted to all pixels, it is in `psnr_all` rather than `psnr_train`.
    """
    rows = fits[fits["status"] == "fitted"].copy()
    rows["spectrum"] = rows["spectrum"].fillna("")
    on_all = (rows["pixels"] == "all") & rows["model"].isin(["mlp", "siren", "least_squares"])
    rows["psnr_all"] = rows["psnr_train"].where(on_all)
    rows["psnr_train"] = rows["psnr_train"].mask(on_all)
    rows[list(MEASURES)] = rows[list(MEASURES)].clip(upper=_CEILING)
    return rows


def tuned(fits: pd.DataFrame) -> pd.DataFrame:
    """For every image and way the rows of the scale and learning rate that are best on the other images of its group.

    Best: mean PSNR of held-out pixels; so neither the image nor its held-out pixels choose for themselves. A way whose
    settings have no held-out pixels, or one image alone, keeps what is best on itself. Adds `chosen_on`.
    """
    rows = fitted(fits)
    rows = rows[rows["model"].isin(["mlp", "siren", "least_squares", "projection"])]
    parts = [_chosen(part) for _, part in rows.groupby([*GROUP, *WAY], dropna=False)]
    return pd.concat(parts, ignore_index=True) if parts else rows.assign(chosen_on="")


def _chosen(rows: pd.DataFrame) -> pd.DataFrame:
    measure = next(name for name in ("psnr_heldout", "psnr_all", "psnr_train") if rows[name].notna().any())
    keys = rows[TUNED].fillna(-1).apply(tuple, axis=1)
    mean = rows.assign(key=keys).pivot_table(index="image", columns="key", values=measure)
    others = (mean.sum() - mean) / max(len(mean) - 1, 1) if len(mean) > 1 else mean
    best = others.idxmax(axis=1)
    kept = rows[keys.to_numpy() == rows["image"].map(best).to_numpy()]
    return kept.assign(chosen_on="other images" if len(mean) > 1 else "itself")


@dataclass(frozen=True)
class PairedValues:
    """values (images, seeds) of one measure; what no seed decides is repeated, so that pairs stay paired."""

    values: NDArray[np.float64]

    @classmethod
    def of(cls, rows: pd.DataFrame, measure: str, images: list[str], seeds: int) -> PairedValues:
        table = rows.pivot_table(index="image", columns="seed", values=measure).reindex(images).to_numpy(float)
        if table.shape[1] == 1:
            return cls(np.repeat(table, seeds, axis=1))
        gaps = np.isnan(table)
        return cls(np.where(gaps, np.nanmean(table, axis=1, keepdims=True), table))


def _nested(images: int, seeds: int, options: Resampling) -> tuple[NDArray, NDArray]:
    """Indices (resamples, images, 1) and (resamples, images, seeds): images, and seeds within each of them."""
    random = generator(options.seed, images, seeds)
    drawn = random.integers(images, size=(options.resamples, images, 1))
    return drawn, random.integers(seeds, size=(options.resamples, images, seeds))


def interval(sample: PairedValues, options: Resampling) -> dict[str, float]:
    """value, ci_low, ci_high, n: the mean over images and seeds; no interval for a single image."""
    values = sample.values
    ends = {"value": float(values.mean()), "ci_low": np.nan, "ci_high": np.nan, "n": len(values)}
    if len(values) > 1 and np.isfinite(values).all():
        image, seed = _nested(values.shape[0], values.shape[1], options)
        ends["ci_low"], ends["ci_high"] = options.ends(values[image, seed].mean(axis=(1, 2)))
    return ends


def by_k(chosen: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Mean PSNR of every way in every group: one row per group, size, way and measure; k and parameters are means."""
    summary = []
    for key, rows in chosen.groupby([*GROUP, *WAY], dropna=False):
        about = dict(zip([*GROUP, *WAY], key)) | {name: rows[name].mean() for name in ("k", "bandwidth", "parameters")}
        for measure in MEASURES:
            if rows[measure].notna().all():
                sample = PairedValues.of(rows, measure, sorted(set(rows["image"])), rows["seed"].nunique())
                summary.append(about | {"measure": measure} | interval(sample, options))
    return pd.DataFrame(summary)


def contrasts(chosen: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """PSNR of grid, lowest, strategic and Gaussian waves less that of random ones of the same number, image by image.

    One row per group, size, model, encoding, spectrum, asked_k and measure: value, ci_low, ci_high, n images.
    """
    summary = []
    keys = [*GROUP, "model", "asked_k", "pixels"]
    for key, rows in chosen.groupby(keys):
        base = rows[rows["encoding"] == BASELINE]
        for (encoding, looked), other in rows[rows["encoding"] != BASELINE].groupby(["encoding", "spectrum"]):
            about = dict(zip(keys, key)) | {"encoding": encoding, "spectrum": looked}
            images = sorted(set(base["image"]) & set(other["image"]))
            for measure in MEASURES:
                if images and base[measure].notna().all() and other[measure].notna().all():
                    summary.append(about | {"measure": measure} | _apart(other, base, measure, images, options))
    return pd.DataFrame(summary)


def steps(chosen: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """PSNR of each encoding of PUBLISHED less that of the one before, image by image: held-out, and of all pixels.

    Of networks (`mlp`), each encoding with the most waves it was asked for; groups of three images or more that have
    all of the encodings. One row per group, size, measure, and encoding but the first: value, ci_low, ci_high, n.
    """
    summary = []
    for key, rows in chosen[chosen["model"] == "mlp"].groupby(GROUP):
        for measure in ("psnr_heldout", "psnr_all"):
            own = rows.dropna(subset=measure)
            parts = {name: _most_waves(own[own["encoding"] == name]) for name in PUBLISHED}
            images = sorted(set.intersection(*(set(part["image"]) for part in parts.values())))
            if len(images) < 3:
                continue
            for before, after in pairwise(PUBLISHED):
                about = dict(zip(GROUP, key)) | {"measure": measure, "encoding": after, "before": before}
                summary.append(about | _apart(parts[after], parts[before], measure, images, options))
    return pd.DataFrame(summary)


def _most_waves(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["asked_k"].isna() | (rows["asked_k"] == rows["asked_k"].max())]


def _apart(other: pd.DataFrame, base: pd.DataFrame, measure: str, images: list[str], options: Resampling) -> dict:
    """The mean difference of two ways with its interval, seeds of an image paired."""
    seeds = max(base["seed"].nunique(), other["seed"].nunique())
    first, second = (PairedValues.of(part, measure, images, seeds).values for part in (other, base))
    return interval(PairedValues(first - second), options)


def spearman(x: NDArray, y: NDArray, counts: NDArray) -> NDArray[np.float64]:
    """(k,) rank correlation where row i is there counts[., i] times, (k, n); NaN where either is constant."""
    a, b = (centred_ranks(values, counts) for values in (x, y))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = (counts * a * b).sum(1) / np.sqrt((counts * a**2).sum(1) * (counts * b**2).sum(1))
    return np.where(np.isfinite(correlations), correlations, np.nan)


def centred_ranks(values: NDArray, counts: NDArray) -> NDArray[np.float64]:
    """(k, n) ranks in each resample less their mean, equal values in the middle of those they span."""
    order = np.argsort(values, kind="stable")
    passed = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts[:, order], axis=1)], axis=1)
    first, last = (np.searchsorted(values[order], values, side) for side in ("left", "right"))
    ranks = (passed[:, first] + passed[:, last]) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return ranks - (counts * ranks).sum(1, keepdims=True) / counts.sum(1, keepdims=True)


def bases(fits: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Mean PSNR of the largest coefficients in each complete basis: per group, size, encoding and share kept.

    difference, difference_low, difference_high: less that of the random orthogonal basis, image by image.
    """
    rows = fitted(fits)
    summary = []
    for key, part in rows[rows["model"] == "largest"].groupby([*GROUP, "share"]):
        summary += _beside_random(part, "psnr_train", dict(zip([*GROUP, "share"], key)), options)
    return pd.DataFrame(summary).reindex(columns=[*GROUP, "share", *_BESIDE_RANDOM])


def networks(chosen: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Mean PSNR of networks on each complete basis, as `bases`: per group, size, measure and encoding."""
    rows = chosen[(chosen["model"] == "mlp") & chosen["encoding"].isin(COMPLETE)]
    summary = []
    for key, part in rows.groupby(GROUP):
        for measure in MEASURES:
            own = part.dropna(subset=measure)
            about = dict(zip(GROUP, key)) | {"measure": measure}
            summary += _beside_random(own, measure, about, options) if len(own) else []
    return pd.DataFrame(summary).reindex(columns=[*GROUP, "measure", *_BESIDE_RANDOM])


def _beside_random(rows: pd.DataFrame, measure: str, about: dict, options: Resampling) -> list[dict]:
    """A row per encoding; of one measure, and with one setting of each encoding and image but for seeds."""
    images, seeds = sorted(set(rows["image"])), rows["seed"].nunique()
    samples = {name: PairedValues.of(own, measure, images, seeds) for name, own in rows.groupby("encoding")}
    summary = []
    for name, sample in samples.items():
        row = about | {"encoding": name} | interval(sample, options)
        if "orthogonal" in samples and name != "orthogonal":
            apart = interval(PairedValues(sample.values - samples["orthogonal"].values), options)
            names = {"value": "difference", "ci_low": "difference_low", "ci_high": "difference_high"}
            row |= {new: apart[old] for old, new in names.items()}
        summary.append(row)
    return summary


def scales(fits: pd.DataFrame) -> pd.DataFrame:
    """PSNR of held-out pixels at every scale σ of Gaussian waves, per image and k, beside the image's spectrum.

    Mean over seeds, the best learning rate at each scale. One row per image, asked_k and sigma: psnr_heldout, slope and
    mean frequency of the spectrum, and whether the scale is the image's best. Empty where only one scale was tried.
    """
    rows = fitted(fits)
    rows = rows[(rows["model"] == "mlp") & (rows["encoding"] == "gaussian") & rows["psnr_heldout"].notna()]
    about = ["group", "image", "height", "width", "asked_k", "spectrum_slope", "spectrum_frequency", "sigma"]
    mean = rows.groupby([*about, "learning_rate"], dropna=False)["psnr_heldout"].mean().reset_index()
    tried = mean.groupby(about, dropna=False)["psnr_heldout"].max().reset_index()
    best = tried.groupby(["image", "asked_k"])["psnr_heldout"].transform("max")
    tried["best"] = tried["psnr_heldout"] == best
    return tried if rows["sigma"].nunique() > 1 else tried.head(0)
