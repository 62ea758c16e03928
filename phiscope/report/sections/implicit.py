"""What a run found about neural image representations, in sentences that its numbers bear out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.estimate import MeasuredNumber
from phiscope.stats.implicit.decoders import decoder_answers
from phiscope.stats.implicit.waves import latent_answers
from phiscope.words.numbers import percent, signed, significant

TITLE = "What does an image take as a function of position?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ("implicit_answers", "redrawn", "latent_waves", "implicit_decoders")

Answer = tuple[str, str, list[tuple[str, MeasuredNumber]]]


def data(run: Run) -> list[Answer] | None:
    """Every question, what was found in a sentence, and the numbers behind it; None where nothing was asked."""
    frames = {name: run[name] for name in OPTIONAL if run[name] is not None}
    answers = gathered(frames, run.context["config"]["statistics"]["confidence"])
    return None if answers is None or answers.empty else answers_of(answers)


def answers_of(answers: pd.DataFrame) -> list[Answer]:
    sentences = findings(answers)
    return [
        (question, sentences.get(question, ""), [(row["quantity"], MeasuredNumber.of(row)) for row in rows])
        for question, part in answers.groupby("question", sort=False)
        for rows in [part.to_dict("records")]
    ]


def gathered(frames: Mapping[str, pd.DataFrame], confidence: float) -> pd.DataFrame | None:
    """All that is said of images as functions of position, one row per number; None where nothing was asked.

    frames: statistics by name, as far as there are: `implicit_answers`, `redrawn`, `latent_waves`, `implicit_decoders`.
    """
    said = [frames[name] for name in ("implicit_answers", "redrawn") if name in frames]
    if "latent_waves" in frames:
        said.append(latent_answers(frames["latent_waves"]))
    if "implicit_decoders" in frames:
        said.append(decoder_answers(frames["implicit_decoders"], confidence))
    return pd.concat(said, ignore_index=True) if said else None


def findings(answers: pd.DataFrame) -> dict[str, str]:
    """Question -> one sentence or two. answers: as from `gathered`."""
    sentences = {key: _SENTENCES[key](rows) for key, rows in answers.groupby("key", sort=False)}
    questions = answers.drop_duplicates("key").set_index("key")["question"]
    return {questions[key]: sentence for key, sentence in sentences.items() if sentence}


def _ends(rows: pd.DataFrame) -> str:
    best = rows.loc[rows["value"].idxmax()]
    bare = rows[rows["subject"] == "no encoding"]["value"]
    beside = f"; a network on the bare position comes to {significant(bare.iloc[0])} dB" if len(bare) else ""
    return f"On held-out pixels {best['subject']} is best, at {significant(best['value'])} dB{beside}."


def _order(rows: pd.DataFrame) -> str:
    """In how many groups of images, and how surely."""
    as_published = int((rows.groupby("where")["value"].min() > 0).sum())
    sure, against = int((rows["ci_low"] > 0).sum()), int((rows["ci_high"] < 0).sum())
    return (
        f"In {as_published} of {rows['where'].nunique()} groups of images every step from no encoding over one period "
        f"and positional to Gaussian gains on held-out pixels, as published; of the {len(rows)} steps {sure} gain and "
        f"{against} lose with intervals that exclude 0."
    )


def _power(rows: pd.DataFrame) -> str:
    ranked = rows[(rows["unit"] == "correlation") & rows["value"].notna()]
    parts = []
    for where, part in ranked.groupby("where", sort=False):
        best = part.loc[part["value"].abs().idxmax()]
        parts.append(f"on {where} it goes most closely with the {best['subject']} (ρ = {signed(best['value'])})")
    linear = rows[rows["unit"] == "dB"]["value"]
    exact = (
        f" The linear model's PSNR is Parseval's to within {significant(linear.iloc[0])} dB: there nothing counts "
        "but the energy of the waves left out."
        if len(linear)
        else ""
    )
    return f"Of the network's PSNR: {', '.join(parts)}.{exact}" if parts else exact.strip()


def _noise(rows: pd.DataFrame) -> str:
    largest = rows.assign(size=rows["value"].abs()).groupby("where", sort=False)["size"].max()
    parts = [f"on {where} by at most {significant(size)} dB" for where, size in largest.items()]
    return f"The bases differ from a random one {', '.join(parts)}."


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
    ranked = rows[rows["value"].notna()]
    if ranked.empty:
        return "Every image has the same best scale here, so that nothing can be said."
    sure = ranked[(ranked["ci_high"] < 0) | (ranked["ci_low"] > 0)]
    parts = ", ".join(f"ρ = {signed(row['value'])} ({row['subject']})" for _, row in ranked.iterrows())
    clear = "all" if len(sure) == len(ranked) else f"{len(sure)} of {len(ranked)}"
    return f"Best scale against slope of the spectrum: {parts}; {clear} with an interval that excludes 0."


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
    return " ".join(_one_family(where, part) for where, part in rows.groupby("where", sort=False))


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
    "order": _order,
    "power": _power,
    "noise": _noise,
    "choice": _choice,
    "scale": _scale,
    "back": _back,
    "latents": _latents,
    "decoders": _decoders,
}
