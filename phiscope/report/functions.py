"""Sentences about images as functions of position, each borne out by the numbers of its question."""

from __future__ import annotations

import numpy as np
import pandas as pd

from phiscope.stats.implicit.answers import PIXELS, POOLED, TOTAL
from phiscope.stats.implicit.within import BESIDE
from phiscope.words.numbers import percent, signed, significant

_ENDS = ("value", "ci_low", "ci_high")
_FEW = 3  # families of latent directions of which each has a sentence


def findings(answers: pd.DataFrame) -> dict[str, str]:
    """Question -> one sentence or two. answers: as from `gathered`."""
    sentences = {key: _SENTENCES[key](rows) for key, rows in answers.groupby("key", sort=False)}
    questions = answers.drop_duplicates("key").set_index("key")["question"]
    return {questions[key]: sentence for key, sentence in sentences.items() if sentence}


def _ends(rows: pd.DataFrame) -> str:
    return f"On held-out pixels {_best_and_bare(rows)}."


def _pixels(rows: pd.DataFrame) -> str:
    return f"Where all pixels are fitted and none is held out, {_best_and_bare(rows)}."


def _best_and_bare(rows: pd.DataFrame) -> str:
    best = rows.loc[rows["value"].idxmax()]
    bare = rows[rows["subject"] == "no encoding"]["value"]
    beside = f"; a network on the bare position comes to {significant(bare.iloc[0])} dB" if len(bare) else ""
    return f"{best['subject']} is best, at {significant(best['value'])} dB{beside}"


def _order(rows: pd.DataFrame) -> str:
    """In how many groups of images, and how surely, on held-out pixels and where all are fitted."""
    on_all = rows["where"].str.endswith(PIXELS["psnr_all"])
    parts = [
        f"{'where all pixels are fitted' if everything else 'on held-out pixels'} every step from no encoding over one "
        f"period and positional to Gaussian gains in {int((own.groupby('where')['value'].min() > 0).sum())} of "
        f"{own['where'].nunique()} groups of images, as published; of the {len(own)} steps "
        f"{int((own['ci_low'] > 0).sum())} gain and {int((own['ci_high'] < 0).sum())} lose with intervals that exclude "
        "0"
        for everything, own in ((False, rows[~on_all]), (True, rows[on_all]))
        if len(own)
    ]
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _power(rows: pd.DataFrame) -> str:
    ranked = rows[(rows["unit"] == "correlation") & rows["value"].notna()]
    parts = []
    for where, part in ranked.groupby("where", sort=False):
        overall = part[part["subject"].isin(BESIDE.values())].set_index("subject")
        if overall.empty:
            continue
        of = [name for name in (BESIDE[TOTAL], overall["value"].abs().idxmax()) if name in overall.index]
        told = " and, most closely, ".join(
            f"{_with_ends(overall.loc[name])} with the {name}" for name in dict.fromkeys(of)
        )
        parts.append(f"on {where} ρ = {told}{_in_kinds(part)}")
    said = [f"Within one encoding and one kind of image, PSNR of networks has, {'; '.join(parts)}."] if parts else []
    pooled = rows[(rows["unit"] == POOLED) & (rows["subject"] == BESIDE[TOTAL]) & rows["value"].notna()]
    if len(pooled) and parts:
        ignored = ", ".join(f"{signed(row['value'])} on {row['where']}" for _, row in pooled.iterrows())
        said.append(f"Over all encodings and kinds together it would be {ignored}, which says what was drawn.")
    apart = rows[(rows["unit"] == "dB") & ~rows["subject"].str.contains("linear") & rows["ci_low"].notna()]
    if len(apart):
        sure = int(((apart["ci_low"] > 0) | (apart["ci_high"] < 0)).sum())
        most = apart.loc[apart["value"].abs().idxmax()]
        said.append(
            "With the same spectrum and the phases of noise an image comes to another quality in "
            f"{sure} of {len(apart)} comparisons of networks, at most by {signed(most['value'], 1)} dB "
            f"({most['subject']}, {most['where']})."
        )
    linear = rows[(rows["unit"] == "dB") & (rows["subject"] == "linear model")]["value"]
    if len(linear):
        said.append(
            f"The linear model's PSNR is Parseval's to within {significant(linear.iloc[0])} dB: there nothing counts "
            "but the energy of the waves left out."
        )
    return " ".join(said)


