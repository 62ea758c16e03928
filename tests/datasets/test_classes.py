"""One list of classes for both splits, whatever reader they come from."""

import numpy as np
import pyarrow as pa
import pytest

from phiscope.datasets import load
from phiscope.datasets.classes import order_to_doubt
from phiscope.errors import DataError
from tests.datasets import writers
from tests.datasets.writers import WRITERS, pictures

NAMED = ["ant", "bee", "cow"] * 2


def both(writer, path, train, test):
    splits = {"train": (pictures(len(train), seed=1), train), "test": (pictures(len(test), seed=2), test)}
    return str(WRITERS[writer](path, splits))


@pytest.fixture(params=WRITERS)
def writer(request):
    return request.param


@pytest.mark.parametrize(
    ("train", "test", "words"),
    [
        (NAMED, ["zant", "bee", "cow"], ["only test has 'zant'", "only train has 'ant'"]),
        (NAMED, ["ant", "Bee", "cow"], ["only test has 'Bee'", "only train has 'bee'", "differ in case"]),
        (["ant", "cow"] * 2, ["ant", "bee", "cow"], ["only test has 'bee'"]),
        (["ant", "ant"], ["ant"], ["one class only, 'ant'"]),
    ],
)
@pytest.mark.parametrize("split", ["train", "test"])
def test_classes_that_differ_are_named_whichever_split_is_read(tmp_path, writer, train, test, words, split):
    path = both(writer, tmp_path, train, test)
    with pytest.raises(DataError) as caught:
        load(path, split)
    assert "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in [path, *words])


def test_a_class_without_test_images_is_kept_and_said(tmp_path, writer, capsys):
    path = both(writer, tmp_path, NAMED, ["cow", "ant"])
    train, test = load(path, "train"), load(path, "test")
    assert train.classes == test.classes == ("ant", "bee", "cow")
    assert sorted(test.labels.tolist()) == [0, 2]
    assert capsys.readouterr().out == "the test split has no image of 'bee'\n"


def test_the_option_says_the_order_and_which_there_are(tmp_path, writer):
    path = both(writer, tmp_path, NAMED, ["cow", "dog"])
    classes = ["dog", "cow", "bee", "ant"]
    test = load(path, "test", classes=classes)
    assert test.classes == tuple(classes)
    assert sorted(test.labels.tolist()) == [0, 1]
    with pytest.raises(DataError, match="'dog', not among dataset.options.classes"):
        load(path, "train", classes=["ant", "bee", "cow"])


@pytest.mark.parametrize("writer", ["parquet", "npz", "csv"])
@pytest.mark.parametrize(
    ("train", "options", "classes", "labels"),
    [
        ([1, 2, 3], {"first_label": 1}, ("1", "2", "3"), [0, 1, 2]),
        ([1, 2, 3], {"first_label": 1, "classes": ["a", "b", "c"]}, ("a", "b", "c"), [0, 1, 2]),
        ([0, 2, 4], {"classes": [4, 2, 0]}, ("4", "2", "0"), [2, 1, 0]),
        ([-1, 1, 1], {"classes": [-1, 1]}, ("-1", "1"), [0, 1, 1]),
        ([1, 2, 3], {"classes": [0, 1, 2, 3]}, ("0", "1", "2", "3"), [1, 2, 3]),
        ([0, 1, 2], {"classes": ["a", "b", "c", "d"]}, ("a", "b", "c", "d"), [0, 1, 2]),
        ([0, 1, 2], {}, ("0", "1", "2"), [0, 1, 2]),
    ],
)
def test_numbers(tmp_path, writer, train, options, classes, labels):
    path = both(writer, tmp_path, train, train[:2])
    dataset = load(path, "train", **options)
    assert (dataset.classes, dataset.labels.tolist()) == (classes, labels)
    assert load(path, "test", **options).classes == classes


