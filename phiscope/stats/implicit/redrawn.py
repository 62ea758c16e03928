"""What redrawing a sample as a function of position does to where it stands: from how many waves on it is back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from phiscope.errors import DataError
from phiscope.stats.implicit.answers import COLUMNS
from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of
from phiscope.words.encodings import phrase_of

KEY, QUESTION = "back", "From how many waves on do the classifier's answer and the sample's place come back?"


@dataclass(frozen=True)
class Redrawn:
    """How a view draws its samples again: its encoding, k (0 for none), and the view they are taken from."""

    encoding: str
    k: int
    of: str

    @property
    def in_words(self) -> str:
        return phrase_of(self.encoding) + (f", k = {self.k}" if self.k else "")


def redrawn(standing: pd.DataFrame, views: Mapping[str, Redrawn], options: Resampling) -> pd.DataFrame:
    """Every redrawn view beside the samples it started from, and the k at which each encoding brings the answer back.

    standing: as from `stats.standing`. Columns as in `implicit_answers`. Per view: share of samples with the
    answer of the original; median change of the margin and of the distance to the hull, redrawn minus original. Per
    encoding with several k: the median over samples of the least k from which on every larger one has that answer,
    infinite for samples that none brings back.
    Raises DataError where a view and the one it started from share no samples.
    """
    paired = {name: _beside(standing, name, how.of) for name, how in views.items()}
    rows = [row for name, how in views.items() for row in _of_view(paired[name], how, options)]
    for encoding in dict.fromkeys(how.encoding for how in views.values() if how.k):
        ks = {how.k: paired[name] for name, how in views.items() if how.encoding == encoding and how.k}
        if len(ks) > 1:
            quantity = f"least k that brings the answer back, {phrase_of(encoding)}: median"
            rows.append(_row(quantity, "waves", median_of(_back_from(ks), options), phrase_of(encoding)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _beside(standing: pd.DataFrame, view: str, of: str) -> pd.DataFrame:
    columns = ["sample", "predicted", "margin", "distance"]
    ours, theirs = (standing.loc[standing["view"] == name, columns] for name in (view, of))
    pairs = ours.merge(theirs, on="sample", suffixes=("", "_before"), validate="one_to_one")
    if pairs.empty:
        raise DataError(f"view {view}: none of its samples has a place in view {of}, which it redraws")
    return pairs.set_index("sample").assign(same=lambda rows: rows["predicted"] == rows["predicted_before"])


def _of_view(paired: pd.DataFrame, how: Redrawn, options: Resampling) -> Iterator[dict]:
    yield _row(f"same answer, {how.in_words}", "share", share_of(paired["same"], options), how.in_words)
    for column, name in (("margin", "margin"), ("distance", "distance to the hull")):
        change = median_of(paired[column] - paired[f"{column}_before"], options)
        yield _row(f"median change of the {name}, {how.in_words}", "distance", change, how.in_words)


def _back_from(ks: Mapping[int, pd.DataFrame]) -> np.ndarray:
    """Least k per sample, of those in every view, from which on all have the answer."""
    same = pd.concat({k: ks[k]["same"] for k in sorted(ks)}, axis=1, join="inner")
    stays = same.to_numpy(bool)[:, ::-1].cumprod(axis=1)[:, ::-1].astype(bool)
    return np.where(stays, same.columns.to_numpy(float), np.inf).min(axis=1)


def _row(quantity: str, unit: str, estimate: Estimate, subject: str) -> dict:
    return {
        "key": KEY,
        "question": QUESTION,
        "quantity": quantity,
        "subject": subject,
        "where": "",
        "unit": unit,
        "value": estimate.value,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "n": estimate.n,
        "interval": estimate.interval,
    }
