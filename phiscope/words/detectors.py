"""Detectors and indicators of ambiguity in words: in legends, and in sentences and tables. Nothing here draws."""

from __future__ import annotations

TITLES = {
    "margin": "margin",
    "margin-hull": "margin − hull",
    "msp": "MSP",
    "energy": "energy",
    "knn": "KNN",
    "mahalanobis": "Mahalanobis",
    "vim": "ViM",
    "fdbd": "fDBD",
}
# What is compared with people's doubts. Each is oriented so that larger means less certain.
INDICATORS = {
    "ambiguity": "ambiguity indicator (d_h - d_f)",
    "margin": "small margin (-d_f)",
    "distance": "hull distance (d_h)",
    "confidence": "softmax uncertainty (1 - confidence)",
}
# Detectors beyond the indicators, which are three of them in other words: `margin-hull`, `margin` and `msp`.
SCORES = {
    "energy": "energy",
    "knn": "distance to the 50th neighbour (KNN)",
    "mahalanobis": "Mahalanobis distance",
    "vim": "virtual logit (ViM)",
    "fdbd": "closeness to all boundaries (fDBD)",
}
DIFFERENCE = "ambiguity indicator minus softmax uncertainty"


def title_of(detector: str) -> str:
    """The name of a detector in a legend. Unknown names stay as they are."""
    return TITLES.get(detector, detector)
