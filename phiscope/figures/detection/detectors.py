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
    "hull": HULL,
    "class-hull": "#8a4b85",
    "hull-ratio": "#00785a",
    "hull-p": "#b38600",
    "class-hull-p": "#66717d",
    "near-both": "#c2266b",
    "union": MARGIN,
}
# Those that share a colour with another are dashed, so that no line is told by its colour alone.
DASHES = {
    "hull": (4, 1.5),
    "class-hull": (4, 1.5),
    "hull-ratio": (4, 1.5),
    "hull-p": (1, 1),
    "class-hull-p": (1, 1),
    "near-both": (4, 1.5, 1, 1.5),
    "union": (4, 1.5, 1, 1.5),
}
_OTHER = "#1f2933"


def ordered(names: Sequence[str]) -> list[str]:
    """Every name once, in the order of the registry of colours, unknown ones last."""
    known = list(COLOURS)
    return sorted(dict.fromkeys(names), key=lambda name: known.index(name) if name in known else len(known))


def look(name: str) -> dict:
    """Colour, dashes, width and layer of a detector's line: the two of Yousefzadeh 2022 are thicker and above the
    others."""
    own = name in ("margin", "margin-hull")
    dashes = {"ls": (0, DASHES[name])} if name in DASHES else {}
    return {"color": COLOURS.get(name, _OTHER), "lw": 2.0 if own else 1.1, "zorder": 4 if own else 3, **dashes}


def area_in_words(area: float) -> str:
    """0.98765 -> `0.988`; only a perfect area reads 1.000."""
    if not 0 < area < 1:
        return f"{area:.3f}"
    digits = next((digits for digits in (3, 4, 5) if 0 < round(area, digits) < 1), 6)
    return f"{area:.{digits}f}"
