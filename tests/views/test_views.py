"""The contract of all kinds: what the configuration may say is what `make` takes, and what it gives fits."""

import inspect

import pytest
import yaml

from phiscope.denoising.corruptions import CORRUPTIONS
from phiscope.views import VIEWS, attacks, in_words

COMMON = {"kind", "of", "samples", "spaces", "keep", "hull_of"}


@pytest.fixture(scope="module")
def schema(root):
    return yaml.safe_load((root / "workflow/schemas/config.schema.yaml").read_text())


def entry_of(schema, kind: str) -> dict:
    for rule in schema["properties"]["views"]["additionalProperties"]["allOf"]:
        if rule["if"]["properties"]["kind"]["const"] == kind:
            return schema["$defs"][rule["then"]["$ref"].rpartition("/")[2]]
    raise AssertionError(kind)


def test_the_schema_knows_the_kinds(schema):
    kinds = schema["properties"]["views"]["additionalProperties"]["properties"]["kind"]["enum"]
    assert set(kinds) == {"original", *VIEWS}
    assert set(schema["$defs"]["noise"]["properties"]["noise"]["enum"]) == set(CORRUPTIONS)


@pytest.mark.parametrize("name", VIEWS)
def test_the_schema_has_the_parameters_of_make_and_no_others(schema, name):
    kind, entry = VIEWS[name], entry_of(schema, name)
    assert entry["additionalProperties"] is False
    offered = set(entry["properties"]) - COMMON
    signature = inspect.signature(kind.load()).parameters
    named = {key: value for key, value in signature.items() if value.kind is value.KEYWORD_ONLY}
    needs = {*kind.needs, *(need for extra in kind.extras for need in extra.needs)}
    taken = set(named) - needs - set(kind.fixed)
    if name == "deepfool":  # hands its options on
        from phiscope.attacks import deepfool

        taken = {key for key in inspect.signature(deepfool).parameters if key in ("steps", "overshoot", "candidates")}
    filled = set()
    if "encoder" in kind.needs:  # the rule hands over the encoder of a setting, and a basis where none is named
        taken, filled = taken | {"setting"}, {"basis"}
    assert offered == taken
    needed = {key for key in taken if key in named and named[key].default is inspect.Parameter.empty} - filled
    assert set(entry.get("required", ())) == needed
    assert needs <= set(named)


def test_attacks_are_told_from_other_views():
    views = {"original": {"kind": "original"}, "a": {"kind": "pgd-full"}, "b": {"kind": "noise"}}
    assert attacks(views) == ["a"]


def test_views_in_words():
    assert in_words({"kind": "original"}) == "the images as they are"
    assert in_words({"kind": "original", "of": "dataset:mnist"}) == "images of mnist, another data set"
    noise = {"kind": "noise", "of": "dataset:mnist", "noise": "gaussian", "level": 0.1}
    assert in_words(noise) == "images of mnist with gaussian noise of level 0.1"
    assert in_words(noise | {"hull_of": "noisy"}).endswith(" (processed hull: training images of noisy)")
    pgd = {"kind": "pgd-first", "norm": "l2", "epsilon": 8 / 255}
    assert in_words(pgd | {"through": "network"}).endswith("up to the first success, through the denoiser")
    assert in_words(pgd) == "images of original attacked by PGD (l2, at most 0.0314), up to the first success"
