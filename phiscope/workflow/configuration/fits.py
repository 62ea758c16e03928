"""Images as functions of position: encodings, bases and images that are there, with what each of them takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from phiscope.errors import ConfigError
from phiscope.workflow.configuration.sentences import nearest

# Encoding -> what the configuration gives it; see `phiscope.implicit.encodings`, which is slow to import.
ENCODINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("none", "basic", "fourier_complete", "dct", "haar", "orthogonal"), ()),
    **dict.fromkeys(("fourier_random", "fourier_grid", "fourier_lowest", "fourier_strategic", "siren"), ("k",)),
    **dict.fromkeys(("positional", "gaussian"), ("k", "sigma")),
}
BASES = ("fourier_complete", "dct", "haar", "orthogonal")
SPARSE = ("largest", "lasso", "basis_pursuit")
CONTROLS = ("white_noise", "gaussian_noise", "binary_noise", "pink_noise", "constant", "step_edge")
PHOTOGRAPHS = (
    *("astronaut", "brick", "camera", "cat", "cell", "clock", "coffee", "coins", "grass", "gravel", "horse"),
    *("hubble_deep_field", "immunohistochemistry", "moon", "page", "retina", "rocket", "text", "china", "flower"),
)


def check_encoding(where: str, encoding: str, given: Mapping[str, Any]) -> None:
    """Raise ConfigError where an encoding lacks one of k and sigma, or has one that it does not take."""
    takes = ENCODINGS[encoding]
    for key in ("k", "sigma"):
        is_there = given.get(key) is not None
        if key in takes and not is_there:
            raise ConfigError(f"config: {where}.{key}: missing; the encoding {encoding} takes {' and '.join(takes)}")
        if is_there and key not in takes:
            expected = " and ".join(takes) or "neither k nor sigma"
            raise ConfigError(f"config: {where}.{key}: the encoding {encoding} takes no {key}; expected {expected}")
    if encoding == "positional" and (odd := [k for k in _listed(given["k"]) if k % 2]):
        raise ConfigError(f"config: {where}.k: got {odd[0]}, expected an even number, half of it for each axis")


def check_implicit(implicit: Mapping[str, Any]) -> None:
    """Raise ConfigError for the first image, encoding or value of `implicit` that is not there."""
    groups = _groups(implicit["images"])
    for place, fit in enumerate(implicit["fits"]):
        where = f"implicit.fits.{place}"
        _check_fit(where, fit)
        for group in fit.get("groups", ()):
            if group not in groups:
                raise ConfigError(f"config: {where}.groups: there is no group {group!r}; {nearest(group, groups)}")
    for place, decoder in enumerate(implicit["decoders"]["encodings"]):
        check_encoding(f"implicit.decoders.encodings.{place}", decoder["encoding"], decoder)
    _check_rates(implicit["rates"], groups)
    picture = implicit["picture"]
    if picture is not None and picture.partition("/")[0] not in groups:
        raise ConfigError(
            f"config: implicit.picture: there is no group {picture.partition('/')[0]!r}; expected group/name, of the "
            f"groups {', '.join(groups)}"
        )


def _check_fit(where: str, fit: Mapping[str, Any]) -> None:
    model, is_sparse = fit["model"], fit["model"] in SPARSE
    for encoding in _listed(fit["encoding"]):
        known = BASES if is_sparse else tuple(ENCODINGS)
        for name in encoding.split("+") if is_sparse else [encoding]:
            if name not in known:
                what = "basis" if is_sparse else "encoding"
                raise ConfigError(f"config: {where}.encoding: there is no {what} {name!r}; {nearest(name, known)}")
        if model == "largest" and "+" in encoding:
            raise ConfigError(f"config: {where}.encoding: got {encoding!r}, expected one basis for the model largest")
        if not is_sparse:
            check_encoding(where, encoding, fit)
    for needed, key in (("largest", "share"), ("lasso", "penalty")):
        if model == needed and key not in fit:
            raise ConfigError(f"config: {where}.{key}: missing; the model {model} takes a {key}")
    for share in _listed(fit.get("share", ())):
        if share > 1:
            raise ConfigError(f"config: {where}.share: got {share}, expected at most 1, all coefficients")
    if "fourier_strategic" in _listed(fit["encoding"]) and "spectrum" not in fit:
        raise ConfigError(f"config: {where}.spectrum: missing; the encoding fourier_strategic looks at own or mean")


def _check_rates(rates: Mapping[str, Any], groups: Iterable[str]) -> None:
    for name in (name for names in rates["bases"] for name in names.split("+")):
        if name not in BASES:
            raise ConfigError(f"config: implicit.rates.bases: there is no basis {name!r}; {nearest(name, BASES)}")
    for group in rates["groups"] or ():
        if group not in groups:
            raise ConfigError(f"config: implicit.rates.groups: there is no group {group!r}; {nearest(group, groups)}")


def _groups(images: Sequence[Mapping[str, Any]]) -> dict[str, None]:
    """The sets of images by name; each image of them stands once."""
    seen: dict[tuple[str, str], int] = {}
    for place, (spec, name) in _named(images):
        group = spec.get("group", spec["from"])
        known = {"bundled": PHOTOGRAPHS, "scrambled": PHOTOGRAPHS, "controls": CONTROLS}.get(spec["from"])
        where = f"config: implicit.images.{place}"
        if known is not None and name not in known:
            raise ConfigError(f"{where}.names: there is no {name!r}; {nearest(name, known)}")
        if (group, name) in seen:
            what = repr(name) if name else "samples or files"
            raise ConfigError(
                f"{where}.group: {group} has {what} already, at {seen[group, name]}; expected a group of its own"
            )
        seen[group, name] = place
    return dict.fromkeys(group for group, _ in seen)


def _named(images: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, tuple[Mapping[str, Any], str]]]:
    """Place, set and name of every image that a set names; of samples and folders, whose names are not ours, one."""
    for place, spec in enumerate(images):
        for name in spec.get("names", [""]):
            yield place, (spec, name)


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]
