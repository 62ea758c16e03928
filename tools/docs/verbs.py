"""The public verbs of the library, from their docstrings: what the README and the pages of docs/ call."""

from __future__ import annotations

# Heading -> what mkdocstrings looks up, in the order of the page.
VERBS = {
    "Figures of a finished run": ("phiscope.workflow.finished.draw", "phiscope.workflow.finished.drawn"),
    "Margins": (
        "phiscope.geometry.margin.flips.flip_points",
        "phiscope.geometry.margin.flips.closest_flip",
        "phiscope.geometry.margin.flips.FlipPoints",
        "phiscope.geometry.margin.flips.ClosestFlip",
    ),
    "Hulls": (
        "phiscope.geometry.hull.solve.project",
        "phiscope.geometry.hull.projection.HullProjection",
        "phiscope.geometry.hull.vertices.Vertices",
        "phiscope.geometry.hull.verification.verify",
        "phiscope.geometry.hull.projection.Verification",
    ),
    "Balls": ("phiscope.geometry.balls.inside", "phiscope.geometry.balls.in_union"),
    "Inversion": ("phiscope.geometry.inversion.solve.invert", "phiscope.geometry.inversion.solve.Inversion"),
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
