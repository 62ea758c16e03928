"""What holds in a run on features alone, and what is refused there."""

import pytest

from phiscope.errors import ConfigError
from phiscope.figures import about
from phiscope.workflow.configuration import resolve
from phiscope.workflow.plan import Counts, Plan

GIVEN = {"dataset": {"path": "digits", "reader": "features"}}
COUNTS = Counts({"train": 700, "test": 650}, order=tuple(range(650)), shape=(20, 1, 1), classes=10)


def test_nothing_of_pixels_holds_by_default():
    config = resolve([GIVEN], name="mine")
    assert {name for name, view in config["views"].items() if view} == {"original"}
    assert config["views"]["original"]["spaces"] == ["feature"]
    assert config["inversions"]["samples"] == 0
    assert config["classifier"]["factory"] == "phiscope.models.vectors:head"


def test_a_run_without_them_has_its_own_defaults():
    assert (
        len({name for name, view in resolve([{"dataset": {"path": "digits"}}], name="mine")["views"].items() if view})
        > 5
    )


def test_the_plan_has_no_pictures_and_no_look(root):
    plan = Plan.of(resolve([GIVEN], name="mine"), COUNTS, scripts=root / "scripts")
    assert {part.rule for part in plan.geometry.fitting().parts} == {"fit_head", "split_classifier"}
    assert plan.geometry.looks == []
    assert {"plane", "slice", "balls"} <= set(plan.drawing.all)
    frames = {frame for name in plan.drawing.all for frame in about(name.partition("-")[0]).frames}
    assert not frames & {"contact_sheet", "ambiguity_gallery", "sample_page"}
    assert all(view.spaces == ["feature"] for view in plan.views.values())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"views": {"noise": {"kind": "noise", "noise": "gaussian", "level": 0.1}}}, "config: views.noise: a run on"),
        ({"views": {"pgd": {"kind": "pgd-full", "norm": "linf"}}}, "config: views.pgd: a run on"),
        ({"views": {"original": {"spaces": ["feature", "pixel"]}}}, "config: views.original.spaces: "),
        ({"latent": {"enabled": True}}, "config: latent.enabled: a run on features alone has no images"),
        ({"denoising": {"enabled": True}}, "config: denoising.enabled: "),
        ({"implicit": {"enabled": True}}, "config: implicit.enabled: "),
        ({"inversions": {"samples": 3}}, "config: inversions.samples: .* expected 0"),
        ({"classifier": {"factory": "net.py:build"}}, "config: classifier.factory: "),
        ({"classifier": {"head": "fc"}}, "config: classifier.head: .* expected fit, or a file"),
        ({"classifier": {"weights": "factory"}}, "config: classifier.weights: .* expected the file of a head"),
        ({"classifier": {"head": "fit", "weights": {"path": "w.npz"}}}, "config: classifier.weights: "),
        ({"datasets": {"other": {"path": "x", "reader": "folder"}}}, "datasets.other.reader: .* expected features"),
    ],
)
def test_what_needs_images_is_refused(change, sentence):
    with pytest.raises(ConfigError, match=sentence):
        resolve([GIVEN, change], name="mine")


def test_vectors_beside_images_are_refused():
    datasets = {"other": {"path": "x", "reader": "features"}}
    with pytest.raises(ConfigError, match=r"datasets\.other\.reader: got features; expected images"):
        resolve([{"dataset": {"path": "digits"}, "datasets": datasets}], name="mine")
