"""Vectors from .npy, .npz and Parquet, in the layouts that people have, and one sentence for what cannot be meant."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phiscope.datasets import Specification, load, open_prepared, prepare, prepare_other
from phiscope.errors import DataError

F = 5
SIZES = {"train": 30, "test": 12}


@pytest.fixture
def arrays():
    """split -> vectors (n, f), labels and logits (n, 3)."""
    random = np.random.default_rng(0)
    return {
        split: (random.normal(size=(n, F)).astype(np.float32), np.arange(n) % 3, random.normal(size=(n, 3)))
        for split, n in SIZES.items()
    }


def as_npz(folder, arrays, names):
    path = folder / "data.npz"
    kept = {}
    for split, (x, y, logits) in arrays.items():
        vectors, labels, scores = (name.format(split) for name in names)
        kept |= {vectors: x, labels: y, scores: logits}
    np.savez(path, **kept)
    return path


def as_folder_of_npz(folder, arrays):
    for split, (x, y, _) in arrays.items():
        np.savez(folder / f"{split}.npz", features=x, labels=y)
    return folder


def as_npy(folder, arrays, names=("{}", "{}_labels", "{}_logits")):
    for split, parts in arrays.items():
        for name, part in zip(names, parts):
            np.save(folder / f"{name.format(split)}.npy", part)
    return folder


def as_lists(folder, arrays, kind=None):
    for split, (x, y, logits) in arrays.items():
        vectors = pa.array(x.tolist(), kind or pa.list_(pa.float32(), F))
        pq.write_table(
            pa.table({"features": vectors, "label": y, "logits": logits.tolist()}), folder / f"{split}.parquet"
        )
    return folder


def as_columns(folder, arrays):
    for split, (x, y, _) in arrays.items():
        columns = {f"f{k}": x[:, k] for k in range(F)}
        pq.write_table(pa.table({"sample": np.arange(len(y)) + 7, **columns, "label": y}), folder / f"{split}.parquet")
    return folder


def prepared(path, split, folder, **options):
    to = folder / f"{split}.safetensors"
    prepare(Specification(str(path), "features", options=options), split, to, seed=0)
    return open_prepared(to)


LAYOUTS = {
    "npz of Keras": lambda folder, arrays: as_npz(folder, arrays, ("x_{}", "y_{}", "logits_{}")),
    "npz in capitals": lambda folder, arrays: as_npz(folder, arrays, ("X_{}", "Y_{}", "logits_{}")),
    "npz by words": lambda folder, arrays: as_npz(folder, arrays, ("features_{}", "labels_{}", "{}_logits")),
    "npz, a file a split": as_folder_of_npz,
    "npy": as_npy,
    "npy by words": lambda folder, arrays: as_npy(folder, arrays, ("{}_features", "{}_labels", "{}_logits")),
    "parquet of fixed lists": as_lists,
    "parquet of lists": lambda folder, arrays: as_lists(folder, arrays, pa.list_(pa.float64())),
    "parquet of columns": as_columns,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_vectors_labels_and_logits_are_those_of_the_file(layout, arrays, tmp_path):
    (source := tmp_path / "source").mkdir()
    path = LAYOUTS[layout](source, arrays)
    for split, (x, y, logits) in arrays.items():
        found = prepared(path, split, tmp_path)
        assert not found.holds_images
        np.testing.assert_array_equal(found.images()[:, :, 0, 0], x[found.samples])
        np.testing.assert_array_equal(found.labels, y[found.samples])
        assert sorted(found.samples) == list(range(len(y)))
        if found.has_logits:
            np.testing.assert_array_equal(found.logits(), logits[found.samples])
        assert (not found.has_logits) == (layout in ("npz, a file a split", "parquet of columns"))


def test_numbers_of_samples_stand_beside_them(arrays, tmp_path):
    found = prepared(as_columns(tmp_path, arrays), "test", tmp_path)
    np.testing.assert_array_equal(found.columns["sample"].to_numpy(), found.samples + 7)


def test_npy_files_are_mapped(arrays, tmp_path):
    from phiscope.datasets.readers import features

    rows = features.read(as_npy(tmp_path, arrays), "train")
    base = rows.images()
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_test_vectors_need_no_labels(arrays, tmp_path):
    as_npy(tmp_path, arrays)
    (tmp_path / "test_labels.npy").unlink()
    assert set(prepared(tmp_path, "test", tmp_path).labels) == {-1}


def test_a_share_becomes_the_test_split(arrays, tmp_path):
    x, y, _ = arrays["train"]
    np.savez(tmp_path / "all.npz", features=x, labels=y)
    parts = [prepared(tmp_path / "all.npz", split, tmp_path, test_share=0.2) for split in ("train", "test")]
    assert [len(part) for part in parts] == [24, 6]
    together = np.concatenate([part.images()[:, :, 0, 0] for part in parts])
    np.testing.assert_array_equal(np.sort(together, axis=0), np.sort(x, axis=0))


def test_other_vectors_are_kept_without_labels(arrays, tmp_path):
    path, to = as_npz(tmp_path, arrays, ("x_{}", "y_{}", "logits_{}")), tmp_path / "other.safetensors"
    prepare_other(Specification(str(path), "features"), to, shape=(F, 1, 1), seed=0)
    assert set(open_prepared(to).labels) == {-1}
    assert not open_prepared(to).holds_images
    with pytest.raises(DataError, match=r"vectors have 5 features; expected 6"):
        prepare_other(Specification(str(path), "features"), to, shape=(F + 1, 1, 1), seed=0)


@pytest.mark.parametrize("name", ["digits", "wine", "breast_cancer"])
def test_tables_of_scikit_learn_are_there(name, tmp_path):
    train, test = (prepared(name, split, tmp_path, components=4) for split in ("train", "test"))
    assert train.shape == test.shape == (4, 1, 1)
    energy = train.images()[:, :, 0, 0].var(axis=0)
    assert (np.diff(energy) < 0).all()  # components in the order of what they hold


def _changed(arrays, split, **parts):
    x, y, logits = arrays[split]
    return arrays | {split: (parts.get("x", x), parts.get("y", y), parts.get("logits", logits))}


WRONG = {
    "lengths": (lambda a: _changed(a, "test", x=a["test"][0][:, :4]), "5 features and those of test 4"),
    "nan": (
        lambda a: _changed(a, "train", x=np.where(a["train"][0] == a["train"][0][3, 1], np.nan, a["train"][0])),
        "row 3 holds a value that is not finite",
    ),
    "infinite": (
        lambda a: _changed(a, "train", x=a["train"][0].astype(float) * 1e300),
        "row 0 holds a value that is not finite",
    ),
    "labels": (
        lambda a: _changed(a, "train", y=a["train"][1][:-1]),
        "holds 30 vectors but 29 labels; expected as many",
    ),
    "flat": (
        lambda a: _changed(a, "train", x=a["train"][0][:, 0]),
        r"has shape \(30,\); expected \(samples, features\)",
    ),
    "text": (lambda a: _changed(a, "train", x=a["train"][0].astype(str)), "is <U32; expected numbers"),
    "logits": (
        lambda a: _changed(a, "train", logits=a["train"][2][:, :2]),
        r"logits have shape \(30, 2\); expected \(30, 3\)",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_meant_is_refused_in_one_sentence(case, arrays, tmp_path):
    change, sentence = WRONG[case]
    path = as_npz(tmp_path, change(arrays), ("x_{}", "y_{}", "logits_{}"))
    with pytest.raises(DataError, match=sentence) as refused:
        prepared(path, "train", tmp_path)
    assert "\n" not in str(refused.value)


def test_missing_arrays_are_named_with_what_is_there(arrays, tmp_path):
    np.savez(tmp_path / "some.npz", x_train=arrays["train"][0], y_train=arrays["train"][1], x_test=arrays["test"][0])
    assert set(prepared(tmp_path / "some.npz", "test", tmp_path).labels) == {-1}
    np.savez(tmp_path / "fewer.npz", x_test=arrays["test"][0], x_train=arrays["train"][0])
    with pytest.raises(DataError, match=r"holds x_test, x_train; expected labels of train as y_train"):
        prepared(tmp_path / "fewer.npz", "train", tmp_path)
    np.savez(tmp_path / "none.npz", y_train=arrays["train"][1])
    with pytest.raises(DataError, match=r"holds y_train; expected the vectors of train as x_train"):
        prepared(tmp_path / "none.npz", "train", tmp_path)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"features": "vectors"}, "has no column 'vectors'; expected one of features, label, logits"),
        ({"features": ["label"]}, None),
        ({"size": 8}, "dataset.options.size: is about pixels"),
        ({"components": 3}, "components: is for digits, wine, breast_cancer"),
        ({"labels": "x"}, "does not take 'labels'; did you mean label"),
    ],
)
def test_options_are_those_of_vectors(options, sentence, arrays, tmp_path):
    path = as_lists(tmp_path, arrays)
    if sentence is None:
        assert prepared(path, "train", tmp_path, **options).shape == (1, 1, 1)
        return
    with pytest.raises(DataError, match=sentence):
        prepared(path, "train", tmp_path, **options)


def test_lists_of_several_lengths_are_refused(tmp_path):
    pq.write_table(pa.table({"features": [[1.0, 2.0], [1.0]], "label": [0, 1]}), tmp_path / "train.parquet")
    with pytest.raises(DataError, match="lists of 2, 1 numbers; expected one length for all"):
        prepared(tmp_path, "train", tmp_path)


def test_vectors_are_no_images(arrays, tmp_path):
    with pytest.raises(DataError, match="holds vectors, no images"):
        load(str(as_npy(tmp_path, arrays)), "train", reader="features")


def of_parquet(folder, split="train", **options):
    prepare(Specification(str(folder), "features", options=options), split, folder / "a.safetensors", seed=0)
    return open_prepared(folder / "a.safetensors")


def test_numbers_that_are_no_features_are_not_taken_for_some(tmp_path):
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({"f0": draw.random(8), "f1": draw.random(8), "label": ["a", "b"] * 4})
    frame.sample(frac=1, random_state=0).to_parquet(tmp_path / "train.parquet")  # with an index of numbers
    assert of_parquet(tmp_path, test_share=0.25).shape == (2, 1, 1)
    for name in ("target", "split", "fold"):
        frame.assign(**{name: 0}).to_parquet(tmp_path / "train.parquet")
        with pytest.raises(DataError, match=f"column '{name}' may be a label or a split; expected columns of features"):
            of_parquet(tmp_path, test_share=0.25)
        assert of_parquet(tmp_path, test_share=0.25, features=["f0", "f1"]).shape == (2, 1, 1)


def test_names_of_classes_may_lack_in_testing(tmp_path):
    for split, labels in (("train", ["a", "b", "a", "b"]), ("test", ["a", None, "b", None])):
        frame = pd.DataFrame({"f0": np.arange(4.0), "f1": np.arange(4.0)[::-1], "label": labels})
        frame.to_parquet(tmp_path / f"{split}.parquet")
    opened = of_parquet(tmp_path, "test")
    assert opened.labels[np.argsort(opened.samples)].tolist() == [0, -1, 1, -1]


def test_labels_of_a_dictionary_and_files_in_data_are_read_as_those_of_images(tmp_path):
    """Both readers of Parquet share what is no image and no vector."""
    (tmp_path / "data").mkdir()
    names = pa.array(["b", "a", "b", "a"]).dictionary_encode()
    table = pa.table({"features": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]], "label": names})
    for split in ("train-00000-of-00001", "test-00000-of-00001"):
        pq.write_table(table, tmp_path / f"data/{split}.parquet")
    found = prepared(tmp_path, "train", tmp_path)
    assert found.classes == ("a", "b")
    assert found.labels[np.argsort(found.samples)].tolist() == [1, 0, 1, 0]
