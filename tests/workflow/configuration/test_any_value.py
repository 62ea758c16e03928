"""Every key of the schema with every value that is likely wrong: one sentence, or what can be planned."""

import math
import random

import pytest

from phiscope.errors import ConfigError
from phiscope.workflow.configuration import complete
from phiscope.workflow.configuration.defaults import SCHEMA, schema_at
from phiscope.workflow.plan import Counts, Plan
from phiscope.workflow.plan.named import require_named
from tests.conftest import ROOT

VALUES = [
    *(None, True, False, math.nan, math.inf, -1, 0, 1, 2, 2.5, 1e-300, 1e300, 10**11, 10**30, 10**5000),
    *("", " ", "x", "..", "a\nb", "a\0", "é", "first", "none", "null", "1e-3", "$NOWHERE/x", "a:b", "digits"),
    *([], {}, [None], [[]], [True], [math.nan], [1, 2], [1, 1], ["a", "b"], [0, 0, 1, 1], {"a": 1}, {"..": {}}),
    *({"a": None}, {1: 2}, {"path": "x"}, {"kind": "noise"}, [{"noise": "gaussian", "level": [0.1, 0.2]}], b"x", {1}),
]
SCHEMA_OF_ALL = schema_at(ROOT / SCHEMA)
COUNTS = Counts({"train": 700, "test": 650}, {"mine": 5}, tuple(range(650)), (1, 8, 8), 10, 699)
ENABLED = {part: {"enabled": True} for part in ("latent", "denoising", "implicit")}

# What has to stand beside a key for its mapping to be whole; `mine` is a name, `0` a place in a list.
_NOISE = {"noise": "gaussian", "level": 0.1}
_FACTORY = {"factory": "phiscope.models.denoiser:dncnn"}
BESIDE = {
    "dataset": {"path": "digits"},
    "datasets.mine": {"path": "digits"},
    "classifier.normalise": {"mean": [0.5], "deviation": [0.5]},
    "inversions.edits.0": {"sample": 1, "rectangles": [[0, 0, 1, 1]]},
    "denoising.others.mine": {"network": _FACTORY},
    "denoising.others.mine.network": _FACTORY,
    "denoising.training.noise.0": _NOISE,
    "denoising.others.mine.training.noise.0": _NOISE,
    "denoising.bench.noises.0": _NOISE,
    "denoising.folder": {"path": str(ROOT / "docs"), "method": "dct"},
    "implicit.images.0": {"from": "samples", "count": 1},
    "implicit.fits.0": {"model": "mlp", "encoding": "none"},
    "implicit.decoders.encodings.0": {"encoding": "none"},
    **{
        f"{where}.weights": {"path": str(ROOT / "LICENSE")}
        for where in ("classifier", "denoising.network", "latent.gan", "latent.settings.mine")
    },
    "latent.settings.mine": {
        "heads": "linear", "divergence_weight": 1.0, "reconstruction_of": "sample", "reconstruction": "squared",
        "reconstruction_over": "pixels-sum", "reconstruction_weight": 1.0, "classification_weight": 1.0,
    },
}  # fmt: skip
VIEWS = {
    "original": {"of": "dataset:mine"},
    "hull-pixel": {},
    "noise": _NOISE,
    "quantise": {},
    "blend": {"toward": 1, "share": 0.5},
    "inpaint": {"rectangles": [[0, 0, 1, 1]]},
    "denoise": {"method": "dct"},
    "implicit": {"encoding": "none"},
    "lsd": {"components": 2},
    "rotate": {"toward": 1},
    "deepfool": {},
    "pgd": {"norm": "linf"},
}


def places(node, path=()):
    """Paths of all keys that a part of the schema knows."""
    if "$ref" in node:
        node = SCHEMA_OF_ALL["$defs"][node["$ref"].rpartition("/")[2]]
    inside = [
        *((key, about) for key, about in node.get("properties", {}).items() if isinstance(about, dict)),
        *(("mine", about) for about in [node.get("additionalProperties")] if isinstance(about, dict)),
        *((0, about) for about in [node.get("items")] if isinstance(about, dict)),
    ]
    for key, about in inside:
        yield (*path, key)
        yield from places(about, (*path, key))


def keys():
    """Paths of all keys, and for those of a view its kind."""
    yield from ((path, None) for path in places(SCHEMA_OF_ALL))
    for kind in VIEWS:
        yield from ((path, kind) for path in places(SCHEMA_OF_ALL["$defs"][kind]))


def layer(path, kind, value):
    """A configuration that says one value at a path, with what has to stand beside it."""
    given = value
    for place in range(len(path), 0, -1):
        where = ".".join(map(str, path[:place]))
        if isinstance(given, dict) and kind is None and where in BESIDE:
            given = BESIDE[where] | given
        given = [given] if path[place - 1] == 0 else {path[place - 1]: given}
    if kind is None:
        return given
    view = {"kind": "pgd-full" if kind == "pgd" else kind} | VIEWS[kind] | given
    return {"views": {"mine": view}, "datasets": {"mine": {"path": "digits"}}}


PAIRS = [(path, kind, place) for path, kind in keys() for place in range(len(VALUES))]
DRAWN = random.Random(0).sample(PAIRS, 300)


def planned(given):
    """The plan of what is given, or the sentence that refuses it; any other error is a failure."""
    try:
        config = complete([{"dataset": {"path": "digits"}}, ENABLED, given], name="any")
        plan = Plan.of(config, COUNTS, scripts=ROOT / "scripts")
        require_named(plan)
    except ConfigError as error:
        return str(error)
    return plan


def require_sentence_or_plan(path, kind, place):
    plan = planned(layer(path, kind, VALUES[place]))
    if isinstance(plan, str):
        assert plan.startswith("config: "), plan
        assert len(plan.splitlines()) == 1, plan
        assert len(plan) < 1200, plan
    elif VALUES[place] != 10**11:  # a chunk for each of so many samples is nothing to wait for
        assert plan.outputs() >= set(plan.targets)


def test_some_values_at_some_keys():
    for pair in DRAWN:
        require_sentence_or_plan(*pair)


@pytest.mark.long
def test_every_value_at_every_key():
    assert len(PAIRS) > 15_000
    for pair in PAIRS:
        require_sentence_or_plan(*pair)
