"""One line says what is wrong in a configuration, where, and what was expected."""

import pytest

from phiscope.errors import ConfigError
from phiscope.workflow.configuration import enabled, present, read, resolve


@pytest.fixture
def digits(root):
    """The default run, as its file has it."""
    return read(root / "config.yaml")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"chunksize": 3}, "config: chunksize: there is no such key; did you mean 'chunk_size'?"),
        (
            {"hulls": {"pixel": {"tolerence": 1}}},
            "config: hulls.pixel.tolerence: there is no such key; did you mean 'tolerance'?",
        ),
        ({"hulls": {"of": ["class"]}}, "config: hulls.of: got ['class'], expected all among the entries"),
        (
            {"hulls": {"of": ["all", "clas"]}},
            "config: hulls.of.1: got 'clas', expected one of all, class; did you mean",
        ),
        ({"hulls": {"left_out": 20000}}, "config: hulls.left_out: got 20000, expected at most 10000"),
        ({"hulls": {"dimensions": [0]}}, "config: hulls.dimensions.0: got 0, expected at least 1"),
        (
            {"inversions": {"rescues": 2}},
            "config: inversions.rescues: there is no such key; did you mean 'restarts'?",
        ),
        (
            {"inversions": {"retreats": 2}},
            "config: inversions.retreats: there is no such key; did you mean 'backtracks'?",
        ),
        ({"chunk_size": 0}, "config: chunk_size: got 0, expected at least 1 (samples per job"),
        ({"seed": "one"}, "config: seed: got 'one', expected a whole number (every random draw derives from it)"),
        ({"dataset": {"reader": "png"}}, "config: dataset.reader: got 'png', expected one of digits, idx"),
        (
            {"views": {"hull-pixel": {"of": "orginal"}}},
            "config: views.hull-pixel.of: there is no view 'orginal'; did you mean 'original'?",
        ),
        ({"views": {"hull-pixel": {"of": "hull-pixel"}}}, "goes in a circle"),
        (
            {"views": {"lsd": {"setting": "faithfull"}}},
            "config: views.lsd.setting: there is no 'faithfull'; did you mean 'faithful'?",
        ),
        ({"views": {"lsd": {"components": 41}}}, "views.lsd.components: expected at most latent.dimension, 40"),
        ({"latent": {"settings": {"published": None, "faithful": None}}}, "config: latent.settings: every one is null"),
        (
            {"latent": {"gan": {"beta_1": 0.1}}},
            "config: latent.gan.beta_1: there is no such key; did you mean 'beta1'?",
        ),
        (
            {"views": {"more": {"kind": "blur"}}},
            "config: views.more.kind: got 'blur', expected one of original, hull-pixel",
        ),
        ({"dataset": {"path": None}}, "config: dataset.path: missing; expected `digits`, or a file or folder"),
        (
            {"classifier": {"weights": {"path": "w.pt"}, "normalise": None}},
            "config: classifier.normalise: missing; expected the {mean, deviation} per channel that the weights were",
        ),
        (
            {"classifier": {"factory": "net.py:build", "weights": {"path": "w.pt"}}},
            "config: classifier.normalise: missing; expected the {mean, deviation}",
        ),
        (
            {"classifier": {"normalise": "imagenet"}},
            "config: classifier.normalise: got 'imagenet', expected one of {mean, deviation}, none",
        ),
        (
            {"report": {"samples": ["last"]}},
            "config: report.samples.0: got 'last', expected `first`, or the index of a sample",
        ),
        ({"views": {"more": {"of": "original"}}}, "config: views.more.kind: missing; expected the transformation"),
        (
            {"views": {"pgd-full": {"epsilom": 0.1}}},
            "config: views.pgd-full.epsilom: there is no such key; did you mean 'epsilon'?",
        ),
        (
            {"views": {"noise": {"epsilon": 0.1}}},
            "config: views.noise.epsilon: there is no such key; expected one of: kind, of",
        ),
        (
            {"views": {"pgd": {"kind": "pgd-first", "epsilon": 0.1}}},
            "config: views.pgd.norm: missing; expected norm that epsilon bounds",
        ),
        ({"views": {"pgd-full": {"norm": "l1"}}}, "config: views.pgd-full.norm: got 'l1', expected one of linf, l2"),
        (
            {"views": {"mix": {"kind": "blend", "toward": 3, "share": 1.5}}},
            "config: views.mix.share: got 1.5, expected at most 1 (how far",
        ),
        ({"views": {"fill": {"kind": "inpaint"}}}, "config: views.fill: says nothing to fill in; expected a mask or"),
        (
            {"views": {"fill": {"kind": "inpaint", "rectangles": [[1, 2, 3]]}}},
            "config: views.fill.rectangles.0: got [1, 2, 3], expected at least 4 entries ([top, left, height, width]",
        ),
        (
            {
                "views": {"far": {"kind": "noise", "noise": "gaussian", "level": 1, "of": "dataset:mnits"}},
                "datasets": {"mnist": {"path": "mnist"}},
            },
            "config: views.far.of: there is no data set 'mnits'; did you mean 'mnist'?",
        ),
        (
            {"views": {"far": {"kind": "original", "of": "dataset:mnist"}}},
            "config: views.far.of: there is no data set 'mnist'; the configuration names none",
        ),
        (
            {"views": {"copy": {"kind": "original"}}},
            "config: views.copy.of: got 'original', expected dataset:<name>",
        ),
        (
            {"views": {"hull-pixel": {"of": "dataset:a"}}, "datasets": {"a": {"path": "a"}}},
            "config: views.hull-pixel.of: got 'dataset:a', expected a view, such as",
        ),
        (
            {"datasets": {"a": {"path": "a", "is_papers": True}}},
            "config: datasets.a.is_papers: there is no such key; expected one of: path, reader",
        ),
        (
            {"views": {"deepfool": None, "twice": {"kind": "quantise", "of": "deepfool"}}},
            "config: views.twice.of: there is no view 'deepfool'",
        ),
        (
            {"views": {"noise": {"hull_of": "nose"}}},
            "config: views.noise.hull_of: there is no view 'nose'; did you mean 'noise'?",
        ),
        (
            {"views": {"noise": {"hull_of": "saved"}, "saved": {"kind": "quantise", "of": "pgd-full"}}},
            "config: views.noise.hull_of: got 'saved', which goes through 'pgd-full'; expected a view of",
        ),
        (
            {
                "views": {"noise": {"hull_of": "far"}, "far": {"kind": "quantise", "of": "dataset:a"}},
                "datasets": {"a": {"path": "a"}},
            },
            "config: views.noise.hull_of: got 'far', which goes through 'dataset:a'; expected a view of",
        ),
        ({"views": {"noise": {"hull_of": "hull-pixel"}}}, "which goes through 'hull-pixel'; expected a view of"),
        (
            {"denoising": {"others": {"tv": {"network": {"factory": "a:b", "arguments": {}}}}}},
            "config: denoising.others.tv: that is the name of another method; expected a new one",
        ),
        (
            {
                "denoising": {
                    "others": {"few": {"network": {"factory": "a:b", "arguments": {}}, "training": {"epoch": 3}}}
                }
            },
            "config: denoising.others.few.training.epoch: there is no such key; did you mean 'epochs'?",
        ),
        (
            {"denoising": {"training": {"noise": [{"noise": "gaussian", "level": [0.1]}]}}},
            "config: denoising.training.noise.0.level: got [0.1], expected at least 2 entries",
        ),
        (
            {"views": {"original": {"spaces": ["features"]}}},
            "config: views.original.spaces.0: got 'features', expected one of",
        ),
        ({"implicit": {"training_pixels": 2}}, "config: implicit.training_pixels: got 2, expected at most 1 (share of"),
        (
            {"views": {"drawn": {"kind": "implicit", "encoding": "gausian"}}},
            "config: views.drawn.encoding: got 'gausian', expected one of none, basic",
        ),
        ({"inversions": {"budget": "soon"}}, "config: inversions.budget: got 'soon', expected hours, such as 1.5"),
        ({"inversions": {"budget": -1}}, "config: inversions.budget: got -1, expected at least 0"),
        (
            {"inversions": {"edits": [{"sample": 3}]}},
            "config: inversions.edits.0: says nothing to fill in; expected a mask or rectangles",
        ),
        (
            {"inversions": {"edits": [{"sample": 3, "mask": "a.png"}, {"sample": 3, "mask": "b.png"}]}},
            "config: inversions.edits.1.sample: 3 has an edit already; expected one for each sample",
        ),
        (
            {"inversions": {"edits": [{"mask": "a.png"}]}},
            "config: inversions.edits.0.sample: missing; expected test sample, by index in the split",
        ),
        ({"device": "gpu"}, "config: device: got 'gpu', expected one of auto, cpu"),
    ],
)
def test_one_line_says_what_where_and_what_was_expected(digits, change, line):
    with pytest.raises(ConfigError) as caught:
        resolve([digits, change])
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_null_drops_a_view(digits):
    dropped = resolve([digits, {"views": {"deepfool": None, "rotate": None}}])
    assert list(present(dropped["views"])) == [name for name in digits["views"] if name not in ("deepfool", "rotate")]


