"""What Toledo-Marín and Glazier 2021 state about MNIST, and where the table `latent` has what a run measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from phiscope.papers.verdicts import claim_of, judge
from phiscope.stats.intervals import Estimate
from phiscope.stats.latent import Where, one

PAPER = "Toledo-Marín and Glazier 2021"
PUBLISHED, FAITHFUL = "published", "faithful"  # settings, by their names in the configuration


@dataclass(frozen=True)
class StatedReading:
    """A quantity in words, the row of the table `latent` with its measurement, the section and the paper's value."""

    quantity: str
    where: Where = field(default_factory=dict)
    section: str = "IV"
    value: float | None = None
    unit: str = "share"
    setting: str = PUBLISHED

    @property
    def paper(self) -> str:
        """The paper that states the value; empty where it gives none."""
        return PAPER if self.value is not None else ""


def _lsd(k: int, **rule: str | int) -> dict[str, str | int]:
    """The reading that they give: sampled latents, Gram-Schmidt, |c| over all axes."""
    reading = {"measure": "lsd", "encoding": "sampled", "basis": "gram-schmidt", "axes": "all", "sign": "magnitude"}
    return reading | {"k": k} | rule


_ENCODE_DECODE = {"measure": "encode_decode", "encoding": "sampled"}
_ERROR = {"measure": "squared_error", "encoding": "mean"}
_LOWDIN = {"encoding": "mean", "basis": "lowdin", "axes": "first-set", "sign": "signed"}

STATED: dict[str, StatedReading] = {
    "lsd_encode_decode": StatedReading("encoded, decoded and classified right", _ENCODE_DECODE, value=0.94),
    "lsd_top1": StatedReading("label has the largest LSD amplitude", _lsd(1), value=0.92),
    "lsd_top2": StatedReading("label among the two largest LSD amplitudes", _lsd(2), value=0.97),
    "lsd_top4": StatedReading("label among the four largest LSD amplitudes", _lsd(4), value=0.989),
    "lsd_less_classifier": StatedReading(
        "label among the four largest less classifier right, image by image",
        _lsd(4, measure="lsd_less_classifier"),
        value=0.0,
    ),
    "lsd_first_set": StatedReading(
        "largest LSD amplitude lies in set 1",
        {"measure": "largest_in_first_set", "encoding": "sampled", "basis": "gram-schmidt"},
        value=0.99,
    ),
    "lsd_classifier": StatedReading("classifier, on the images themselves", {"measure": "classifier"}, "III", 0.989),
    "lsd_lowdin": StatedReading("label by Löwdin's axes of set 1, mean latents", _lsd(1, **_LOWDIN)),
    "lsd_logistic": StatedReading("logistic regression on mean latents", {"measure": "logistic"}),
    "lsd_error": StatedReading("squared error of decode(μ), on [-1, 1]", _ERROR, unit="ratio"),
    "lsd_error_class_mean": StatedReading(
        "squared error of the class's mean image", {"measure": "squared_error_of_class_mean"}, unit="ratio"
    ),
    "lsd_faithful_encode_decode": StatedReading(
        "faithful encoder: encoded, decoded and classified right", _ENCODE_DECODE, setting=FAITHFUL
    ),
    "lsd_faithful_lowdin": StatedReading(
        "faithful encoder: label by Löwdin's axes of set 1", _lsd(1, **_LOWDIN), setting=FAITHFUL
    ),
    "lsd_faithful_logistic": StatedReading(
        "faithful encoder: logistic regression", {"measure": "logistic"}, setting=FAITHFUL
    ),
    "lsd_faithful_error": StatedReading(
        "faithful encoder: squared error of decode(μ)",
        {"measure": "squared_error", "encoding": "mean"},
        unit="ratio",
        setting=FAITHFUL,
    ),
}  # fmt: skip


def latent_comparison(latent: pd.DataFrame, *, dataset_is_papers: bool) -> pd.DataFrame:
    """What Toledo-Marín and Glazier 2021 state beside the setting it describes; rows of the table `paper_comparison`.

    Where a run has no such setting, there is no row.
    """
    rows = []
    for key, stated in STATED.items():
        measured = one(latent, stated.setting, stated.where)
        if measured is not None:
            value = stated.value if dataset_is_papers and stated.value is not None else np.nan
            words = {"quantity": stated.quantity, "unit": stated.unit, "section": stated.section}
            ends = {name: measured[name] for name in ("value", "ci_low", "ci_high", "interval", "n")}
            verdict = judge(claim_of(stated.value, stated.unit), value, Estimate(*ends.values()))
            rows.append({"key": key, "paper": stated.paper, "paper_value": value} | words | ends | verdict._asdict())
    return pd.DataFrame(rows)
