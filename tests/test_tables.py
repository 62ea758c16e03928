import dataclasses
import json
import pydoc
import re

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from phiscope import arrays, tables
from phiscope.errors import DataError, ResultError
from phiscope.files import Stamp, require_unchanged, stamp_of, stamping
from phiscope.geometry import hull
from phiscope.tables import merging
from phiscope.tables.schemas import SORT_KEYS


def features(samples):
    count = len(samples)
    return {
        **tables.constant({"view": "original", "split": "test"}, count),
        "sample": samples, "label": [0] * count, "predicted": [1] * count, "margin": np.arange(count) / 2,
        "closest_class": [2] * count, "noise": [1e-6] * count, "margin_noise": [1e-6] * count,
        "features": np.arange(count * 3, dtype=np.float32).reshape(count, 3),
        "logits": np.arange(count * 2, dtype=np.float64).reshape(count, 2),
    }  # fmt: skip


def test_write_read_matrix_and_provenance(tmp_path):
    columns = features([4, 2])
    tables.write(columns, "features", tmp_path / "a/b.parquet", {"seed": 3})
    path = tmp_path / "a/b.parquet"
    np.testing.assert_array_equal(tables.matrix(path, "features"), columns["features"])
    assert tables.matrix(path, "features").dtype == np.float32
    assert tables.read(path, ["sample", "margin"]).to_dict("list") == {"sample": [4, 2], "margin": [0.0, 0.5]}
    assert tables.provenance(path) == {"seed": 3}
    assert [p.name for p in path.parent.iterdir()] == ["b.parquet"]
    assert str(pq.read_schema(path).field("features").type) == "fixed_size_list<element: float>[3]"


def test_a_matrix_comes_in_batches_of_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "_NUMBERS", 4 * 3)
    columns, path = features(list(range(10))), tmp_path / "a.parquet"
    tables.write(columns, "features", path, {})
    batches = list(tables.batches(path, "features"))
    assert [len(batch) for batch in batches] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate(batches), columns["features"])
    np.testing.assert_array_equal(tables.matrix(path, "features"), columns["features"])
    tables.write(features([]), "features", path, {})
    assert sum(map(len, tables.batches(path, "features"))) == 0
    assert tables.matrix(path, "features").shape == (0, 3)


def test_confidence_is_the_largest_softmax_and_survives_large_logits(tmp_path):
    columns, path = features([4, 2]), tmp_path / "a.parquet"
    columns["logits"] = np.array([[np.log(3), 0.0], [1000.0, -1000.0]])
    tables.write(columns, "features", path, {})
    found = tables.LocatedSamples(path).judged("sample")
    assert found["sample"].tolist() == [4, 2]
    np.testing.assert_allclose(found["confidence"], [0.75, 1.0])


def test_merge_sorts_and_keeps_lists_with_their_rows(tmp_path):
    for name, samples in (("x", [5, 1]), ("y", [3])):
        tables.write(features(samples), "features", tmp_path / f"{name}.parquet", {"seed": 3})
    tables.merge([tmp_path / "x.parquet", tmp_path / "y.parquet"], tmp_path / "all.parquet")
    assert tables.read(tmp_path / "all.parquet")["sample"].tolist() == [1, 3, 5]
    np.testing.assert_array_equal(tables.matrix(tmp_path / "all.parquet", "features")[:, 0], [3, 0, 0])
    assert tables.provenance(tmp_path / "all.parquet") == {"seed": 3}


