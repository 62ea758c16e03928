"""Views: copies of some images under one transformation. All of them flow through the same rooms.

A kind of view is one module with `make(source, *, <needs>, **parameters) -> dict`, and one line here. `source` is a
`phiscope.views.source.Source`. The dict holds `images`, float32 in [0, 1], as many as came in; whatever else is in it
is a note per sample, such as `iterations`, and stays with the images.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from numpy.typing import NDArray

NETWORK = "network"  # the method of denoising that is the run's own
DATASET = "dataset:"  # what `of` begins with where a view is of another data set


class Extra(NamedTuple):
    """What a view wants where its options say so: artifacts, and modules that `make` imports by name."""

    applies: Callable[[Mapping[str, Any]], bool]
    needs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


class Kind(NamedTuple):
    """module: where `make` lies, loaded when used; words: what the view shows, over the keys of its config.

    needs: the artifacts that `make` wants, by name; attack: whether it tries to change the predicted class; fixed:
    arguments of `make` that set this kind apart from others of the same module; extras: what its options call for.
    """

    module: str
    words: str
    needs: tuple[str, ...] = ()
    attack: bool = False
    fixed: Mapping[str, Any] = MappingProxyType({})
    extras: tuple[Extra, ...] = ()

    def load(self) -> Callable[..., dict[str, NDArray]]:
        return partial(importlib.import_module(self.module).make, **self.fixed)


def _pgd(words: str, *, stop: bool) -> Kind:
    words = f"images of {{of}} attacked by PGD ({{norm}}, at most {{epsilon:.3g}}), {words}"
    extras = (
        Extra(lambda view: view.get("through") == NETWORK, needs=("denoiser",)),
        Extra(lambda view: view.get("epsilon") is None, needs=("training_images",)),
        Extra(
            lambda view: bool(view.get("hull_penalty")),
            needs=("head", "training_features"),
            modules=("phiscope.attacks.hull_penalty",),
        ),
    )
    return Kind("phiscope.views.pgd", words, ("classifier",), attack=True, fixed={"stop": stop}, extras=extras)


_CODEC = ("generator", "encoder", "bases")

VIEWS: dict[str, Kind] = {
    "hull-pixel": Kind(
        "phiscope.views.hull_pixel",
        "images of {of} moved to the closest point of the training set's hull in pixel space",
        needs=("pixel_hull", "training_images"),
    ),
    "noise": Kind("phiscope.views.noise", "images of {of} with {noise} noise of level {level:.3g}"),
    "quantise": Kind("phiscope.views.quantise", "images of {of} rounded to 8 bits"),
    "blend": Kind(
        "phiscope.views.blend",
        "images of {of}, the share {share:.3g} of the way to test sample {toward}",
        needs=("test_images",),
    ),
    "inpaint": Kind("phiscope.views.inpaint", "images of {of} with a part filled in from around it"),
    "denoise": Kind(
        "phiscope.views.denoise",
        "images of {of} denoised by {method}",
        extras=(Extra(lambda view: view.get("method", NETWORK) == NETWORK, needs=("denoiser",)),),
    ),
    "implicit": Kind(
        "phiscope.views.implicit", "images of {of} drawn again by a network behind the encoding {encoding}"
    ),
    "lsd": Kind("phiscope.views.lsd", "images of {of} drawn from their {components} largest LSD components", _CODEC),
    "rotate": Kind("phiscope.views.rotate", "images of {of} turned in latent space toward class {toward}", _CODEC),
    "deepfool": Kind("phiscope.views.deepfool", "images of {of} attacked by DeepFool", ("classifier",), attack=True),
    "pgd-first": _pgd("up to the first success", stop=True),
    "pgd-full": _pgd("all its steps", stop=False),
}


def attacks(views: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The views of a configuration whose kind is an attack."""
    return [name for name, view in views.items() if view["kind"] in VIEWS and VIEWS[view["kind"]].attack]


def needs_of(view: Mapping[str, Any]) -> tuple[str, ...]:
    """The artifacts that a view of the configuration wants: those of its kind, and what its options call for."""
    kind = VIEWS[view["kind"]]
    return (*kind.needs, *(need for extra in kind.extras if extra.applies(view) for need in extra.needs))


def modules_of(view: Mapping[str, Any]) -> tuple[str, ...]:
    """The modules that make a view of the configuration."""
    kind = VIEWS[view["kind"]]
    return (kind.module, *(module for extra in kind.extras if extra.applies(view) for module in extra.modules))


def in_words(view: Mapping[str, Any]) -> str:
    """What a view of the configuration shows."""
    of = view.get("of", "original")
    other = of.removeprefix(DATASET)
    if view["kind"] == "original":
        return "the images as they are" if of == other else f"images of {other}, another data set"
    words = VIEWS[view["kind"]].words.format(**{"toward": "1, or the next with an axis", **view, "of": other})
    words += ", through the denoiser" if view.get("through") == NETWORK else ""
    return words + (f" (processed hull: training images of {view['hull_of']})" if view.get("hull_of") else "")