def _with_ends(row: pd.Series, digits: int = 2, plain: bool = False) -> str:
    """`−0.40 [−0.56, −0.22]`; without an interval where there is none; plain: without the sign of what is above 0."""
    value, low, high = ((f"{row[name]:.{digits}f}" if plain else signed(row[name], digits)) for name in _ENDS)
    return value if pd.isna(row["ci_low"]) else f"{value} [{low}, {high}]"


def _in_kinds(rows: pd.DataFrame) -> str:
    """` (the sum: below 0 in 2 of 3 kinds)`: the sign of the correlation with total power in each kind of image."""
    kinds = rows[rows["subject"].str.startswith("kind ")]["value"]
    return f" (the sum: below 0 in {int((kinds < 0).sum())} of {len(kinds)} kinds)" if len(kinds) > 1 else ""


def _noise(rows: pd.DataFrame) -> str:
    """Largest coefficients by kind of image, and networks, which need not see what coefficients see."""
    by_network = rows["where"].str.contains(", network on ", regex=False)
    said = []
    for networks, words in ((False, "The largest coefficients"), (True, "Networks on all functions of a basis")):
        own = rows[by_network == networks]
        if own.empty:
            continue
        largest = own.assign(size=own["value"].abs()).groupby("where", sort=False)["size"].max()
        parts = [
            f"on {where.replace(', network', ',')} by at most {significant(size)} dB" for where, size in largest.items()
        ]
        sure = int(((own["ci_low"] > 0) | (own["ci_high"] < 0)).sum())
        said.append(
            f"{words} differ from those of a random one {', '.join(parts)}; in {sure} of {len(own)} comparisons the "
            "interval excludes 0."
        )
    return " ".join(said)


def _choice(rows: pd.DataFrame) -> str:
    parts = []
    for where, part in rows.groupby("where", sort=False):
        better, worse = int((part["ci_low"] > 0).sum()), int((part["ci_high"] < 0).sum())
        parts.append(
            f"on {where} random waves are worse in {better} of {len(part)} comparisons, better in {worse}, "
            f"and in {len(part) - better - worse} the interval holds no difference"
        )
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _scale(rows: pd.DataFrame) -> str:
    ranked = rows[rows["value"].notna() & (rows["unit"] == "correlation")]
    overall = ranked[ranked["subject"].isin(["slope", "mean frequency"])]
    if overall.empty:
        return "Every image has the same best scale here, so that nothing can be said."
    parts = ", ".join(f"ρ = {_with_ends(row)} with its {row['subject']}" for _, row in overall.iterrows())
    pooled = rows[(rows["unit"] == POOLED) & (rows["subject"] == "slope") & rows["value"].notna()]["value"]
    ignored = f"; over all kinds together {signed(pooled.iloc[0])} with its slope" if len(pooled) else ""
    return f"Within one kind of image and one k, the best scale has {parts} of the spectrum{ignored}."


def _back(rows: pd.DataFrame) -> str:
    shares = rows[rows["unit"] == "share"]
    of_each = ", ".join(f"{percent(row['value'])} ({row['subject']})" for _, row in shares.iterrows())
    sentences = [f"Of the samples that are redrawn, the classifier gives the answer of the original to {of_each}."]
    for _, row in rows[rows["unit"] == "waves"].iterrows():
        median = row["value"]
        sentences.append(
            f"With {row['subject']}, half of the samples have their answer back from k = {median:g} on."
            if np.isfinite(median)
            else f"With {row['subject']}, no k brings the answer back for half of the samples."
        )
    return " ".join(sentences)