def test_a_table_larger_than_memory_is_merged_in_pieces_to_the_same(tmp_path, monkeypatch):
    """Chunks whose samples lie between each other, and lists, labels without a value, and equal keys."""
    order = np.random.default_rng(0).permutation(900)
    parts = []
    for k, samples in enumerate(np.array_split(np.append(order, order[:50]), 7)):
        own = features(samples.tolist()) | {"label": np.where(samples % 9, samples % 5, -1)}
        parts.append(tmp_path / f"{k}.parquet")
        tables.write(own, "features", parts[-1], {"seed": 3})
    tables.merge(parts, tmp_path / "whole.parquet")
    monkeypatch.setattr(merging, "AT_ONCE", 20_000)
    monkeypatch.setattr(merging, "_BATCH", 37)
    with stamping(Stamp("a job")):
        tables.merge(parts, tmp_path / "pieces.parquet")
    whole, pieces = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("whole", "pieces"))
    assert pq.ParquetFile(tmp_path / "pieces.parquet").num_row_groups > 2
    assert pieces.equals(whole)
    assert tables.provenance(tmp_path / "pieces.parquet") == {"seed": 3}
    assert stamp_of(tmp_path / "pieces.parquet") == Stamp("a job")
    require_unchanged(tmp_path / "pieces.parquet")
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_texts_and_missing_values_are_keys_of_pieces_too(tmp_path, monkeypatch):
    draw, parts = np.random.default_rng(1), []
    for k in range(4):
        columns = {name: draw.integers(0, 9, 80) for name in tables.SCHEMAS["denoising"].names}
        texts = {"dataset": "ab", "noise": "xyz", "method": "mno", "image": "pqrst"}
        columns |= {name: draw.choice([*values, ""], 80) for name, values in texts.items()}
        columns |= {"level": draw.choice([0.1, 0.2, np.nan], 80), "training_noise": [None] * 80}
        columns["noise"] = [None if text == "z" else text for text in columns["noise"]]
        parts.append(tmp_path / f"{k}.parquet")
        tables.write(columns, "denoising", parts[-1], {})
    tables.merge(parts, tmp_path / "whole.parquet")
    monkeypatch.setattr(merging, "AT_ONCE", 5_000)
    tables.merge(parts, tmp_path / "pieces.parquet")
    assert pq.read_table(tmp_path / "pieces.parquet").equals(pq.read_table(tmp_path / "whole.parquet"))


def test_a_damaged_chunk_of_a_table_merged_in_pieces_is_named(tmp_path, monkeypatch):
    for name in ("x", "y"):
        tables.write(features(list(range(300))), "features", tmp_path / f"{name}.parquet", {})
    content = bytearray((tmp_path / "y.parquet").read_bytes())
    content[200:260] = bytes(60)
    (tmp_path / "y.parquet").write_bytes(content)
    monkeypatch.setattr(merging, "AT_ONCE", 5_000)
    with pytest.raises(ResultError, match=r"y\.parquet is damaged"):
        tables.merge([tmp_path / "x.parquet", tmp_path / "y.parquet"], tmp_path / "all.parquet")
    assert not (tmp_path / "all.parquet").exists()


def test_merge_sorts_by_the_keys_of_the_chunks_own_table(tmp_path):
    for method in ("noisy", "bm3d"):
        columns = {name: [0, 0] for name in tables.SCHEMAS["denoising"].names}
        columns |= {"dataset": ["test", "set"], "image": ["test:1", "a.png"], "noise": ["gaussian"] * 2}
        columns |= {"method": [method] * 2, "training_noise": [None, None]}
        tables.write(columns, "denoising", tmp_path / f"{method}.parquet", {})
    tables.merge([tmp_path / "noisy.parquet", tmp_path / "bm3d.parquet"], tmp_path / "all.parquet")
    merged = tables.read(tmp_path / "all.parquet", ["dataset", "method"])
    assert merged.to_numpy().tolist() == [["set", "bm3d"], ["set", "noisy"], ["test", "bm3d"], ["test", "noisy"]]


def test_chunks_that_name_no_table_are_not_merged(tmp_path):
    tables.write_frame(pd.DataFrame({"sample": [1]}), tmp_path / "x.parquet", {})
    with pytest.raises(DataError, match=r"a chunk says that it is of table ''; expected one of features, margins"):
        tables.merge([tmp_path / "x.parquet"], tmp_path / "all.parquet")


@pytest.mark.parametrize("name", SORT_KEYS)
def test_sort_keys_are_columns_of_their_table(name):
    assert set(SORT_KEYS[name]) <= set(tables.SCHEMAS[name].names)


def test_a_projection_survives_its_table():
    random = np.random.default_rng(0)
    points, vertices, numbers = random.normal(size=(5, 3)) * 2, random.normal(size=(40, 3)), random.permutation(40) + 7
    known = hull.project(points, vertices)
    read = tables.hull_projection(pd.DataFrame(tables.hull_columns(known, numbers, "feature")), vertices, numbers)
    np.testing.assert_allclose(read.nearest, known.nearest, atol=1e-14)
    np.testing.assert_array_equal(read.distance, known.distance)
    assert np.isclose(hull.verify(read, points, vertices).gap, known.gap, atol=1e-12).all()
    assert sorted(read.support(3)[0]) == sorted(known.support(3)[0])
    with pytest.raises(DataError, match="not among the vertices"):
        tables.hull_projection(pd.DataFrame(tables.hull_columns(known, numbers, "feature")), vertices, numbers + 100)


