"""Are latent representations Fourier-like? Directions of latent space beside controls, with intervals over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.errors import DataError
from phiscope.stats.implicit.answers import COLUMNS
from phiscope.stats.intervals import Resampling

KEY, QUESTION = "latents", "Are latent representations Fourier-like?"
POPULATION = "directions like these, and for random weights networks too; the trained network and its latents fixed"
NETWORKS = {"generator": "generator", "encoder": "encoder", "autoencoder": "denoising autoencoder"}
FAMILIES = {
    "singular": "singular vectors",
    "strongest": "strongest singular vectors",
    "rows": "rows of the Jacobian",
}
KINDS = {
    "latent": "{family}",
    "random": "random directions",
    "untrained": "{family} of networks with random weights",
    "difference": "differences of two decoded images",
}
BASES = {"waves": "waves", "fourier": "Fourier basis", "dct": "DCT", "pixels": "pixels", "orthogonal": "random basis"}
_SUBJECT = ["network", "family"]
_PARTS = [*_SUBJECT, "basis", "measure"]


def latent_waves(directions: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """directions: rows of `phiscope.experiments.latent.directions.rows_of`, of one network or several.

    One row per network, family of directions, basis, measure (`effective` number of functions, and share_<k> of the
    energy in the k largest) and kind: value, ci_low, ci_high, the mean over directions (of random weights: networks,
    and directions within); ratio, ratio_low, ratio_high: the mean of the latent directions over that of this kind;
    n directions that respond at all; networks; interval.
    Raises DataError where no direction of a family responds.
    """
    options = replace(options, population=POPULATION)
    measures = ["effective", *(column for column in directions if column.startswith("share_"))]
    long = directions.melt([*_SUBJECT, "kind", "training", "basis"], measures, "measure").dropna(subset="value")
    how = options.describe(f"percentile bootstrap over directions ({options.resamples} resamples)")
    summary = [
        row | {"interval": how} for key, rows in long.groupby(_PARTS, sort=False) for row in _of(key, rows, options)
    ]
    return pd.DataFrame(summary)


def _of(key: tuple, rows: pd.DataFrame, options: Resampling) -> Iterator[dict]:
    drawn = {
        kind: (part["value"].mean(), _resampled(part, options, stream), len(part), part["training"].nunique())
        for stream, (kind, part) in enumerate(rows.groupby("kind", sort=False))
    }
    if "latent" not in drawn:
        raise DataError(f"latent waves: no direction of {' '.join(key[:2])} moves a pixel; expected one that does")
    own, own_draws, *_ = drawn["latent"]
    for kind, (value, draws, n, networks) in drawn.items():
        low, high = options.ends(draws)
        ratio_low, ratio_high = options.ends(own_draws / draws) if kind != "latent" else (np.nan, np.nan)
        about = dict(zip(_PARTS, key)) | {"kind": kind, "value": value, "ci_low": low, "ci_high": high}
        ratio = own / value if kind != "latent" else np.nan
        yield about | {"ratio": ratio, "ratio_low": ratio_low, "ratio_high": ratio_high, "n": n, "networks": networks}


def _resampled(rows: pd.DataFrame, options: Resampling, stream: int) -> NDArray[np.float64]:
    """(resamples,) means over directions drawn again, within networks drawn again."""
    random = generator(options.seed, 17, stream)
    groups = [part.to_numpy() for _, part in rows.groupby("training")["value"]]
    means = np.stack([values[random.integers(len(values), size=(options.resamples, len(values)))].mean(1)
                      for values in groups])  # fmt: skip
    networks = random.integers(len(groups), size=(len(groups), options.resamples))
    return np.take_along_axis(means, networks, axis=0).mean(axis=0)


def latent_answers(waves: pd.DataFrame) -> pd.DataFrame:
    """Of `latent_waves`, what the page tells, in the columns of `implicit_answers`: effective numbers and ratios."""
    rows = waves[waves["measure"] == "effective"].to_dict("records")
    effective = [row for row in rows if row["basis"] in ("waves", "pixels")]
    return pd.DataFrame([answer for row in effective for answer in _answers(row)], columns=list(COLUMNS))


def _answers(row: dict) -> Iterator[dict]:
    family = family_in_words(row["family"])
    kind, basis, where = KINDS[row["kind"]].format(family=family), BASES[row["basis"]], in_words(row)
    about = {"key": KEY, "question": QUESTION, "subject": kind, "where": where, "n": row["n"]}
    about["interval"] = row["interval"]
    ends = {name: row[name] for name in ("value", "ci_low", "ci_high")}
    yield about | ends | {"quantity": f"effective number of {basis}, {where}: {kind}", "unit": basis}
    if row["kind"] != "latent" and row["basis"] == "waves":
        ends = {"value": row["ratio"], "ci_low": row["ratio_low"], "ci_high": row["ratio_high"]}
        yield about | ends | {"quantity": f"the same of the {family}, over that of {kind}", "unit": "ratio"}


def in_words(row: dict) -> str:
    """`axes of the generator`."""
    return f"{family_in_words(row['family'])} of the {NETWORKS.get(row['network'], row['network'])}"


def family_in_words(family: str) -> str:
    """A family of directions as sentences and figures call it; most are named so already."""
    return FAMILIES.get(family, family)
