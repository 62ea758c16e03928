"""What few coefficients reach, and what they cost in bits beside JPEG: means over images at chosen shares and rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.stats.implicit import fits
from phiscope.stats.implicit.answers import COLUMNS
from phiscope.stats.intervals import Resampling
from phiscope.words.encodings import phrase_of

KEY, QUESTION = "rates", "How few coefficients does an image take, and is that short beside JPEG?"
POPULATION = "images like those of the group"
SHARE, RATE, SCAN = "share", "rate", "scan"
AT = {SHARE: (0.003, 0.01, 0.03, 0.1, 0.3), RATE: (0.25, 0.5, 1.0, 2.0, 3.0), SCAN: (0.25, 0.5, 1.0, 2.0, 3.0)}
TOLD = {SHARE: (0.1,), RATE: (0.5, 1.0), SCAN: (1.0,)}
BESIDE = {SHARE: "dct", RATE: "jpeg", SCAN: "jpeg"}  # what the others are compared with
SET = ["group", "height", "width"]
WORDS = {
    SHARE: "with {at:g} % as many coefficients as pixels",
    RATE: "at {at:g} {bits} a pixel",
    SCAN: "at {at:g} {bits} a pixel, JPEG without its header",
}


def rate_summary(rows: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """rows: of `phiscope.experiments.implicit.rates.rate_rows`.

    One row per group, size, basis, measure (`share` of coefficients over pixels, before rounding; `rate` in bits a
    pixel, of JPEG's file; `scan`, the same without JPEG's header and tables) and value `at` of it: value, ci_low,
    ci_high, the mean PSNR over n images, between whose settings it is interpolated; difference, difference_low,
    difference_high: less that of the DCT (share) or of JPEG, image by image. Images whose settings do not reach as far
    are left out, where half of them or more do; others have no row.
    """
    rows = rows[(rows["status"] == "solved") & np.isfinite(rows["psnr"])]
    pixels = rows["height"] * rows["width"]
    measured = {
        SHARE: (rows["coefficients"] / pixels, rows["psnr"]),
        RATE: (rows["bits"] / pixels, rows["psnr_rounded"]),
        SCAN: (rows["scan_bits"] / pixels, rows["psnr_rounded"]),
    }
    summary = []
    for measure, (spent, reached) in measured.items():
        long = rows[[*SET, "basis", "image"]].assign(spent=spent, reached=reached).dropna()
        for key, own in long.groupby(SET, sort=False):
            curves = {basis: _curves(part, AT[measure]) for basis, part in own.groupby("basis", sort=False)}
            for basis, table in curves.items():
                about = dict(zip(SET, key)) | {"basis": basis, "measure": measure}
                summary += [about | row for row in _means(table, curves.get(BESIDE[measure]), options)]
    columns = [*SET, "basis", "measure", "at", "value", "ci_low", "ci_high", "n"]
    return pd.DataFrame(summary, columns=[*columns, "difference", "difference_low", "difference_high", "compared"])


def _curves(rows: pd.DataFrame, at: tuple[float, ...]) -> pd.DataFrame:
    """(images, at): PSNR between an image's settings, straight over the logarithm; NaN beyond them."""
    values = {}
    for image, part in rows.groupby("image"):
        part = part.sort_values("spent").drop_duplicates("spent")
        between = np.interp(np.log(at), np.log(part["spent"]), part["reached"], left=np.nan, right=np.nan)
        values[image] = between
    return pd.DataFrame.from_dict(values, orient="index", columns=list(at))


def _means(table: pd.DataFrame, other: pd.DataFrame | None, options: Resampling) -> Iterator[dict]:
    for at in table:
        there = table[at].dropna()
        if len(there) < max(1, len(table) / 2):
            continue
        row = {"at": at} | _mean(there.to_numpy(float), options)
        if other is not None and other is not table:
            apart = (table[at] - other[at]).dropna()
            if len(apart) >= max(1, len(table) / 2):
                mean = _mean(apart.to_numpy(float), options)
                names = {
                    "value": "difference",
                    "ci_low": "difference_low",
                    "ci_high": "difference_high",
                    "n": "compared",
                }
                row |= {new: mean[old] for old, new in names.items()}
        yield row


def _mean(values: NDArray, options: Resampling) -> dict[str, float]:
    return fits.interval(fits.PairedValues(values[:, None]), options)


def rate_answers(summary: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Of `rate_summary`, what the page tells, in the columns of `implicit_answers`."""
    options = replace(options, population=POPULATION)
    how = options.describe(f"percentile bootstrap over images ({options.resamples} resamples)")
    told = [
        answer for row in summary.to_dict("records") if row["at"] in TOLD[row["measure"]] for answer in _answers(row)
    ]
    return pd.DataFrame(
        [{"key": KEY, "question": QUESTION, "interval": how} | row for row in told], columns=list(COLUMNS)
    )


def _answers(row: dict) -> Iterator[dict]:
    measure, at = row["measure"], row["at"]
    subject = phrase_of(row["basis"])
    spent = WORDS[measure].format(at=100 * at if measure == SHARE else at, bits="bit" if at == 1 else "bits")
    where = f"{row['group']}, {row['height']} x {row['width']}"
    about = {"subject": subject, "where": f"{where}: {spent}", "n": int(row["n"])}
    ends = {name: row[name] for name in ("value", "ci_low", "ci_high")}
    yield about | ends | {"quantity": f"PSNR {spent}, {where}: {subject}", "unit": "dB"}
    if np.isfinite(row.get("difference", np.nan)):
        names = {"difference": "value", "difference_low": "ci_low", "difference_high": "ci_high"}
        ends = {new: row[old] for old, new in names.items()} | {"n": int(row["compared"])}
        other = phrase_of(BESIDE[measure])
        yield about | ends | {"quantity": f"PSNR {spent}, {where}: {subject} less {other}", "unit": f"dB less {other}"}
