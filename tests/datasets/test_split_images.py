"""Images of a split together: their shapes, and those that are damaged."""

import pytest

from phiscope.datasets import load
from phiscope.errors import DataError
from tests.datasets import writers
from tests.datasets.writers import FILES, encoded, pictures

LABELS = ["ant", "bee"]
COLOUR = pictures(2, (4, 4, 3))


@pytest.fixture(params=FILES)
def writer(request):
    return FILES[request.param]


@pytest.mark.parametrize("writer", [*FILES.values(), writers.npz])
@pytest.mark.parametrize(
    ("test", "words", "options"),
    [
        (
            pictures(2, (4, 4)),
            "those of the test split 1x4x4; dataset.options.channels",
            {"channels": 3},
        ),
        (pictures(2, (3, 3, 3)), "of the test split 3x3x3; dataset.options.size", {"size": [4, 4]}),
    ],
)
def test_splits_of_two_shapes_are_refused_by_both(tmp_path, writer, test, words, options):
    path = str(writer(tmp_path, {"train": (COLOUR, LABELS), "test": (test, LABELS)}))
    for split in ("train", "test"):
        with pytest.raises(DataError, match=words):
            load(path, split)
        assert load(path, split, **options).images.shape == (2, 3, 4, 4)


@pytest.mark.parametrize("damage", [b"", b"\x89PNG broken", encoded(pictures(1)[0], "JPEG")[:300]])
def test_damaged_files_are_left_out_as_far_as_asked(tmp_path, writer, damage, capsys):
    images = [*pictures(3), damage]
    path = str(writer(tmp_path, {split: (images, ["ant", "bee"] * 2) for split in ("train",)}))
    with pytest.raises(DataError, match="not an image that can be decoded .*one image is so: dataset.options.skip"):
        load(path, "train")
    dataset = load(path, "train", skip_damaged=1)
    assert len(dataset) == 3
    assert "left out: " in capsys.readouterr().out
    whole = writer(tmp_path / "whole", {"train": (pictures(4), ["ant", "bee"] * 2)})
    whole = load(str(whole), "train")
    rows = {image.tobytes(): (sample, label) for image, sample, label in zip(whole.images, whole.samples, whole.labels)}
    for image, sample, label in zip(dataset.images, dataset.samples, dataset.labels):
        assert rows[image.tobytes()] == (sample, label)


def test_a_wrong_range_is_no_damage(tmp_path, writer):
    with pytest.raises(DataError, match="options.range says"):
        load(
            str(writer(tmp_path, dict.fromkeys(("train", "test"), (COLOUR, LABELS)))),
            "train",
            range=10,
            skip_damaged=2,
        )
