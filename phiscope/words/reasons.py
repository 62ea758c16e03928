"""Why a sample is worth a look, in words: in the table `inspect`, on the report's first screen and in the explorer."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """title: as a heading; rule: which samples are listed, and in which order."""

    title: str
    rule: str


REASONS = {
    "error": Reason("errors", "every sample whose prediction is not its label, the most confident first"),
    "label_suspect": Reason(
        "suspicious labels",
        "samples outside the training hull whose nearest point of it is mixed from training samples of other classes "
        "by more than half, the least of the own class first",
    ),
    "duplicate": Reason(
        "copies between the splits", "samples that stand in the training set as well, with another label first"
    ),
    "ambiguous": Reason(
        "most ambiguous",
        "margin minus distance to the training hull (equation 26 of Yousefzadeh 2022), the smallest first; the margin "
        "alone where there is no hull",
    ),
    "far_outside": Reason(
        "confident, but far outside",
        "samples with a confidence of 99 % or more, those farthest from the training hull first",
    ),
}
