"""One module per figure: what it is drawn from, what it shows, and `draw(frames...) -> Figure`.

    from phiscope import figures
    figure = figures.draw("plane", main_standing=standing)
    Path("plane.svg").write_bytes(figures.encode(figure, "svg"))

A figure sees frames only: no files, no configuration. The arguments of `draw` are the names of the frames it is drawn
from, those with a default are optional. It is built on `matplotlib.figure.Figure`, never on pyplot, so that drawing
leaves no global state behind and needs no display.

Beside `draw`, a module says as literals what others need to know without importing it: CAPTION, the text below it;
CATEGORY, where Snakemake's report lists it; ALT, what the picture shows, for those who do not see it; DENSE, whether
pages take it as png rather than svg; WHEN, which runs have it (see `WHEN`); ONE_PER, where there is one for each
`sample` of the report or each `edit`, named `<figure>-<number>`; and STACKS, whether its panels stand one below the
other on a narrow screen, which `style.panels` sees to.

A new figure is such a module and one line of `FIGURES`.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from phiscope.errors import ConfigError
from phiscope.words.declared import literals_of, tree_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Conditions on a run, which the plan knows, under which a figure is drawn.
WHEN = {
    "always": "in every run",
    "tested": "where there are test samples",
    "untested": "where there are training samples alone",
    "compared": "where training and test samples stand beside each other, or views of other data sets",
    "hulls": "where test samples are projected onto the hull in feature space",
    "dimension": "where test samples are projected onto the hull of the features, in few directions and in many",
    "questions": "where detectors are asked about test samples, beside training samples",
    "projected": "where test samples are projected onto a hull",
    "images": "where samples are images, not vectors alone",
    "pictured_samples": "where the report names samples, and they are images",
    "trained": "where the classifier is trained, not loaded",
    "people": "where there are human labels",
    "samples": "where the report names samples",
    "detection": "where samples are attacked, or come from another data set",
    "attacks": "where samples are attacked",
    "overshoots": "where DeepFool is tried with several overshoots",
    "attack_front": "where PGD is tried with several leads and hull penalties",
    "segments": "where samples are inverted along segments of feature space",
    "straight_paths": "where straight paths of pixels between samples are measured",
    "swept": "where attacks go on beyond the boundary by some confidence",
    "inversions": "where samples are inverted",
    "closest": "where the closest image on the decision boundary is sought",
    "pixel_boundary": "where DeepFool's images stand beside projections onto the hull in pixel space",
    "edits": "where samples are edited",
    "denoising": "where there is a denoiser",
    "study": "where trainings of denoisers are compared over seeds",
    "fitted_networks": "where networks draw images as functions of position",
    "swept_scales": "where several scales of Gaussian encodings are tried",
    "largest_coefficients": "where images are drawn from the largest coefficients of a basis",
    "complete_networks": "where networks draw images from complete bases",
    "rates": "where few coefficients are compared with JPEG",
    "decoders": "where decoders with an encoding inside are trained",
    "latent_waves": "where the response of decoders to latent directions is looked at",
    "pictured": "where an image is chosen to be shown as a function of position",
    "latent": "where there is a latent space",
    "trained_encoders": "where encoders are trained, not loaded",
}

FIGURES: dict[str, str] = {
    "contact_sheet": "phiscope.figures.models.contact_sheet",
    "training": "phiscope.figures.models.training",
    "training_margins": "phiscope.figures.geometry.training_margins",
    "duplicates": "phiscope.figures.models.duplicates",
    "distances": "phiscope.figures.geometry.distances",
    "distances_by_view": "phiscope.figures.geometry.distances_by_view",
    "plane": "phiscope.figures.geometry.plane",
    "ambiguity": "phiscope.figures.geometry.ambiguity",
    "accuracy": "phiscope.figures.geometry.accuracy",
    "support": "phiscope.figures.geometry.support",
    "balls": "phiscope.figures.geometry.balls",
    "which_hull": "phiscope.figures.geometry.which_hull",
    "dimension": "phiscope.figures.geometry.dimension",
    "detector_questions": "phiscope.figures.detection.questions",
    "slice": "phiscope.figures.geometry.slice",
    "human": "phiscope.figures.detection.human",
    "class_margins": "phiscope.figures.geometry.class_margins",
    "sample": "phiscope.figures.geometry.sample",
    "roc": "phiscope.figures.detection.roc",
    "detection_by_confidence": "phiscope.figures.detection.by_confidence",
    "attack_plane": "phiscope.figures.attacks.plane",
    "overshoot": "phiscope.figures.attacks.overshoot",
    "attack_front": "phiscope.figures.attacks.front",
    "adversarial": "phiscope.figures.attacks.adversarial",
    "implicit_k": "phiscope.figures.implicit.k",
    "implicit_spectrum": "phiscope.figures.implicit.spectrum",
    "implicit_within": "phiscope.figures.implicit.within",
    "implicit_scale": "phiscope.figures.implicit.scale",
    "implicit_bases": "phiscope.figures.implicit.bases",
    "implicit_networks": "phiscope.figures.implicit.networks",
    "implicit_rates": "phiscope.figures.implicit.rates",
    "implicit_decoders": "phiscope.figures.implicit.decoders",
    "implicit_waves": "phiscope.figures.implicit.waves",
    "implicit_pictures": "phiscope.figures.implicit.pictures",
    "closest": "phiscope.figures.inversion.closest",
    "closest_distances": "phiscope.figures.inversion.closest_distances",
    "inverted": "phiscope.figures.inversion.inverted",
    "perimeter": "phiscope.figures.inversion.perimeter",
    "morph": "phiscope.figures.inversion.morph",
    "segment": "phiscope.figures.inversion.segment",
    "path": "phiscope.figures.inversion.path",
    "straight_paths": "phiscope.figures.inversion.straight_paths",
    "edit": "phiscope.figures.inversion.edit",
    "inversion_distances": "phiscope.figures.inversion.distances",
    "pixel_boundary": "phiscope.figures.inversion.pixel_boundary",
    "denoising": "phiscope.figures.denoising.bench",
    "denoised": "phiscope.figures.denoising.denoised",
    "denoising_study": "phiscope.figures.denoising.study",
    "filter_inversion": "phiscope.figures.denoising.filter_inversion",
    "latent_batches": "phiscope.figures.latent.batches",
    "latent_sets": "phiscope.figures.latent.sets",
    "latent_axes": "phiscope.figures.latent.axes",
    "latent_shown": "phiscope.figures.latent.shown",
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


@dataclass(frozen=True)
class About:
    """What a figure's module says of it; frames: names of what it is drawn from; optional: what it can do without."""

    frames: tuple[str, ...]
    optional: tuple[str, ...]
    caption: str
    category: str
    alt: str
    dense: bool
    when: str
    one_per: str | None = None
    stacks: bool = False


