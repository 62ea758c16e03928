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
# What each looks at, for those who do not know its name; formulas and sources are in docs/detectors.md.
MEANINGS = {
    "margin": "how close the closest decision boundary is, in feature space",
    "margin-hull": "margin minus distance to the training hull, equation (26) of Yousefzadeh 2022",
    "msp": "maximum softmax probability: one minus the confidence",
    "energy": "minus the logarithm of the summed exponentials of the logits",
    "knn": "distance to the 50th nearest neighbour among the training samples",
    "mahalanobis": "distance to the closest class mean, in units of the spread within classes",
    "vim": "virtual-logit matching: what lies outside the main directions of the features, against the logits",
    "fdbd": "fast decision boundary distance: mean distance to all boundaries over that to the training mean",
    "hull": "distance to the hull of the training set",
    "class-hull": "distance to the hull of the predicted class",
    "hull-ratio": "that distance over the distance to the nearest hull of another class",
    "hull-p": "p-value of the hull distance among training samples that were left out",
    "class-hull-p": "the same for the hull of the predicted class",
    "near-both": "near the hull and near a boundary, appendix B of Yousefzadeh 2022",
    "union": "distance to the union of the training samples' balls",
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
