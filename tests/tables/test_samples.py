"""The table of samples: names and further columns of the source beside the numbers that all tables have."""

import csv

import numpy as np
import pyarrow.parquet as pq
import pytest

from phiscope import tables
from phiscope.datasets import ImageDataset, Specification, open_prepared, prepare, prepare_other, save
from phiscope.tables.samples import Listed, list_samples
from tests.datasets import writers


@pytest.fixture
def split(tmp_path):
    """Prepared splits of a table with further columns, whose `age` are numbers for training and texts for testing."""
    path = writers.table(
        tmp_path / "data", {name: (writers.pictures(6), ["ant", "bee"] * 3) for name in ("train", "test")}
    )
    rows = list(csv.reader(path.open()))
    for name in ("train", "test"):
        own = [row for row in rows[1:] if row[2] == name]
        further = [["age", "place"], *([str(k) if name == "train" else f"{k} y", f"p{k}"] for k in range(6))]
        with (tmp_path / f"data/{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([row[:2] + more for row, more in zip([rows[0], *own], further)])
    path.unlink()

    def prepared(name):
        prepare(Specification(str(tmp_path / "data"), "csv"), name, tmp_path / f"{name}.safetensors", seed=1)
        return open_prepared(tmp_path / f"{name}.safetensors")

    return prepared


def test_the_samples_of_the_limit_with_files_and_columns(tmp_path, split):
    train, test = split("train"), split("test")
    list_samples([Listed(None, "train", train, 4), Listed(None, "test", test, None)], tmp_path / "a.parquet", {"x": 1})
    table = tables.read(tmp_path / "a.parquet")
    assert table.columns.tolist() == [*tables.SCHEMAS["samples"].names, "age", "source_place"]
    assert [len(part) for _, part in table.groupby("split")] == [6, 4]
    own = table[table["split"] == "train"].set_index("sample")
    assert sorted(own.index) == sorted(train.samples[:4].tolist())
    for sample, row in own.iterrows():
        number = int(row["file"].removeprefix("train-").removesuffix(".png"))
        assert (number, row["class"], row["age"], row["source_place"]) == (
            sample,
            ["ant", "bee"][sample % 2],
            str(sample),
            f"p{sample}",
        )
        assert train.samples[row["place"]] == sample
    assert set(table[table["split"] == "test"]["age"]) == {f"{k} y" for k in range(6)}
    assert tables.provenance(tmp_path / "a.parquet") == {"x": 1}
    for field in pq.read_schema(tmp_path / "a.parquet"):
        assert field.metadata[b"description"]


def test_samples_without_names_and_without_labels(tmp_path):
    save(ImageDataset(writers.pictures(3)[:, None, :, :, 0], np.array([0, 1, 0]), ("a", "b")), tmp_path / "x", seed=0)
    writers.folder(tmp_path / "more", {"": (writers.pictures(2), ["c", "d"])})
    prepare_other(Specification(str(tmp_path / "more"), "images"), tmp_path / "y", shape=(1, 6, 5), seed=0)
    own, other = open_prepared(tmp_path / "x"), open_prepared(tmp_path / "y")
    list_samples([Listed("more", "test", other, None), Listed(None, "test", own, 2)], tmp_path / "a.parquet", {})
    table = tables.read(tmp_path / "a.parquet")
    assert table["dataset"].fillna("own").tolist() == ["own", "own", "more", "more"]
    assert table["file"].fillna("none").tolist() == ["none", "none", "c/000.png", "d/001.png"]
    assert pq.read_table(tmp_path / "a.parquet")["label"].null_count == 2
    assert table["class"].isna().tolist() == [False, False, True, True]