def kind_of(name: str) -> str:
    """The figure of the registry that a file is named after: `sample` for `sample-7`."""
    return name.partition("-")[0]


@cache
def about(kind: str) -> About:
    """What the module of a figure says of it, read from its text: planning a run imports no plotting library."""
    said = literals_of(_module_of(kind), (*_SAID, *_MAY_BE_SAID))
    missing = [name for name in _SAID if name not in said]
    if missing:
        raise ConfigError(f"figure {kind!r}: {_module_of(kind)} does not say {missing[0]}")
    if said["WHEN"] not in WHEN:
        raise ConfigError(f"figure {kind!r}: WHEN is {said['WHEN']!r}; expected one of {', '.join(WHEN)}")
    body = tree_of(_module_of(kind)).body
    drawing = next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == "draw")
    names = [argument.arg for argument in drawing.args.args]
    given = len(names) - len(drawing.args.defaults)
    return About(tuple(names[:given]), tuple(names[given:]), **{name.lower(): value for name, value in said.items()})


_SAID = ("CAPTION", "CATEGORY", "ALT", "DENSE", "WHEN")
_MAY_BE_SAID = ("ONE_PER", "STACKS")


def draw(name: str, **frames: Any) -> Figure:
    """The figure of that name, from the frames its module's `draw` asks for."""
    return import_module(_module_of(name)).draw(**frames)


def draw_narrow(name: str, **frames: Any) -> Figure:
    """The same for a narrow screen: panels that stand beside each other stand one below the other."""
    from phiscope.figures.style import narrow, settle_stacked  # deferred: asking which figures there are needs none

    with narrow():
        figure = draw(name, **frames)
    settle_stacked(figure)
    return figure


def _module_of(name: str) -> str:
    if name not in FIGURES:
        nearest = difflib.get_close_matches(name, FIGURES, n=1, cutoff=0.0)[0]
        raise ConfigError(
            f"figure {name!r} does not exist; expected one of {', '.join(FIGURES)} (did you mean {nearest!r}?)"
        )
    return FIGURES[name]


def encode(figure: Figure, kind: str = "svg", dpi: int = 170) -> bytes:
    """A figure as the bytes of an svg or png file; the same figure always gives the same bytes."""
    from phiscope.figures.export import encode  # deferred: asking which figures there are needs no matplotlib

    return encode(figure, kind, dpi)
