"""What is written for vectors: a short configuration that runs."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phiscope.commands.init import main
from phiscope.datasets.readers.vector_signs import hold_vectors
from phiscope.errors import ConfigError, DataError
from phiscope.workflow.configuration import load

F, N = 4, 3
SIZES = {"train": 45, "test": 12}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHISCOPE_FACTORIES", "")


@pytest.fixture
def vectors():
    draw = np.random.default_rng(0)
    labels = {split: np.arange(count) % N for split, count in SIZES.items()}
    return {split: (draw.normal(size=(len(y), F)) + 5 * np.eye(N, F)[y], y) for split, y in labels.items()}


@pytest.fixture
def head(tmp_path):
    np.savez(tmp_path / "head.npz", weight=np.eye(N, F), bias=np.zeros(N))
    return ["--weights", "head.npz"]


def as_npz(folder, vectors, splits=("train", "test"), labels=True):
    kept = {f"x_{split}": vectors[split][0] for split in splits}
    np.savez(folder / "mine.npz", **kept, **({f"y_{split}": vectors[split][1] for split in splits} if labels else {}))
    return "mine.npz"


def as_npy(folder, vectors):
    (folder / "mine").mkdir()
    for split, (x, y) in vectors.items():
        np.save(folder / f"mine/{split}.npy", x)
        np.save(folder / f"mine/{split}_labels.npy", y)
    return "mine"


def as_parquet(folder, vectors):
    (folder / "mine").mkdir()
    for split, (x, y) in vectors.items():
        pq.write_table(pa.table({"features": x.tolist(), "label": y}), folder / f"mine/{split}.parquet")
    return "mine"


def as_columns(folder, vectors):
    (folder / "mine").mkdir()
    for split, (x, y) in vectors.items():
        pd.DataFrame(x, columns=[f"f{k}" for k in range(F)]).assign(label=y).to_parquet(
            folder / f"mine/{split}.parquet"
        )
    return "mine"


def written(folder, name="mine.yaml"):
    text = (folder / name).read_text()
    assert len(text.splitlines()) <= 20
    config = load([folder / name])
    assert config["dataset"]["reader"] == "features"
    return text, config


@pytest.mark.parametrize("layout", [as_npz, as_npy, as_parquet, as_columns])
def test_vectors_are_known_and_a_head_is_fitted(layout, tmp_path, vectors):
    main([layout(tmp_path, vectors)])
    text, config = written(tmp_path)
    assert "45 training and 12 test vectors of 4 features; 3 classes: 0, 1, 2" in text
    assert config["classifier"]["head"] == "fit"
    assert "The head is fitted: multinomial logistic regression, right on" in text
    assert config["dataset"]["options"] == {}


def test_a_head_that_is_given_is_taken(tmp_path, vectors, head):
    main([as_npz(tmp_path, vectors, labels=False), *head])
    text, config = written(tmp_path)
    assert config["classifier"]["weights"]["path"] == "head.npz"
    assert "all 45 vectors of the train split have no label" in text


def test_test_vectors_alone_need_a_head(tmp_path, vectors, head):
    main([as_npz(tmp_path, vectors, ["test"]), *head])
    text, config = written(tmp_path)
    assert "# 12 test vectors of 4 features" in text
    assert config["dataset"]["only"] == "test"
    with pytest.raises(ConfigError, match="there are no training vectors to fit a head to; give some with labels"):
        main(["mine.npz", "--force"])


def test_a_share_is_taken_for_testing_where_nothing_else_is(tmp_path, vectors):
    main([as_npz(tmp_path, vectors, ["train"])])
    assert written(tmp_path)[1]["dataset"]["options"] == {"test_share": 0.2}
    x, y = vectors["train"]
    np.savez(tmp_path / "mine.npz", features=x, labels=y)
    main(["mine.npz", "--force"])
    assert written(tmp_path)[1]["dataset"]["options"] == {"test_share": 0.2}


def test_one_array_without_labels_is_a_test_set(tmp_path, vectors, head):
    np.save(tmp_path / "mine.npy", vectors["test"][0])
    main(["mine.npy", *head])
    config = written(tmp_path)[1]
    assert (config["dataset"]["only"], config["views"]["original"]["spaces"]) == ("test", [])


def test_training_vectors_without_labels_stay_training_vectors(tmp_path, vectors, head):
    main([as_npz(tmp_path, vectors, ["train"], labels=False), *head])
    assert written(tmp_path)[1]["dataset"]["only"] == "train"


def test_what_cannot_be_used_is_one_sentence(tmp_path, vectors, head):
    path = as_npz(tmp_path, vectors)
    with pytest.raises(ConfigError, match=r"holds vectors, which no network computes here; leave --factory"):
        main([path, "--factory", "net.py:build"])
    np.savez(path, x_train=np.full((4, 2), np.nan), y_train=[0, 1, 0, 1], x_test=np.ones((2, 2)))
    with pytest.raises(DataError, match="row 0 holds a value that is not finite"):
        main([path])
    assert not list(tmp_path.glob("*.yaml"))


IMAGES = {
    "pixels": lambda: {"x_train": np.zeros((4, 8, 8), np.uint8), "y_train": np.arange(4)},
    "floats": lambda: {"x_train": np.zeros((4, 8, 8)), "y_train": np.arange(4)},
    "flat pixels": lambda: {"x_train": np.zeros((4, 64), np.uint8), "y_train": np.arange(4)},
    "one-hot": lambda: {"y_train": np.eye(4), "x_train": np.zeros((4, 8, 8, 3))},
}


@pytest.mark.parametrize("kind", IMAGES)
def test_images_are_no_vectors(kind, tmp_path):
    np.savez(tmp_path / "images.npz", **IMAGES[kind]())
    assert not hold_vectors(tmp_path / "images.npz")
    assert not hold_vectors(tmp_path)


def test_files_that_say_nothing_do_not_decide(tmp_path, vectors, head):
    (tmp_path / "a_labels.npy").write_bytes(b"")
    assert not hold_vectors(tmp_path)
    np.save(tmp_path / "train.npy", vectors["train"][0])
    assert hold_vectors(tmp_path)
