"""Rank correlations within encoding and kind of image, over all of them and over several runs together.

Encodings and kinds of images differ in both quantities at once, so that a correlation over all of them together says
which were drawn, and changes its sign with the run. Here ranks are taken within a stratum, the images of one kind drawn
in one way, and only what is left of both is compared: Spearman's partial rank correlation given the stratum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.stats.implicit import fits
from phiscope.stats.intervals import Resampling

SET = ["run", "group", "height", "width", "kind", "picture"]
LEAST = 3  # images of a stratum: fewer have no ranks worth the name
BESIDE = {**fits.POWERS, "spectrum_frequency": "mean frequency"}
ALL_PARTS, OF_KIND, OF_ENCODING = "all", "kind", "encoding"
SCRAMBLED = "scrambled"  # the group of images with the spectra of others and the phases of noise


def powers(chosen: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """PSNR of networks against the power of the spectrum, within encoding and kind of image.

    chosen: as from `fits.tuned`, with a column `run` where there are several. Encodings with a bandwidth. One row per
    measure, power and part: all strata, those of one kind, those of one encoding (`part`, `name`): value, ci_low,
    ci_high, n images, strata; pooled: the correlation that ignores encoding and kind.
    """
    rows = named(chosen[(chosen["model"] == "mlp") & chosen["bandwidth"].notna()])
    way = fits.WAY[1:]
    rows = rows.groupby([*SET, *way], dropna=False)[[*fits.MEASURES, *BESIDE]].mean().reset_index()
    summary = []
    for measure in fits.MEASURES:
        for power in BESIDE:
            about = {"measure": measure, "power": power}
            columns = list(dict.fromkeys([*SET, *way, measure, power]))
            parts = _by_part(rows[columns].dropna(subset=[measure, power]))
            summary += [about | part | correlation(own, measure, power, way, options) for part, own in parts]
    return pd.DataFrame(summary)


def scales(tried: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """The best scale of Gaussian waves against slope and mean frequency of the spectrum, within kind and k.

    tried: as from `fits.scales`, with a column `run` where there are several. Rows as of `powers`, with `power` the
    quantity of the spectrum, and no part by encoding.
    """
    best = named(tried[tried["best"]])
    best = best.groupby([*SET, "asked_k"])[["sigma", "spectrum_slope", "spectrum_frequency"]].mean()
    best = best.reset_index()
    summary = []
    for power in ("spectrum_slope", "spectrum_frequency"):
        for part, own in _by_part(best.dropna(subset=power), encodings=False):
            estimate = correlation(own, "sigma", power, ["asked_k"], options)
            summary.append({"measure": "sigma", "power": power} | part | estimate)
    return pd.DataFrame(summary)


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """With `run`, empty where there is one only, and with `kind` and `picture`, the same for one picture in any size.

    Kinds are groups of images; `natural-64` and `natural-128` are both `natural`, so that pictures that several runs
    share are drawn together when they are resampled.
    """
    rows = rows if "run" in rows else rows.assign(run="")
    return rows.assign(
        kind=rows["group"].map(kind_of), picture=rows["image"].astype(str).str.replace(r"^[^/]*/", "", regex=True)
    )


def kind_of(group: str) -> str:
    """A group of images without a size at its end: `natural-64` is `natural`."""
    return re.sub(r"-\d+$", "", group)


def _by_part(rows: pd.DataFrame, encodings: bool = True) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    if rows.empty:
        return
    yield {"part": ALL_PARTS, "name": ""}, rows
    for kind, own in rows.groupby("kind", sort=False):
        yield {"part": OF_KIND, "name": str(kind)}, own
    for encoding, own in rows.groupby("encoding", sort=False) if encodings else ():
        yield {"part": OF_ENCODING, "name": str(encoding)}, own


def correlation(
    rows: pd.DataFrame, first: str, second: str, way: Sequence[str], options: Resampling
) -> dict[str, float]:
    """Partial rank correlation of two columns given the stratum: the kind of image and the way it was drawn.

    ρ = Σ_s Σ_i a b / √(Σ_s Σ_i a² Σ_s Σ_i b²), a and b the ranks within stratum s over the number of its images, less
    their mean. Pictures are resampled within their kind, each with all runs, sizes and ways it was drawn in. value,
    ci_low, ci_high, n pictures, strata, pooled; NaN where no stratum of LEAST images differs in both columns.
    """
    pooled = float(fits.spearman(rows[first].to_numpy(float), rows[second].to_numpy(float), np.ones((1, len(rows))))[0])
    strata: list[tuple[int, NDArray, NDArray, NDArray]] = []
    sizes: list[int] = []
    for _, own in rows.groupby("kind"):
        names, pictures = np.unique(own["picture"].to_numpy(str), return_inverse=True)
        parts = own.assign(place=pictures).groupby([*SET[:-2], *way], dropna=False)
        large = [part for _, part in parts if len(part) >= LEAST]
        for part in large:
            x, y = (part[name].to_numpy(float) for name in (first, second))
            strata.append((len(sizes), part["place"].to_numpy(), x, y))
        sizes += [len(names)] if large else []
    empty = {"value": np.nan, "ci_low": np.nan, "ci_high": np.nan, "n": sum(sizes), "strata": len(strata)}
    if not strata:
        return empty | {"pooled": pooled}

    def statistic(*counts: NDArray) -> NDArray[np.float64]:
        return _over_strata([(counts[kind][:, images], x, y) for kind, images, x, y in strata])

    value = float(statistic(*(np.ones((1, size)) for size in sizes))[0])
    draws = options.draws(statistic, *sizes)
    draws = draws[np.isfinite(draws)]
    low, high = options.ends(draws) if len(draws) and np.isfinite(value) else (np.nan, np.nan)
    return empty | {"value": value, "ci_low": float(low), "ci_high": float(high), "pooled": pooled}


def _over_strata(strata: Sequence[tuple[NDArray, NDArray, NDArray]]) -> NDArray[np.float64]:
    """(k,): of counts (k, n) of images, x and y (n,) of every stratum, the correlation over all; NaN for none."""
    both, of_x, of_y = (np.zeros(len(strata[0][0])) for _ in range(3))
    for counts, x, y in strata:
        total = counts.sum(1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):  # a resample can miss a stratum
            a, b = (np.nan_to_num(fits.centred_ranks(values, counts) / total) for values in (x, y))
        both += (counts * a * b).sum(1)
        of_x += (counts * a**2).sum(1)
        of_y += (counts * b**2).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = both / np.sqrt(of_x * of_y)
    return np.where(of_x * of_y > 1e-24, correlations, np.nan)


def same_spectrum(chosen: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Images with the spectrum of others and the phases of noise, less those others: is the spectrum all that counts?

    chosen: as from `fits.tuned`; images of the group `scrambled` beside those of the same name and size. Compared is
    the ratio of an image's variance to the mean squared error, in dB, which a change of contrast leaves alone as far as
    the fit is in proportion. One row per model, encoding and measure: value, ci_low, ci_high, n images.
    """
    rows = named(chosen)
    with np.errstate(divide="ignore"):
        level = 10 * np.log10(rows["spectrum_energy"] / (rows["height"] * rows["width"]))
    summary = []
    for measure in fits.MEASURES:
        own = rows.assign(ratio=(rows[measure] + level).where(np.isfinite(level))).dropna(subset="ratio")
        keys = ["run", "height", "width", *fits.WAY, "picture"]
        scrambled, other = (
            part.groupby(keys, dropna=False)["ratio"].mean()
            for part in (own[own["group"] == SCRAMBLED], own[own["group"] != SCRAMBLED])
        )
        apart = (scrambled - other).dropna().reset_index()
        for way, part in apart.groupby(["model", "encoding", "spectrum", "asked_k"], dropna=False, sort=False):
            about = dict(zip(("model", "encoding", "spectrum", "asked_k"), way)) | {"measure": measure}
            values = part.groupby("picture")["ratio"].mean().to_numpy()[:, None]
            summary.append(about | fits.interval(fits.PairedValues(values), options))
    return pd.DataFrame(summary)