def test_a_view_of_another_data_set_is_right(digits):
    views = {"far": {"kind": "original", "of": "dataset:a"}, "noisy": {"kind": "quantise", "of": "far"}}
    resolve([digits, {"views": views, "datasets": {"a": {"path": "a", "reader": "images"}}}])


def test_a_disabled_part_takes_its_views_along(digits):
    views = {
        "twice": {"kind": "quantise", "of": "lsd"},
        "dct": {"kind": "denoise", "of": "noise", "method": "dct", "level": 0.1},
    }
    off = {"latent": {"enabled": False}, "denoising": {"enabled": False}}
    left = enabled(resolve([digits, {"views": views}, off]))
    assert (left["latent"], left["denoising"]) == (None, None)
    assert not {"lsd", "lsd-pgd", "rotate", "twice", "denoise", "denoise-pgd"} & set(left["views"])
    assert {"original", "noise", "deepfool", "dct"} <= set(left["views"]), "a classical method needs no network"


def test_a_view_judged_against_a_hull_that_is_not_made_goes_with_it(digits):
    views = {"dct": {"kind": "denoise", "of": "noise", "method": "dct", "hull_of": "denoise"}}
    left = enabled(resolve([digits, {"views": views, "denoising": {"enabled": False}}]))
    assert "dct" not in left["views"]