def _latents(rows: pd.DataFrame) -> str:
    """Every family beside random directions; then, of a few or of those that differ from them, every control."""
    beside = rows[(rows["unit"] == "ratio") & (rows["subject"] == "random directions")]
    parts = [f"{_with_ends(row, 2, plain=True)} for {row['where']}" for _, row in beside.iterrows()]
    fewer, more = int((beside["ci_high"] < 1).sum()), int((beside["ci_low"] > 1).sum())
    waves = rows[rows["unit"] == "waves"].groupby("where", sort=False).first()
    least = waves["value"].idxmin()
    first = (
        f"Waves that hold a response, over those of the response to a random direction: {'; '.join(parts)}. Of "
        f"{len(beside)} families {fewer} take fewer and {more} take more, with intervals that exclude equality; the "
        f"fewest, {significant(waves.loc[least, 'value'])}, the {least}."
    )
    differing = beside[(beside["ci_high"] < 1) | (beside["ci_low"] > 1)]["where"]
    told = set(differing if len(beside) > _FEW else waves.index)
    details = [_one_family(where, part) for where, part in rows.groupby("where", sort=False) if where in told]
    return " ".join([first, *details])


def _one_family(where: str, rows: pd.DataFrame) -> str:
    """An effective number beside those of the controls, and from which of them it differs for sure."""
    waves = rows[rows["unit"] == "waves"].set_index("subject")["value"]
    own, controls = waves.index[0], waves.iloc[1:]
    beside = ", ".join(f"{significant(value)} of {kind}" for kind, value in controls.items())
    ratios = rows[rows["unit"] == "ratio"]
    nearer = ratios[ratios["ci_high"] < 1]["subject"].tolist()
    further = ratios[ratios["ci_low"] > 1]["subject"].tolist()
    verdict = "nearer to one wave than every control" if len(nearer) == len(ratios) else "not nearer than all of them"
    parts = [
        f"{words} {' and '.join(kinds)}" for words, kinds in (("fewer than", nearer), ("more than", further)) if kinds
    ]
    sure = f" (with intervals that exclude equality, {'; '.join(parts)})" if parts else ""
    pixels = rows[rows["unit"] == "pixels"].set_index("subject")["value"]
    space = f"; in pixels it comes to {significant(pixels[own])}" if own in pixels else ""
    return (
        f"The response to one of the {where} is spread over {significant(waves[own])} waves, beside {beside}: "
        f"{verdict}{sure}{space}."
    )


def _rates(rows: pd.DataFrame) -> str:
    """By group of images and rate: the best of the coefficients beside JPEG; and the sparsest basis beside the DCT."""
    sentences = []
    for where, part in rows[rows["unit"].str.startswith("dB less")].groupby("where", sort=False):
        best = part.loc[part["value"].idxmax()]
        other = best["unit"].removeprefix("dB less ")
        sentences.append(f"{where}, the best, {best['subject']}, has {_with_ends(best, 1)} dB beside {other}")
    return f"{'; '.join(sentences)}." if sentences else ""


def _decoders(rows: pd.DataFrame) -> str:
    sentences: list[str] = []
    for other, words in (("none", "one on the bare position"), ("dense", "a dense one of about as many parameters")):
        parts = [part for part in (_against(rows, measure, other) for measure in ("sharpness", "psnr")) if part]
        sentences += [f"Of the decoders with an encoding, beside {words}: {'; '.join(parts)}."] if parts else []
    return " ".join(sentences)


def _against(rows: pd.DataFrame, measure: str, other: str) -> str:
    """How many encodings are better and worse than another decoder, seed by seed, and by how much at most."""
    rows = rows[(rows["where"] == measure) & (rows["unit"] == f"difference from {other}")]
    if rows.empty:
        return ""
    better, worse = int((rows["ci_low"] > 0).sum()), int((rows["ci_high"] < 0).sum())
    name, unit = {"sharpness": ("sharper", ""), "psnr": ("higher in PSNR", " dB")}[measure]
    most = rows.loc[rows["value"].idxmax()]
    return (
        f"{better} of {len(rows)} are {name} and {worse} the opposite, with intervals that exclude equality, "
        f"at most by {signed(most['value'])}{unit} ({most['subject']})"
    )


_SENTENCES = {
    "ends": _ends,
    "pixels": _pixels,
    "order": _order,
    "power": _power,
    "noise": _noise,
    "choice": _choice,
    "scale": _scale,
    "rates": _rates,
    "back": _back,
    "latents": _latents,
    "decoders": _decoders,
}