def test_outside_is_what_is_proven_to_be_further_away_than_noise():
    """Onto the unit square: touching, nearer than noise, further, and a bound that is no further than noise."""
    square = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    projection = hull.project(np.array([[0.5, 0.5], [0.5, -1e-5], [0.5, -1e-3], [0.5, -1.0]]), square)
    known = ["within_tolerance", "outside", "outside", "outside"]
    assert tables.hull_columns(projection, np.arange(4), "feature")["position"].tolist() == known
    columns = tables.hull_columns(projection, np.arange(4), "feature", np.array([1e-4, 1e-4, 1e-4, 1.0]))
    assert columns["position"].tolist() == ["within_tolerance", "within_noise", "outside", "within_noise"]
    assert columns["noise"].tolist() == [1e-4, 1e-4, 1e-4, 1.0]
    unproven = dataclasses.replace(projection, gap=projection.distance**2)
    columns = tables.hull_columns(unproven, np.arange(4), "feature", 1e-4)
    assert columns["position"].tolist() == ["within_tolerance", "within_noise", "undecided", "undecided"]


def test_columns_that_do_not_fit_are_named(tmp_path):
    columns = features([1])
    columns["margins"] = columns.pop("margin")
    with pytest.raises(DataError, match="margins"):
        tables.write(columns, "features", tmp_path / "a.parquet", {})


@pytest.mark.parametrize("name", tables.SCHEMAS)
def test_every_column_says_what_it_is(name):
    for field in tables.SCHEMAS[name]:
        assert field.metadata[b"description"], field.name
        assert b"unit" in field.metadata


@pytest.mark.parametrize("name", tables.SCHEMAS)
def test_modules_that_descriptions_speak_of_are_there(name):
    descriptions = b" ".join(field.metadata[b"description"] for field in tables.SCHEMAS[name]).decode()
    for place in re.findall(r"phiscope(?:\.\w+)+", descriptions):
        assert pydoc.locate(place) is not None, place


def test_provenance_is_json_in_the_file(tmp_path):
    tables.write(features([1]), "features", tmp_path / "a.parquet", {"packages": {"numpy": "2"}})
    raw = pq.read_schema(tmp_path / "a.parquet").metadata[b"phiscope.provenance"]
    assert json.loads(raw) == {"packages": {"numpy": "2"}}


def test_no_label_is_null_in_files_and_minus_one_in_memory(tmp_path):
    columns = features([4, 2, 7]) | {"label": np.array([1, -1, 0])}
    tables.write(columns, "features", tmp_path / "a.parquet", {})
    tables.write_frame(pd.DataFrame({"sample": [4, 2, 7], "label": columns["label"]}), tmp_path / "b.parquet", {})
    for name in ("a", "b"):
        path = tmp_path / f"{name}.parquet"
        assert pq.read_table(path)["label"].to_pylist() == [1, None, 0]
        assert tables.read(path)["label"].tolist() == tables.arrays(path, ["label"])["label"].tolist() == [1, -1, 0]
        assert tables.read(path)["label"].dtype == np.int64
    tables.merge([tmp_path / "a.parquet"], tmp_path / "d.parquet")
    assert pq.read_table(tmp_path / "d.parquet")["label"].to_pylist() == [None, 1, 0]


def test_pieces_are_one_table_of_several_row_groups(tmp_path):
    columns = {"view": ["original"] * 3, "split": ["test"] * 3, "detector": ["margin"] * 3}
    pieces = [columns | {"sample": np.arange(3) + 3 * k, "score": np.full(3, float(k))} for k in range(2)]
    tables.write_pieces(iter(pieces), "scores", tmp_path / "pieces.parquet", {"commit": "abc"})
    tables.write({key: [*pieces[0][key], *pieces[1][key]] for key in pieces[0]}, "scores", tmp_path / "one.parquet", {})
    pd.testing.assert_frame_equal(*(tables.read(tmp_path / f"{name}.parquet") for name in ("pieces", "one")))
    assert tables.provenance(tmp_path / "pieces.parquet") == {"commit": "abc"}
    assert pq.ParquetFile(tmp_path / "pieces.parquet").num_row_groups == 2