def test_an_enabled_part_keeps_its_views(digits):
    config = resolve([digits])
    assert enabled(config)["views"] == present(config["views"])
    assert enabled(config)["latent"] == config["latent"]


def test_what_is_switched_off_stays_so(digits):
    left = enabled(resolve([digits, {"latent": {"enabled": False}}]))
    assert enabled(left) == left


def test_views_of_a_disabled_part_need_nothing(digits):
    resolve([digits, {"denoising": {"enabled": False}, "views": {"noise": None}}])


@pytest.mark.parametrize(
    ("view", "part"),
    [
        ({"kind": "lsd", "components": 4}, "latent"),
        ({"kind": "rotate", "toward": 1}, "latent"),
        ({"kind": "denoise", "method": "network"}, "denoising"),
        ({"kind": "pgd-full", "norm": "l2", "through": "network"}, "denoising"),
    ],
)
def test_a_view_that_is_asked_for_asks_for_its_part(view, part):
    given = {"dataset": {"path": "digits"}, "views": {"mine": view}}
    with pytest.raises(ConfigError, match=f"config: views.mine: rests on the part {part}, which is off"):
        resolve([given], name="run")
    assert "mine" in enabled(resolve([given, {part: {"enabled": True}}], name="run"))["views"]
    assert "mine" not in enabled(resolve([given, {part: {"enabled": False}}], name="run"))["views"]
