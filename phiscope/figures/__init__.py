"""One module per figure, each with `draw(frames...) -> Figure`; frames in, pictures out, nothing else.

    from phiscope import figures
    figure = figures.draw("plane", standing=standing)
    Path("plane.svg").write_bytes(figures.encode(figure, "svg"))

A figure sees DataFrames only: no files, no configuration. It is built on `matplotlib.figure.Figure`, never on
pyplot, so that drawing leaves no global state behind and needs no display.
"""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import TYPE_CHECKING, Any

from phiscope.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES: dict[str, str] = {
    "training": "phiscope.figures.models.training",
    "distances": "phiscope.figures.geometry.distances",
    "distances_by_view": "phiscope.figures.geometry.distances_by_view",
    "plane": "phiscope.figures.geometry.plane",
    "ambiguity": "phiscope.figures.geometry.ambiguity",
    "accuracy": "phiscope.figures.geometry.accuracy",
    "support": "phiscope.figures.geometry.support",
    "balls": "phiscope.figures.geometry.balls",
    "slice": "phiscope.figures.geometry.slice",
    "human": "phiscope.figures.detection.human",
    "class_margins": "phiscope.figures.geometry.class_margins",
    "sample": "phiscope.figures.geometry.sample",
    "roc": "phiscope.figures.detection.roc",
    "detection_by_confidence": "phiscope.figures.detection.by_confidence",
    "attack_plane": "phiscope.figures.attacks.plane",
    "adversarial": "phiscope.figures.attacks.adversarial",
    "implicit_k": "phiscope.figures.implicit.k",
    "implicit_spectrum": "phiscope.figures.implicit.spectrum",
    "implicit_scale": "phiscope.figures.implicit.scale",
    "implicit_bases": "phiscope.figures.implicit.bases",
    "implicit_decoders": "phiscope.figures.implicit.decoders",
    "implicit_waves": "phiscope.figures.implicit.waves",
    "implicit_pictures": "phiscope.figures.implicit.pictures",
    "inverted": "phiscope.figures.inversion.inverted",
    "perimeter": "phiscope.figures.inversion.perimeter",
    "morph": "phiscope.figures.inversion.morph",
    "path": "phiscope.figures.inversion.path",
    "edit": "phiscope.figures.inversion.edit",
    "inversion_distances": "phiscope.figures.inversion.distances",
    "pixel_boundary": "phiscope.figures.inversion.pixel_boundary",
    "denoising": "phiscope.figures.denoising.bench",
    "denoised": "phiscope.figures.denoising.denoised",
    "lecture": "phiscope.figures.denoising.study",
    "filter_inversion": "phiscope.figures.denoising.filter_inversion",
    "comparison": "phiscope.figures.papers.comparison",
    "latent_batches": "phiscope.figures.latent.batches",
    "latent_sets": "phiscope.figures.latent.sets",
    "latent_axes": "phiscope.figures.latent.axes",
    "latent_accuracy": "phiscope.figures.latent.accuracy",
    "latent_amplitudes": "phiscope.figures.latent.amplitudes",
    "latent_truncation": "phiscope.figures.latent.truncation",
    "latent_rotation": "phiscope.figures.latent.rotation",
    "latent_way": "phiscope.figures.latent.way",
    "latent_metric": "phiscope.figures.latent.metric",
    "latent_denoising": "phiscope.figures.latent.denoising",
    "latent_tradeoff": "phiscope.figures.latent.tradeoff",
    "latent_basis": "phiscope.figures.latent.basis",
    "latent_training": "phiscope.figures.latent.training",
}


def draw(name: str, **frames: Any) -> Figure:
    """The figure of that name, from the frames its module's `draw` asks for."""
    if name not in FIGURES:
        nearest = difflib.get_close_matches(name, FIGURES, n=1, cutoff=0.0)[0]
        raise ConfigError(
            f"figure {name!r} does not exist; expected one of {', '.join(FIGURES)} (did you mean {nearest!r}?)"
        )
    return import_module(FIGURES[name]).draw(**frames)


def encode(figure: Figure, kind: str = "svg", dpi: int = 170) -> bytes:
    """A figure as the bytes of an svg or png file; the same figure always gives the same bytes."""
    from phiscope.figures.export import encode  # deferred: asking which figures there are needs no matplotlib

    return encode(figure, kind, dpi)
