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
    "hull": "hull distance",
    "class-hull": "own class’s hull",
    "hull-ratio": "own / other hull",
    "hull-p": "p-value, hull",
    "class-hull-p": "p-value, own class",
    "near-both": "near hull and boundary",
    "union": "union of balls",
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
    "class-hull": "distance to the predicted class’s hull",
    "hull-ratio": "that over the distance to another’s hull",
    "hull-p": "small p-value of the hull distance",
    "class-hull-p": "small p-value, predicted class’s hull",
    "near-both": "near the hull and a boundary",
    "union": "distance to the union of balls",
}
DIFFERENCE = "ambiguity indicator minus softmax uncertainty"


def title_of(detector: str) -> str:
    """The name of a detector in a legend. Unknown names stay as they are."""
    return TITLES.get(detector, detector)
