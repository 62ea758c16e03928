"""What a run says to the open questions of the note on neural representations: a few numbers each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from phiscope.stats.implicit import fits as over_fits
from phiscope.stats.implicit import within
from phiscope.stats.intervals import Resampling
from phiscope.words.encodings import phrase_of

POPULATION = "images like those of the group, and seeds; training pixels fixed"
COLUMNS = ("key", "question", "quantity", "subject", "where", "unit", "value", "ci_low", "ci_high", "n", "interval")
QUESTIONS = {
    "ends": "Where do the encodings stand between the two ends?",
    "pixels": "Is it otherwise when every pixel is fitted?",
    "order": "Is the order of the published encodings found?",
    "power": "Is PSNR a function of the total power of the spectrum?",
    "noise": "Is noise the same for every complete basis?",
    "choice": "Is a random choice of waves better than a grid or a strategic one?",
    "scale": "How does the best scale of Gaussian waves move with the spectrum?",
}
_AFTER = {"least_squares": ", linear", "projection": ", linear on all pixels"}
PIXELS = {"psnr_train": "fitted pixels", "psnr_heldout": "held-out pixels", "psnr_all": "all pixels, all fitted"}
NOISES = {"white_noise": "uniform noise", "gaussian_noise": "normal noise", "binary_noise": "binary noise"}
TOTAL = "spectrum_l1"  # ASSUME: total power of the note is the sum of magnitudes
POOLED = "pooled correlation"  # unit of what shows why correlations are asked for within encoding and kind


def implicit_frames(fits: pd.DataFrame, main: str, options: Resampling) -> dict[str, pd.DataFrame]:
    """What the table `implicit` says, frame by frame, each under its name; main: as for `answers`."""
    chosen = over_fits.tuned(fits)
    return {
        "implicit_tuned": chosen,
        "implicit_by_k": over_fits.by_k(chosen, options),
        "implicit_contrasts": over_fits.contrasts(chosen, options),
        "implicit_powers": within.powers(chosen, options),
        "implicit_phases": within.same_spectrum(chosen, options),
        "implicit_bases": over_fits.bases(fits, options),
        "implicit_networks": over_fits.networks(chosen, options),
        "implicit_scales": over_fits.scales(fits),
        "implicit_scale_ranks": within.scales(over_fits.scales(fits), options),
        "implicit_answers": answers(fits, main, options),
    }


def answers(fits: pd.DataFrame, main: str, options: Resampling) -> pd.DataFrame:
    """fits: the table `implicit`; main: the group of images that is spoken of where groups differ.

    One row per number: key of the question, question, quantity, what and where it is about (subject, where), unit
    (`dB`, `correlation`, or POOLED), value, ci_low, ci_high, n images, interval.
    Questions that the fits do not touch have no rows.
    """
    options = replace(options, population=POPULATION)
    chosen = over_fits.tuned(fits)
    answered = {
        "ends": _ends(chosen[chosen["group"] == main], "psnr_heldout", options),
        "pixels": _ends(chosen[chosen["group"] == main], "psnr_all", options),
        "order": _order(chosen, options),
        "power": _power(chosen, options),
        "noise": _noise(fits, main, options),
        "choice": _choice(chosen, main, options),
        "scale": _scale(fits, options),
    }
    how = options.describe(f"percentile bootstrap over images and seeds within them ({options.resamples} resamples)")
    rows = [
        {"key": key, "question": QUESTIONS[key], "interval": how} | row
        for key, answer in answered.items()
        for row in answer
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _ends(chosen: pd.DataFrame, measure: str, options: Resampling) -> Iterator[dict]:
    """Nothing before the network; the best k of every encoding; the linear model on a complete basis."""
    means = over_fits.by_k(chosen, options)
    if means.empty:
        return
    means = means[means["measure"] == measure]
    for (model, encoding, looked), rows in means.groupby(["model", "encoding", "spectrum"]):
        best = rows.loc[rows["value"].idxmax()]
        with_k = f" with k = {best['k']:.0f}" if best["k"] > 0 else ""
        subject = f"{in_words(model, encoding, looked)}{with_k}"
        yield _answer(f"PSNR on {PIXELS[measure]}, {subject}", "dB", best, subject)


def _order(chosen: pd.DataFrame, options: Resampling) -> Iterator[dict]:
    """Every step from no encoding to Gaussian waves, in every group of images."""
    for _, row in over_fits.steps(chosen, options).iterrows():
        subject, before = (in_words("", row[name]) for name in ("encoding", "before"))
        where = f"{row['group']}, {row['height']} x {row['width']}"
        words = PIXELS[row["measure"]]
        yield _answer(f"PSNR on {words}, {where}: {subject} less {before}", "dB", row, subject, f"{where}, {words}")


def _power(chosen: pd.DataFrame, options: Resampling) -> Iterator[dict]:
    yield from power_answers(within.powers(chosen, options))
    for _, row in within.same_spectrum(chosen, options).iterrows():
        subject, where = in_words(row["model"], row["encoding"], row["spectrum"]), PIXELS[row["measure"]]
        words = f"signal over error on {where}, {subject}: the same spectrum with phases of noise, less the image"
        yield _answer(words, "dB", row, subject, where)
    linear = chosen[(chosen["model"] == "projection") & (chosen["psnr_parseval"] < 100)]
    if len(linear):
        apart = (linear["psnr_train"] - linear["psnr_parseval"]).abs().max()
        words = "largest difference of the linear model's PSNR from Parseval's, over all its fits"
        yield _answer(words, "dB", {"value": apart, "n": linear["image"].nunique()}, "linear model")


def power_answers(powers: pd.DataFrame) -> Iterator[dict]:
    """Of `within.powers`: every power over all strata, and total power in each kind and each encoding."""
    for _, row in powers.iterrows():
        subject, where = within.BESIDE[row["power"]], PIXELS[row["measure"]]
        words = f"rank correlation of PSNR ({where}) with {subject}, MLP, within encoding and kind"
        if row["part"] == within.ALL_PARTS:
            yield _answer(words, "correlation", row, subject, where)
            pooled = {"value": row["pooled"], "n": row["n"]}
            yield _answer(f"{words}: if both are ignored", POOLED, pooled, subject, where)
        elif row["power"] == TOTAL and row["strata"] > 0:
            name = in_words("", row["name"]) if row["part"] == within.OF_ENCODING else row["name"]
            yield _answer(f"{words}: {name}", "correlation", row, f"{row['part']} {name}", where)


def _noise(fits: pd.DataFrame, main: str, options: Resampling) -> Iterator[dict]:
    """Every basis less the random orthogonal one: the share of coefficients closest to a tenth, and networks."""
    drawn = {words: fits[fits["image"].str.contains(f"/{name}-", regex=False)] for name, words in NOISES.items()}
    others = fits[~fits["image"].str.contains("_noise-", regex=False)]
    of_main = others["group"].map(within.kind_of) == within.kind_of(main)
    for kind, rows in {**drawn, within.kind_of(main): others[of_main]}.items():
        shares = over_fits.bases(rows, options).dropna(subset="difference")
        nearest = min(set(shares["share"]), key=lambda share: abs(share - 0.1)) if len(shares) else np.nan
        for _, row in shares[shares["share"] == nearest].iterrows():
            yield _beside_random(f"the {100 * nearest:.3g} % largest coefficients", kind, row)
        for _, row in over_fits.networks(over_fits.tuned(rows), options).dropna(subset="difference").iterrows():
            yield _beside_random("a network", f"{kind}, network on {PIXELS[row['measure']]}", row)


def _beside_random(what: str, where: str, row: Mapping) -> dict:
    other = in_words("", row["encoding"])
    ends = {"value": row["difference"], "ci_low": row["difference_low"], "ci_high": row["difference_high"]}
    return _answer(f"PSNR of {what}, {other} less random basis, {where}", "dB", ends | {"n": row["n"]}, other, where)


def _choice(chosen: pd.DataFrame, main: str, options: Resampling) -> Iterator[dict]:
    contrasts = over_fits.contrasts(chosen[(chosen["group"] == main) & (chosen["model"] == "mlp")], options)
    for _, row in contrasts.iterrows() if len(contrasts) else ():
        other, where = in_words("", row["encoding"], row["spectrum"]), PIXELS[row["measure"]]
        words = f"PSNR on {where}, {other} less random, k = {row['asked_k']:.0f}"
        yield _answer(words, "dB", row, other, where)


def _scale(fits: pd.DataFrame, options: Resampling) -> Iterator[dict]:
    yield from scale_answers(within.scales(over_fits.scales(fits), options))


def scale_answers(ranks: pd.DataFrame) -> Iterator[dict]:
    """Of `within.scales`: over all strata, and the slope in each kind."""
    for _, row in ranks.iterrows():
        subject = {"spectrum_slope": "slope", "spectrum_frequency": "mean frequency"}[row["power"]]
        words = f"rank correlation of the best scale with the spectrum's {subject}, within kind and k"
        if row["part"] == within.ALL_PARTS:
            yield _answer(words, "correlation", row, subject)
            yield _answer(f"{words}: if both are ignored", POOLED, {"value": row["pooled"], "n": row["n"]}, subject)
        elif row["strata"] > 0 and row["power"] == "spectrum_slope":
            yield _answer(f"{words}: {row['name']}", "correlation", row, f"kind {row['name']}")


def _answer(words: str, unit: str, row: Mapping, subject: str = "", where: str = "") -> dict:
    """A row of the frame; no interval where there is none."""
    ends = {name: row.get(name, np.nan) for name in ("ci_low", "ci_high")}
    about = {"quantity": words, "subject": subject, "where": where, "unit": unit}
    return about | {"value": row["value"], "n": int(row["n"])} | ends


def in_words(model: str, encoding: str, spectrum: str = "") -> str:
    """An encoding and what comes after it, in words."""
    looked = {"own": " (own spectrum)", "mean": " (mean spectrum)"}.get(spectrum, "")
    return phrase_of(encoding) + looked + _AFTER.get(model, "")
