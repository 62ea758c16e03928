"""Does a decoder gain sharpness from a Fourier encoding inside it? Means over trainings, differences seed by seed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from phiscope.stats.implicit.answers import COLUMNS
from phiscope.words.encodings import phrase_of

KEY, QUESTION = "decoders", "Does a decoder gain sharpness from a Fourier encoding inside it?"
NONE, DENSE = "none", "dense"
MEASURES = {
    "psnr": ("PSNR", "dB"),
    "sharpness": ("sharpness of edges", "ratio"),
    "energy_kept": ("energy kept beyond low frequencies", "share"),
    "energy_right": ("energy beyond low frequencies that is right", "share"),
}
_WAY = ["encoding", "k", "sigma"]


def decoder_summary(decoders: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """decoders: rows of `phiscope.experiments.implicit.decoders.run_all`, of several seeds.

    One row per decoder and measure: encoding, k, sigma, parameters, measure, value, ci_low, ci_high, the mean over
    n seeds with Student's interval; and less_none, less_dense, each with _low and _high: the mean difference from the
    decoder without an encoding and from the dense one, seed by seed. No interval from one seed; no difference where
    the other was not trained.
    """
    summary = []
    for measure, rows in decoders.groupby("measure", sort=False):
        seeds = {encoding: part.set_index("seed")["value"] for encoding, part in rows.groupby("encoding")}
        for way, part in rows.groupby(_WAY, dropna=False, sort=False):
            about = dict(zip(_WAY, way)) | {"parameters": part["parameters"].iloc[0], "measure": measure}
            values = part.set_index("seed")["value"]
            summary.append(about | _mean("value", "ci", values, confidence) | {"n": len(values)})
            for other in (NONE, DENSE):
                apart = values - seeds[other] if other in seeds and way[0] != other else np.nan * values
                summary[-1] |= _mean(f"less_{other}", f"less_{other}", apart, confidence)
    return pd.DataFrame(summary)


def _mean(name: str, ends: str, values: pd.Series, confidence: float) -> dict[str, float]:
    return dict(zip((name, f"{ends}_low", f"{ends}_high"), _student(values.to_numpy(float), confidence)))


def _student(values: NDArray, confidence: float) -> tuple[float, float, float]:
    mean, n = float(values.mean()), len(values)
    if n < 2:
        return mean, np.nan, np.nan
    half = float(-scipy.special.stdtrit(n - 1, (1 - confidence) / 2) * values.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def decoder_answers(summary: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Of `decoder_summary`, what the page tells, in the columns of `implicit_answers`."""
    answers = [answer for row in summary.to_dict("records") for answer in _answers(row)]
    how = f"{100 * confidence:g} % Student over seeds; trainings like these, images fixed"
    return pd.DataFrame([{"key": KEY, "question": QUESTION, "interval": how} | row for row in answers], columns=COLUMNS)


def _answers(row: dict) -> Iterator[dict]:
    words, unit = MEASURES[row["measure"]]
    subject = in_words(row["encoding"], row["k"], row["sigma"])
    about = {"subject": subject, "where": row["measure"], "unit": unit, "n": row["n"]}
    ends = {"value": row["value"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}
    yield about | ends | {"quantity": f"{words}: {subject}"}
    for other, name in ((NONE, "the bare position"), (DENSE, "the dense decoder")):
        if row["encoding"] not in (NONE, DENSE) and np.isfinite(row[f"less_{other}"]):
            values = (row[f"less_{other}{end}"] for end in ("", "_low", "_high"))
            ends = dict(zip(("value", "ci_low", "ci_high"), values)) | {"unit": f"difference from {other}"}
            yield about | ends | {"quantity": f"{words}: {subject} less {name}"}


def in_words(encoding: str, k: float, sigma: float) -> str:
    """`Gaussian, k = 16, σ = 2`."""
    if encoding == DENSE:
        return "dense decoder"
    parts = [phrase_of(encoding)]
    parts += [f"{name} = {value:g}" for name, value in (("k", k), ("σ", sigma)) if pd.notna(value)]
    return ", ".join(parts)