@pytest.mark.parametrize("writer", ["parquet", "npz", "csv"])
@pytest.mark.parametrize(
    ("train", "test", "options", "words"),
    [
        ([1, 2, 3], [1], {}, "labels begin at 1; give dataset.options.first_label: 1"),
        ([0, 2, 4], [0], {}, "labels skip 1, 3; give dataset.options.classes"),
        ([0, 1, 2], [0, 3], {}, "only test has 3"),
        ([0, 1, 3], [0, 2], {}, "only test has 2"),
        ([0, 1, -1], [0], {}, "label -1 of image 2 is out of range"),
        ([0, 1, 2], [0], {"first_label": 1}, "label 0 of image 0 is out of range"),
        ([0, 1, 2], [0], {"classes": ["a", "b"]}, "label 2 of image 2 is out of range; expected 0 to 1"),
        ([0, 1, 2], [0], {"classes": [0, 1]}, "the train split has the label 2, not among"),
        (NAMED, ["ant"], {"first_label": 1}, "labels are names"),
        ([0, 1, 2], [0], {"classes": ["a", "a", "b"]}, "'a' stands there twice"),
        ([0, 1, 2], [0], {"first_label": "one"}, "dataset.options.first_label: got 'one'"),
    ],
)
def test_numbers_that_mean_nothing_certain(tmp_path, writer, train, test, options, words):
    path = both(writer, tmp_path, train, test)
    for split in ("train", "test"):
        with pytest.raises(DataError, match=words):
            load(path, split, **options)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (np.eye(3, dtype=int)[[0, 2, 1]], ("0", "1", "2")),
        (np.eye(3)[[0, 2, 1]], ("0", "1", "2")),
        (np.array([0.0, 2.0, 1.0]), ("0", "1", "2")),
        (np.array([[0], [2], [1]], np.uint8), ("0", "1", "2")),
        (np.array(["a", "c", "b"]), ("a", "b", "c")),
        (np.array([b"a", b"c", b"b"]), ("a", "b", "c")),
    ],
)
def test_arrays_of_labels_in_every_form(tmp_path, labels, classes):
    path = writers.npz(tmp_path, {"train": (pictures(3), labels), "test": (pictures(3, seed=1), labels)})
    dataset = load(str(path), "train")
    assert (dataset.classes, dataset.labels.tolist()) == (classes, [0, 2, 1])


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.array([0, 0.5, 1]), "with fractions"),
        (np.array([[1, 0], [1, 1], [0, 1]]), "row 1 is not a single 1 among zeros"),
        (np.zeros((3, 2, 2)), "expected one label an image"),
    ],
)
def test_arrays_of_labels_that_are_none(tmp_path, labels, words):
    path = writers.npz(tmp_path, {"train": (pictures(3), labels), "test": (pictures(3, seed=1), labels)})
    with pytest.raises(DataError, match=words):
        load(str(path), "train")


def test_a_dictionary_column_is_read_by_its_values(tmp_path):
    dictionary = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array(["cow", "ant", "bee"]))
    writers.parquet(tmp_path, {"train": (pictures(3), dictionary), "test": (pictures(3, seed=1), dictionary)})
    dataset = load(str(tmp_path), "train")
    assert [dataset.classes[k] for k in dataset.labels] == ["cow", "ant", "bee"]


def test_names_in_another_order_in_one_split_agree_by_name(tmp_path):
    writers.parquet(tmp_path, {"train": (pictures(3), [0, 1, 2])}, ["ant", "bee", "cow"])
    writers.parquet(tmp_path, {"test": (pictures(3, seed=1), [0, 1, 2])}, ["cow", "bee", "ant"])
    assert load(str(tmp_path), "test").classes == ("ant", "bee", "cow")
    assert load(str(tmp_path), "test").labels.tolist() == [2, 1, 0]


def test_names_in_one_split_alone_are_said_to_be_taken_for_both(tmp_path, capsys):
    writers.parquet(tmp_path, {"train": (pictures(3), [0, 1, 2])}, ["ant", "bee", "cow"])
    writers.parquet(tmp_path, {"test": (pictures(3, seed=1), [2, 1, 0])})
    assert load(str(tmp_path), "test").classes == ("ant", "bee", "cow")
    assert "its numbers are taken for those of the train split" in capsys.readouterr().out
    writers.parquet(tmp_path, {"test": (pictures(3, seed=1), [2, 1, 3])})
    with pytest.raises(DataError, match="label 3 of image 2 is out of range"):
        load(str(tmp_path), "train")


def test_names_and_numbers_do_not_go_together(tmp_path):
    writers.parquet(tmp_path, {"train": (pictures(3), NAMED[:3]), "test": (pictures(3, seed=1), [0, 1, 2])})
    with pytest.raises(DataError, match="labels of the train split are names, those of the test split numbers"):
        load(str(tmp_path), "test")


def test_class_names_inside_an_npz(tmp_path):
    arrays = {"x_train": pictures(3), "y_train": [0, 2, 1], "x_test": pictures(3, seed=1), "y_test": [0, 2, 1]}
    np.savez(tmp_path / "a.npz", **arrays, class_names=["ant", "bee", "cow"])
    assert load(str(tmp_path / "a.npz"), "test").classes == ("ant", "bee", "cow")


@pytest.mark.parametrize(
    ("names", "pair"),
    [
        (["0", "1", "10", "2"], ("10", "2")),
        (["class1", "class10", "class2"], ("class10", "class2")),
        (["a", "v10_x", "v9_x"], ("v10_x", "v9_x")),
        ([str(k) for k in range(10)], None),
        (["01", "02", "10"], None),
        (["0", "1", "2", "10"], None),  # somebody put them in this order
        (["2", "10", "1"], None),
        (["ant", "bee", "n01440764", "n01443537"], None),
    ],
)
def test_numbers_in_the_order_of_texts_are_doubted(names, pair):
    said = order_to_doubt(names)
    assert (said is None) == (pair is None)
    if pair:
        assert f"{pair[0]!r} before {pair[1]!r}; " in said
