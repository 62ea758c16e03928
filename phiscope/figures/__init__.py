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
    "training": "phiscope.figures.training",
    "distances": "phiscope.figures.distances",
    "distances_by_view": "phiscope.figures.distances_by_view",
    "plane": "phiscope.figures.plane",
    "ambiguity": "phiscope.figures.ambiguity",
    "accuracy": "phiscope.figures.accuracy",
    "support": "phiscope.figures.support",
    "balls": "phiscope.figures.balls",
    "slice": "phiscope.figures.slice",
    "human": "phiscope.figures.human",
    "class_margins": "phiscope.figures.class_margins",
    "sample": "phiscope.figures.sample",
    "roc": "phiscope.figures.roc",
    "detection_by_confidence": "phiscope.figures.detection_by_confidence",
    "attack_plane": "phiscope.figures.attack_plane",
    "adversarial": "phiscope.figures.adversarial",
    "implicit_k": "phiscope.figures.implicit_k",
    "implicit_spectrum": "phiscope.figures.implicit_spectrum",
    "implicit_scale": "phiscope.figures.implicit_scale",
    "implicit_bases": "phiscope.figures.implicit_bases",
    "implicit_decoders": "phiscope.figures.implicit_decoders",
    "implicit_waves": "phiscope.figures.implicit_waves",
    "implicit_pictures": "phiscope.figures.implicit_pictures",
    "inverted": "phiscope.figures.inverted",
    "perimeter": "phiscope.figures.perimeter",
    "morph": "phiscope.figures.morph",
    "path": "phiscope.figures.path",
    "edit": "phiscope.figures.edit",
    "inversion_distances": "phiscope.figures.inversion_distances",
    "pixel_boundary": "phiscope.figures.pixel_boundary",
    "denoising": "phiscope.figures.denoising",
    "denoised": "phiscope.figures.denoised",
    "lecture": "phiscope.figures.lecture",
    "filter_inversion": "phiscope.figures.filter_inversion",
    "comparison": "phiscope.figures.comparison",
    "latent_batches": "phiscope.figures.latent_batches",
    "latent_sets": "phiscope.figures.latent_sets",
    "latent_axes": "phiscope.figures.latent_axes",
    "latent_accuracy": "phiscope.figures.latent_accuracy",
    "latent_amplitudes": "phiscope.figures.latent_amplitudes",
    "latent_truncation": "phiscope.figures.latent_truncation",
    "latent_rotation": "phiscope.figures.latent_rotation",
    "latent_way": "phiscope.figures.latent_way",
    "latent_metric": "phiscope.figures.latent_metric",
    "latent_denoising": "phiscope.figures.latent_denoising",
    "latent_tradeoff": "phiscope.figures.latent_tradeoff",
    "latent_basis": "phiscope.figures.latent_basis",
    "latent_training": "phiscope.figures.latent_training",
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
