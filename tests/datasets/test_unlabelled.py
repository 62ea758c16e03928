"""Test images without labels are test samples with the label -1; training images need labels."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phiscope.datasets import Specification, load, open_prepared, prepare
from phiscope.errors import DataError
from tests.datasets import writers
from tests.datasets.writers import encoded, pictures

TRAIN = pictures(6), ["ant", "bee", "cow"] * 2
TEST = pictures(4, seed=1)


def folder(path, labels):
    writers.folder(path, {"train": TRAIN})
    (path / "test").mkdir()
    for k, image in enumerate(TEST):
        (path / f"test/{k}.png").write_bytes(encoded(image))
    return path


def table(path, labels, *, column=True):
    path = writers.table(path, {"train": TRAIN, "test": (TEST, [label or "" for label in labels])})
    return path if column else without_label(path)


def without_label(path):
    """`train.csv` with labels and `test.csv` without the column."""
    rows = list(csv.DictReader(path.open()))
    for split, names in (("train", ["file", "label"]), ("test", ["file"])):
        with path.with_name(f"{split}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(row for row in rows if row["split"] == split)
    path.unlink()
    return path.parent


def parquet(path, labels, *, column=True):
    writers.parquet(path, {"train": TRAIN, "test": (TEST, pa.array(labels, pa.string()))})
    if not column:
        file = path / "test.parquet"
        pq.write_table(pq.read_table(file).drop_columns(["label"]), file)
    return path


def minus_one(path, labels):
    """As data sets on the Hugging Face hub mark them, whose test labels are kept back."""
    names = sorted(set(TRAIN[1]))
    features = {"label": {"names": names, "_type": "ClassLabel"}}
    numbers = {"train": [names.index(label) for label in TRAIN[1]]}
    numbers["test"] = [-1 if label is None else names.index(label) for label in labels]
    writers.parquet(path, {"train": (TRAIN[0], numbers["train"]), "test": (TEST, numbers["test"])})
    for split in ("train", "test"):
        file = path / f"{split}.parquet"
        about = {"huggingface": json.dumps({"info": {"features": features}})}
        pq.write_table(pq.read_table(file).replace_schema_metadata(about), file)
    return path


SOME, NONE = ["bee", None, "ant", None], [None] * 4
CASES = {
    "folder": (folder, NONE, {}),
    "cells": (table, SOME, {}),
    "all cells": (table, NONE, {}),
    "no cell column": (table, NONE, {"column": False}),
    "nulls": (parquet, SOME, {}),
    "all null": (parquet, NONE, {}),
    "no column": (parquet, NONE, {"column": False}),
    "-1": (minus_one, SOME, {}),
    "all -1": (minus_one, NONE, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_they_are_test_samples(tmp_path, case, capsys):
    write, labels, options = CASES[case]
    path = str(write(tmp_path / "data", labels, **options))
    reader = "csv" if write is table else None  # a folder of tables could be anything
    test, train = (load(path, split, reader=reader) for split in ("test", "train"))
    assert test.classes == train.classes == ("ant", "bee", "cow")
    assert test.labels.tolist() == [-1 if label is None else test.classes.index(label) for label in labels]
    count = labels.count(None)
    assert f"{'all 4' if count == 4 else '2 of 4'} images " in capsys.readouterr().out
    np.testing.assert_array_equal(test.images, TEST.transpose(0, 3, 1, 2))
    prepare(Specification(path, reader), "test", tmp_path / "a.safetensors", seed=0)
    prepared = open_prepared(tmp_path / "a.safetensors")
    np.testing.assert_array_equal(prepared.labels, test.labels[prepared.samples])
    np.testing.assert_array_equal(prepared.images(), test.images[prepared.samples])


@pytest.mark.parametrize(
    ("writer", "words"), [(writers.table, "has no label .1 of"), (writers.parquet, "without nulls")]
)
def test_training_images_need_labels(tmp_path, writer, words):
    labels = ["ant", "bee", None if writer is writers.parquet else "", "bee"]
    labels = pa.array(labels) if writer is writers.parquet else labels
    path = str(writer(tmp_path, {"train": (pictures(4), labels), "test": (TEST, ["ant", "bee"] * 2)}))
    for split in ("train", "test"):
        with pytest.raises(DataError, match=words):
            load(path, split)


def test_minus_one_may_be_a_class(tmp_path):
    numbers = {"train": (TRAIN[0], [-1, 1] * 3), "test": (TEST, [-1, 1, 1, -1])}
    path = str(writers.parquet(tmp_path, numbers))
    dataset = load(path, "test", classes=[-1, 1])
    assert (dataset.labels.tolist(), dataset.classes) == ([0, 1, 1, 0], ("-1", "1"))


def test_one_folder_that_is_no_class_is_asked_about(tmp_path):
    writers.folder(tmp_path, {"train": TRAIN, "test": (TEST, ["images"] * 4)})
    with pytest.raises(
        DataError, match="only test has 'images'; .*; if that is no class, leave it out: images straight"
    ):
        load(str(tmp_path), "test")
    writers.folder(tmp_path, {"test": (TEST[:3], ["ant", "bee", "cow"])})
    with pytest.raises(DataError, match="only test has 'images'.* in dataset.options.classes$"):
        load(str(tmp_path), "test")
