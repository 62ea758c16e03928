"""Whether a statement of a text holds in a run: the rules for the tables `paper_comparison` and `latent_claims`.

A text says one of four things of a quantity. Each is judged by the 95 % interval of what the run measured, never by the
value alone:

| claim    | the text says        | `holds`                 | `differs`      | `wrong`             |
|----------|----------------------|-------------------------|----------------|---------------------|
| `all`    | of every sample      | no sample contradicts   | some do        | interval below ½    |
| `none`   | nothing changes      | 0 is in the interval    | 0 is not       | it is beyond ±½     |
| `most`   | of most samples      | interval above ½        | -              | interval below ½    |
| `number` | the number it gives  | it is in the interval   | it is not      | -                   |

`undecided`: the interval contains what decides, or there is none (a single sample, a maximum). A number that differs is
no error of the text: its network is another one. So a claim of a number is never `wrong`.

A sentence that allows a range of values (`judge_range`) is judged alike: it `holds` where the interval lies within the
range, is `undecided` where it lies across an end of it, and where it lies outside it `differs` if the range has two
ends, and is `wrong` if it has one. There a value without an interval counts as it is: it is of all that there is, no
sample of it.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from phiscope.stats.intervals import Estimate
from phiscope.words.numbers import known

Claim = Literal["all", "none", "most", "number"]
HOLDS, DIFFERS, WRONG, UNDECIDED = "holds", "differs", "wrong", "undecided"
HALF = 0.5


class Verdict(NamedTuple):
    """verdict: as in the table above, None where the text says nothing; difference: to the text's number, or NaN."""

    verdict: str | None
    difference: float


def claim_of(value: float | None, unit: str) -> Claim:
    """What a stated number claims where nothing more is said: a share of 1 is of every sample, 0 of none."""
    if unit in ("share", "difference") and value == 0:
        return "none"
    return "all" if unit == "share" and value == 1 else "number"


def judge(claim: Claim, stated: float | None, measured: Estimate) -> Verdict:
    """stated: the text's number, None or NaN where it gives none (or where the run is of other data)."""
    difference = measured.value - stated if known(stated) else float("nan")
    if claim == "number" and not known(stated):
        return Verdict(None, difference)
    if not (known(measured.low) and known(measured.high)):
        return Verdict(UNDECIDED, difference)
    return Verdict(_JUDGES[claim](measured, stated), difference)


def judge_range(low: float, high: float, measured: Estimate) -> str:
    """Of a sentence that allows values from low to high, either of which may be infinite."""
    if low == high and known(measured.low):
        return _of_number(measured, low)
    least = measured.low if known(measured.low) else measured.value
    most = measured.high if known(measured.high) else measured.value
    if not (known(least) and known(most)):
        return UNDECIDED
    if low <= least and most <= high:
        return HOLDS
    if most < low or least > high:
        return DIFFERS if math.isfinite(low) and math.isfinite(high) else WRONG
    return UNDECIDED


def _of_all(measured: Estimate, _: float | None) -> str:
    if measured.value == 1:
        return HOLDS
    return WRONG if measured.high < HALF else DIFFERS


def _of_none(measured: Estimate, _: float | None) -> str:
    if measured.low <= 0 <= measured.high:
        return HOLDS
    return WRONG if measured.low > HALF or measured.high < -HALF else DIFFERS


def _of_most(measured: Estimate, _: float | None) -> str:
    if measured.low > HALF:
        return HOLDS
    return WRONG if measured.high < HALF else UNDECIDED


def _of_number(measured: Estimate, stated: float | None) -> str:
    assert stated is not None
    return HOLDS if measured.low <= stated <= measured.high else DIFFERS


_JUDGES = {"all": _of_all, "none": _of_none, "most": _of_most, "number": _of_number}
