"""Vectors whose labels lack, in part or all, and of which a split lacks: classes are those of the head."""

import numpy as np
import pytest

from phiscope.datasets import Specification, open_prepared, prepare
from phiscope.errors import DataError

F, N = 5, 4


def written(folder, name="data.npz", **labels):
    """x and y of splits, 20 vectors for train, 8 for test; labels None: without; a split not named is not there."""
    draw, sizes = np.random.default_rng(0), {"train": 20, "test": 8}
    arrays = {f"x_{split}": draw.normal(size=(sizes[split], F)) for split in labels}
    arrays |= {f"y_{split}": np.asarray(given) for split, given in labels.items() if given is not None}
    np.savez(folder / name, **arrays)
    return folder / name


def prepared(path, split, only=None, outputs=None, say=print, **options):
    to = path.with_name(f"{split}.safetensors")
    specification = Specification(str(path), "features", options=options, only=only)
    prepare(specification, split, to, seed=0, outputs=outputs, say=say)
    return open_prepared(to)


def in_order(found):
    return found.labels[np.argsort(found.samples)].tolist()


def head(features):
    assert features == F
    return N


def test_a_split_that_is_not_there_is_written_empty(tmp_path):
    for only, other in (("test", "train"), ("train", "test")):
        path = written(tmp_path, **{only: None})
        there, absent = (prepared(path, split, only, head) for split in (only, other))
        assert (len(there) > 0, len(absent), absent.shape, absent.classes) == (True, 0, there.shape, there.classes)
        assert there.classes == ("0", "1", "2", "3")
        assert absent.images().shape == (0, F, 1, 1)
        assert not absent.has_logits


def test_only_leaves_the_other_split_out(tmp_path):
    path = written(tmp_path, train=np.arange(20) % N, test=np.arange(8) % 2)
    assert len(prepared(path, "train", "test", head)) == 0
    assert prepared(path, "test", "test", head).classes == ("0", "1", "2", "3")


def test_vectors_in_no_split_are_those_of_the_only_one(tmp_path):
    np.save(tmp_path / "mine.npy", np.random.default_rng(0).normal(size=(6, F)))
    assert len(prepared(tmp_path / "mine.npy", "test", "test", head)) == 6
    with pytest.raises(DataError, match=r"vectors stand in no split; give .*, or dataset.only: test \(or train\)"):
        prepared(tmp_path / "mine.npy", "test", None, head)


def test_training_vectors_need_no_labels_where_a_head_says_the_classes(tmp_path):
    path, said = written(tmp_path, train=None, test=[0, 1, 2, 2, 1, 0, -1, 1]), []
    train, test = (prepared(path, split, outputs=head, say=said.append) for split in ("train", "test"))
    assert train.classes == test.classes == ("0", "1", "2", "3")
    assert set(train.labels) == {-1}
    assert in_order(test) == [0, 1, 2, 2, 1, 0, -1, 1]
    assert any("all 20 vectors of the train split have no label" in line for line in said)
    assert any("1 of 8 vectors of the test split have no label" in line for line in said)


def test_some_training_vectors_may_lack_a_label(tmp_path):
    labels = np.where(np.arange(20) % 3 == 0, -1, np.arange(20) % 3)
    path = written(tmp_path, train=labels, test=None)
    assert in_order(prepared(path, "train", outputs=head)) == labels.tolist()
    first = written(tmp_path, "from_1.npz", train=np.where(labels < 0, -1, labels + 1), test=None)
    found = prepared(first, "train", outputs=head, first_label=1)
    assert (in_order(found), found.classes) == (labels.tolist(), ("1", "2", "3", "4"))


def test_where_all_training_vectors_have_labels_classes_are_theirs(tmp_path):
    path = written(tmp_path, train=np.arange(20) % 3, test=None)
    assert prepared(path, "test", outputs=head).classes == ("0", "1", "2")


def test_names_are_those_of_the_head_in_order(tmp_path):
    path = written(tmp_path, test=["d", "a", "c", "b", "a", "a", "b", "c"])
    assert prepared(path, "test", "test", head).classes == ("a", "b", "c", "d")
    fewer = written(tmp_path, "fewer.npz", test=["a", "c", "b", "a", "a", "b", "c", "c"])
    with pytest.raises(
        DataError, match=r"labels tell of 3 classes \(a, b, c\), the head of 4; .*dataset.options.classes"
    ):
        prepared(fewer, "test", "test", head)
    found = prepared(fewer, "test", "test", head, classes=["c", "b", "a", "z"])
    assert in_order(found) == [2, 0, 1, 2, 2, 1, 0, 0]


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([0, 1, 2, 3, 4, 0, 0, 0], "label 4 of image 4 is out of range; expected 0 to 3"),
        (None, "expected labels of test as y_test or test_labels; where there are none, a head has to say"),
    ],
)
def test_what_no_head_can_mean_is_one_sentence(labels, sentence, tmp_path):
    with pytest.raises(DataError, match=sentence) as refused:
        prepared(written(tmp_path, test=labels), "test", "test", None if labels is None else head)
    assert "\n" not in str(refused.value)


def test_a_share_for_testing_and_one_split_alone_contradict_each_other(tmp_path):
    with pytest.raises(DataError, match=r"dataset.only: train and dataset.options.test_share contradict"):
        prepared(written(tmp_path, train=np.arange(20) % N), "train", "train", test_share=0.2)
