"""The public verbs of the library, from their docstrings: what the README and the pages of docs/ call."""

from __future__ import annotations

# Heading -> what mkdocstrings looks up, in the order of the page.
VERBS = {
    "Figures of a finished run": ("phiscope.draw", "phiscope.drawn"),
    "Margins": (
        "phiscope.geometry.margin.flip_points",
        "phiscope.geometry.margin.closest_classes",
        "phiscope.geometry.margin.closest_flip",
        "phiscope.geometry.margin.FlipPoints",
        "phiscope.geometry.margin.RankedFlips",
        "phiscope.geometry.margin.ClosestFlip",
    ),
    "Hulls": (
        "phiscope.geometry.hull.project",
        "phiscope.geometry.hull.HullProjection",
        "phiscope.geometry.hull.Vertices",
        "phiscope.geometry.hull.verify",
        "phiscope.geometry.hull.Verification",
    ),
    "Balls": ("phiscope.geometry.balls.inside", "phiscope.geometry.balls.in_union"),
    "Inversion": ("phiscope.geometry.inversion.invert", "phiscope.geometry.inversion.Inversion"),
    "The closest image on the decision boundary": (
        "phiscope.geometry.boundary.closest_image",
        "phiscope.geometry.boundary.ClosestImages",
    ),
    "The head": ("phiscope.head.Head", "phiscope.head.FeatureNoise"),
    "Detectors": ("phiscope.detection.score", "phiscope.detection.Queries", "phiscope.detection.Training"),
    "Features of a network": ("phiscope.features.extract",),
    "Latent space": (
        "phiscope.latent.basis.quasi_eigenvectors",
        "phiscope.latent.spectral.decompose",
        "phiscope.latent.spectral.classify",
    ),
    "Images as functions of position": (
        "phiscope.implicit.encodings.encode",
        "phiscope.implicit.fit.fit",
    ),
    "Tables": ("phiscope.tables.read", "phiscope.tables.provenance"),
}


def text() -> str:
    """A heading for each topic, and what mkdocstrings replaces by signature and docstring."""
    lines = []
    for heading, names in VERBS.items():
        lines += [f"## {heading}", ""]
        for name in names:
            lines += [f"::: {name}", ""]
    return "\n".join(lines)
