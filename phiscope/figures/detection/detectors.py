"""What figures about detectors share: a colour for each, the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from phiscope.figures.style import HULL, MARGIN

# The two of Yousefzadeh 2022 stand out; the others follow Okabe and Ito, darkened like the rest.
COLOURS = {
    "margin": MARGIN,
    "margin-hull": HULL,
    "msp": "#8a4b85",
    "energy": "#00785a",
    "knn": "#b38600",
    "mahalanobis": "#66717d",
    "vim": "#c2266b",
    "fdbd": "#3e9bd1",
}
_OTHER = "#1f2933"


def ordered(names: Sequence[str]) -> list[str]:
    """Every name once, in the order of the registry of colours, unknown ones last."""
    known = list(COLOURS)
    return sorted(dict.fromkeys(names), key=lambda name: known.index(name) if name in known else len(known))


def look(name: str) -> dict:
    """Colour, width and layer of a detector's line: the two of Yousefzadeh 2022 are thicker and above the others."""
    own = name in ("margin", "margin-hull")
    return {"color": COLOURS.get(name, _OTHER), "lw": 2.0 if own else 1.1, "zorder": 4 if own else 3}


def area_in_words(area: float) -> str:
    """0.98765 -> `0.988`; only a perfect area reads 1.000."""
    if not 0 < area < 1:
        return f"{area:.3f}"
    digits = next((digits for digits in (3, 4, 5) if 0 < round(area, digits) < 1), 6)
    return f"{area:.{digits}f}"
