"""Numbers in words, the same in figures and in the report. A light module: nothing here draws."""

from __future__ import annotations

import math
from typing import TypeGuard

DASH = "–"


def known(value: float | None) -> TypeGuard[float]:
    """Whether there is a number at all."""
    return value is not None and value == value  # NaN is unlike itself


def percent(share: float | None) -> str:
    """0.783 -> `78.3 %`, 0.00046 -> `0.05 %`; only all and nothing read 100 % and 0 %."""
    if not known(share):
        return DASH
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    value = 100 * share
    # As many decimals as keep what is left to 0 or to 100, whichever is closer, to about a fifth.
    left = min(abs(value), abs(100 - value))
    digits = next((digits for digits in (1, 2, 3, 4) if abs(round(value, digits) - value) <= 0.2 * left), 6)
    return f"{value:.{digits}f} %".replace("-", "−")


def points(difference: float | None) -> str:
    """A difference of two shares: -0.006 -> `−0.6 points`, of percentage."""
    return f"{signed(100 * difference, 1)} points" if known(difference) else DASH


def significant(value: float | None, digits: int = 3) -> str:
    """About so many significant digits and at most as many decimals; thousands apart; a true minus; 1.2e−09 if tiny."""
    if not known(value):
        return DASH
    if math.isinf(value):
        text = "∞" if value > 0 else "-∞"
    elif float(value).is_integer() or abs(value) >= 10**digits:
        text = f"{value:,.0f}"
    elif abs(value) < 10**-digits:
        text = f"{value:.1e}"
    else:
        places = digits - 1 - math.floor(math.log10(abs(value)))
        text = f"{value:.{min(max(places, 0), digits)}f}"
    return text.replace("-", "−")


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, with a true minus."""
    return f"{value:+.{digits}f}".replace("-", "−")
