"""Samples and classes that a configuration names, beside those that its data have."""

import pytest

from phiscope.errors import ConfigError
from phiscope.workflow.configuration import resolve
from phiscope.workflow.plan import Counts, Plan
from phiscope.workflow.plan.named import require_named

ORDER = (4, 2, 7, 0)


def planned(shape=(1, 8, 8), **changes):
    config = resolve([{"dataset": {"path": "digits"}, **changes}], name="run")
    return Plan.of(config, Counts({"train": 9, "test": len(ORDER)}, order=ORDER, shape=shape, classes=3, last_train=8))


def view(**options):
    return {"mine": options}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"report": {"samples": ["first", 2]}},
        {"inversions": {"samples": 2, "references": ["test:7", "train:8", "black"]}},
        {"inversions": {"samples": 0, "references": ["test:99"]}},
        {"views": view(kind="blend", toward=0, share=0.5)},
        {"shape": (3, 8, 8), "classifier": {"normalise": {"mean": [0.5], "deviation": [1]}}},
    ],
)
def test_what_is_there(changes):
    require_named(planned(**changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"report": {"samples": [3]}}, "report.samples: test sample 3 is not among the 4 of this run; choose another"),
        ({"report": {"samples": [0]}, "dataset": {"path": "digits", "limit": {"test": 3}}}, "not among the 3 of this"),
        ({"report": {"samples": ["first", 4]}}, "report.samples: 4 stands twice, once as first"),
        ({"inversions": {"samples": 2, "references": ["test:9"]}}, "inversions.references: test sample 9"),
        ({"inversions": {"samples": 2, "references": ["train:9"]}}, "there is no training sample 9; expected 0 to 8"),
        ({"views": view(kind="inpaint", rectangles=[[0, 7, 2, 2]])}, "[0, 7, 2, 2] leaves the image of 8 x 8"),
        ({"inversions": {"edits": [{"sample": 5, "rectangles": [[0, 0, 1, 1]]}]}}, "inversions.edits.0.sample: test"),
        ({"views": view(kind="blend", toward=9, share=0.5)}, "views.mine.toward: test sample 9 is not among"),
        ({"margins": {"classes": 3}}, "margins.classes: got 3, but there are 2 other classes; expected 1 to 2, or all"),
        ({"views": view(kind="rotate", toward=3), "latent": {"enabled": True}}, "there is no class 3; expected 0 to 2"),
        (
            {"latent": {"enabled": True, "dimension": 2}, "views": {"lsd": None, "lsd-pgd": None}},
            "latent.dimension: got 2, expected more than there are classes, 3",
        ),
        (
            {"shape": (3, 8, 8), "classifier": {"normalise": {"mean": [0.5, 0.5], "deviation": [1, 1]}}},
            "classifier.normalise.mean: got 2 entries for images of 3 channels; expected 3, or one for all",
        ),
    ],
)
def test_what_is_not_there(changes, words):
    with pytest.raises(ConfigError) as caught:
        require_named(planned(**changes))
    assert words in str(caught.value)


@pytest.mark.parametrize(("shape", "size"), [((1, 8, 8), 2000), ((3, 32, 32), 2000), ((3, 224, 224), 445)])
def test_large_images_come_in_smaller_chunks(shape, size):
    plan = planned()
    assert plan.with_counts(Counts({"train": 9, "test": 9}, shape=shape)).chunk_size == size
    assert planned(chunk_size=7).chunk_size == 7
