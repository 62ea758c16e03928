"""Whether views, settings and edits name what is there, and which parts of a run are switched off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phiscope.errors import ConfigError
from phiscope.views import DATASET, VIEWS, needs_of
from phiscope.words.methods import NAMES as METHODS
from phiscope.workflow.configuration.sentences import nearest


def check(config: Mapping[str, Any]) -> None:
    """Raise ConfigError where one part names another that is not there; config: checked against the schema."""
    views = present(config["views"])
    _check_classifier(config["classifier"])
    _check_views(enabled(config)["views"], config["datasets"])
    _check_latent(views, config["latent"])
    _check_edits(config["inversions"]["edits"])
    _check_denoisers(config["denoising"])


# Parts of a run that `enabled: false` switches off, and the artifact of each that views may need; these views go too.
_PARTS = {"denoising": "denoiser", "implicit": None, "latent": "generator"}


def enabled(config: Mapping[str, Any]) -> dict[str, Any]:
    """A checked configuration whose disabled parts are None, without the views that rest on them and the null ones.

    Of one that is so already, the same.
    """
    off = {part for part in _PARTS if not (config[part] or {}).get("enabled")}
    lacking = {_PARTS[part] for part in off}
    views = present(config["views"])
    dropped = {name for name, view in views.items() if lacking & set(_needs(view))}
    while more := {name for name, view in views.items() if {view.get("of"), view.get("hull_of")} & dropped} - dropped:
        dropped |= more
    first = [name for name in ("original",) if name in views]
    kept = {name: views[name] for name in dict.fromkeys([*first, *views]) if name not in dropped}
    return dict(config) | dict.fromkeys(off) | {"views": kept}


def require_asked(config: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise ConfigError for a view that was asked for and rests on a part of the run that nobody switched on or off.

    given: what configuration files say, without the schema's defaults.
    """
    for name in present(given.get("views") or {}):
        needs = _needs(config["views"][name])
        for part, artifact in _PARTS.items():
            if artifact in needs and not config[part]["enabled"] and "enabled" not in (given.get(part) or {}):
                raise ConfigError(
                    f"config: views.{name}: rests on the part {part}, which is off unless asked for; expected "
                    f"{part}: {{enabled: true}}, or {{enabled: false}} to leave such views out"
                )


def present(views: Mapping[str, Any]) -> dict[str, Any]:
    """The entries without those that a configuration dropped by setting them to null."""
    return {name: view for name, view in views.items() if view is not None}


def _needs(view: Mapping[str, Any]) -> tuple[str, ...]:
    """The artifacts that a view wants; those that are cut out of a data set want none."""
    return needs_of(view) if view["kind"] in VIEWS else ()


def _check_classifier(classifier: Mapping[str, Any]) -> None:
    """Loaded weights come with the normalisation that they were trained with."""
    if classifier["weights"] and classifier["normalise"] is None:
        raise ConfigError(
            "config: classifier.normalise: missing; expected the {mean, deviation} per channel that the weights were "
            "trained with, for pixels in [0, 1], or `none` where the network takes pixels in [0, 1] as they are"
        )


def _check_views(views: Mapping[str, Mapping[str, Any]], datasets: Mapping[str, Any]) -> None:
    """Every `of` names a view or a data set that is there, following it ends, and kinds get what they start from."""
    if views.get("original", {}).get("kind") != "original" or "of" in views["original"]:
        raise ConfigError("config: views.original: missing; expected {kind: original}, which all others start from")
    for name, view in views.items():
        _check_origin(name, views, datasets)
        if view["kind"] == "inpaint" and not {"mask", "rectangles"} & view.keys():
            raise ConfigError(f"config: views.{name}: says nothing to fill in; expected a mask or rectangles")
    for name, view in views.items():
        if view.get("hull_of") is not None:
            _check_hull_of(name, views)


def _check_latent(views: Mapping[str, Mapping[str, Any]], latent: Mapping[str, Any]) -> None:
    """Views through latent space need a setting that is there."""
    settings = present(latent["settings"])
    if not settings:
        raise ConfigError("config: latent.settings: every one is null; expected one, or latent: {enabled: false}")
    for name, view in views.items():
        if "generator" not in _needs(view):
            continue
        if view.get("setting", next(iter(settings))) not in settings:
            raise ConfigError(
                f"config: views.{name}.setting: there is no {view['setting']!r}; {nearest(view['setting'], settings)}"
            )
        if view.get("components", 1) > latent["dimension"]:
            raise ConfigError(
                f"config: views.{name}.components: expected at most latent.dimension, {latent['dimension']}"
            )


def _check_edits(edits: Sequence[Mapping[str, Any]]) -> None:
    """Every edit says what to fill in, and there is one for each sample at most."""
    samples = [edit["sample"] for edit in edits]
    for place, edit in enumerate(edits):
        where = f"config: inversions.edits.{place}"
        if not {"mask", "rectangles"} & edit.keys():
            raise ConfigError(f"{where}: says nothing to fill in; expected a mask or rectangles")
        if edit["sample"] in samples[:place]:
            raise ConfigError(f"{where}.sample: {edit['sample']} has an edit already; expected one for each sample")


def _check_denoisers(denoising: Mapping[str, Any]) -> None:
    """Other networks are not called as a classical method is."""
    for name in sorted(METHODS.keys() & present(denoising["others"]).keys()):
        raise ConfigError(f"config: denoising.others.{name}: that is the name of another method; expected a new one")


def _check_origin(name: str, views: Mapping[str, Mapping[str, Any]], datasets: Mapping[str, Any]) -> None:
    seen = [name]
    while seen[-1] != "original":
        view, parent = views[seen[-1]], views[seen[-1]].get("of", "original")
        where = f"config: views.{seen[-1]}.of"
        if parent.startswith(DATASET):
            dataset = parent.removeprefix(DATASET)
            if dataset not in datasets:
                raise ConfigError(f"{where}: there is no data set {dataset!r}; {nearest(dataset, datasets)}")
            if view["kind"] == "hull-pixel":
                raise ConfigError(
                    f"{where}: got {parent!r}, expected a view, such as one {{kind: original, of: {parent}}}"
                )
            return
        if view["kind"] == "original":
            raise ConfigError(f"{where}: got {parent!r}, expected dataset:<name>; only `original` has none")
        if parent not in views:
            raise ConfigError(f"{where}: there is no view {parent!r}; {nearest(parent, views)}")
        if parent in seen:
            raise ConfigError(f"config: views.{name}.of: {' -> '.join([*seen, parent])} goes in a circle")
        seen.append(parent)


# ASSUME: training images are not attacked, as the question is what the processing alone does to the hull; and in the
# hull in pixel space they lie already.
_NOT_OF_TRAINING = {kind for kind, about in VIEWS.items() if about.attack or "pixel_hull" in about.needs}


def _check_hull_of(name: str, views: Mapping[str, Mapping[str, Any]]) -> None:
    """The view whose hull is asked for is one that training images can go through."""
    where, asked = f"config: views.{name}.hull_of", views[name]["hull_of"]
    if asked not in views:
        raise ConfigError(f"{where}: there is no view {asked!r}; {nearest(asked, views)}")
    step = asked
    while step != "original":
        if step.startswith(DATASET) or views[step]["kind"] in _NOT_OF_TRAINING:
            raise ConfigError(
                f"{where}: got {asked!r}, which goes through {step!r}; expected a view of `original` without an "
                "attack, the pixel hull or another data set, such as one that does the same to the original images"
            )
        step = views[step].get("of", "original")
