"""Which images are train and which test: by their usual names, by options, never the same ones as both."""

import shutil

import numpy as np
import pytest

from phiscope.datasets import Specification, load, open_prepared, prepare_other
from phiscope.errors import DataError
from tests.datasets import writers
from tests.datasets.writers import WRITERS, pictures

LABELS = ["ant", "bee"] * 5


def data(count=10, seed=0):
    return pictures(count, seed=seed), LABELS[:count]


@pytest.fixture(params=WRITERS)
def writer(request):
    return WRITERS[request.param]


@pytest.mark.parametrize(
    ("train", "test"),
    [("train", "val"), ("training", "testing"), ("train", "valid"), ("Train", "Test"), ("training", "validation")],
)
def test_usual_names_are_found_and_said(tmp_path, writer, train, test, capsys):
    path = writer(tmp_path, {train: data(), test: data(4, seed=1)})
    assert (len(load(str(path), "train")), len(load(str(path), "test"))) == (10, 4)
    assert f"test images are those of {test!r}" in capsys.readouterr().out


def test_test_comes_before_validation(tmp_path, writer, capsys):
    path = writer(tmp_path, {"train": data(), "val": data(4), "test": data(6)})
    assert (len(load(str(path), "test")), len(load(str(path), "train"))) == (6, 10)
    assert "not used: val, beside the splits train and test" in capsys.readouterr().out


def test_two_that_could_be_meant(tmp_path, writer):
    path = writer(tmp_path, {"train": data(), "val": data(4, seed=1), "valid": data(4, seed=2)})
    with pytest.raises(DataError, match="val and valid could both be the test split; .*options.splits: {test: val}"):
        load(str(path), "test")
    assert len(load(str(path), "test", splits={"test": "valid"})) == 4


def test_names_of_ones_own(tmp_path, writer):
    path = writer(tmp_path, {"fit": data(), "later": data(4, seed=1)})
    options = {"splits": {"train": "fit", "test": "later"}}
    assert (len(load(str(path), "train", **options)), len(load(str(path), "test", **options))) == (10, 4)


@pytest.mark.parametrize(
    ("splits", "words"),
    [
        ({"train": "fit", "test": "fit"}, "cannot be train and test"),
        ({"training": "fit"}, "expected {train: <name>, test: <name>}"),
        (["fit"], "expected {train: <name>, test: <name>}"),
    ],
)
def test_splits_that_are_none(tmp_path, splits, words):
    path = writers.folder(tmp_path, {"fit": data(), "later": data(4)})
    with pytest.raises(DataError, match=words):
        load(str(path), "train", splits=splits)


def test_a_link_to_the_same_folder_is_refused(tmp_path):
    writers.folder(tmp_path, {"train": data()})
    (tmp_path / "test").symlink_to(tmp_path / "train")
    with pytest.raises(DataError, match="expected different images"):
        load(str(tmp_path), "train")


def test_copies_of_the_training_images_are_said_to_be_such(tmp_path, writer, capsys):
    path = str(writer(tmp_path, {"train": data(), "test": data()}))
    for split in ("train", "test"):
        load(path, split)
        assert "train and test hold the same 10 images" in capsys.readouterr().out
    images, labels = data()
    one_else = [*images[:9], pictures(1, seed=5)[0]]
    load(str(writer(tmp_path / "b", {"train": data(), "test": (one_else, labels)})), "test")
    assert capsys.readouterr().out == ""


def unsplit(kind, path):
    """Ten images in no split."""
    whole = writers.folder(path / "folder", {".": data()})
    if kind == "folder":
        return whole
    if kind == "npz":
        np.savez(path / "a.npz", images=pictures(10), labels=LABELS)
        return path / "a.npz"
    if kind == "csv":
        table = writers.table(path, {"all": data()})
        table.write_text("\n".join(line.rsplit(",", 1)[0] for line in table.read_text().splitlines()))
        return table
    return writers.parquet(path, {"all": data()}) / "all.parquet"


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_images_are_never_both_but_a_share_can_be_drawn(tmp_path, kind):
    path = str(unsplit(kind, tmp_path))
    for split in ("train", "test"):
        with pytest.raises(DataError, match="stand in no split; give dataset.options.test_share"):
            load(path, split)
    train, test = (load(path, split, test_share=0.4) for split in ("train", "test"))
    assert (np.bincount(train.labels).tolist(), np.bincount(test.labels).tolist()) == ([3, 3], [2, 2])
    together = np.concatenate([train.images, test.images]).reshape(10, -1)
    assert len(np.unique(together, axis=0)) == 10
    again = load(path, "test", test_share=0.4, seed=3)
    np.testing.assert_array_equal(np.sort(again.images.ravel()), np.sort(test.images.ravel()))


def test_a_share_of_the_training_images_where_there_is_no_test_split(tmp_path, writer):
    path = str(writer(tmp_path, {"train": data()}))
    with pytest.raises(DataError, match="holds the split train, and none that is test"):
        load(path, "test")
    assert (len(load(path, "train", test_share=0.2)), len(load(path, "test", test_share=0.2))) == (8, 2)


def test_a_share_beside_a_test_split_has_to_be_meant(tmp_path, writer):
    path = str(writer(tmp_path, {"train": data(), "test": data(4, seed=1)}))
    with pytest.raises(DataError, match="there is a test split, 'test'; leave dataset.options.test_share out"):
        load(path, "train", test_share=0.2)
    assert len(load(path, "test", test_share=0.2, splits={"train": "train"})) == 2
    with pytest.raises(DataError, match="leaves a split empty"):
        load(path, "test", test_share=0.01, splits={"train": "train"})
    with pytest.raises(DataError, match="expected a share between 0 and 1"):
        load(path, "test", test_share=1)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_foreign_data_set_needs_no_split(tmp_path, kind):
    prepare_other(Specification(str(unsplit(kind, tmp_path))), tmp_path / "a.safetensors", shape=(3, 6, 5), seed=0)
    prepared = open_prepared(tmp_path / "a.safetensors")
    assert (prepared.images().shape, sorted(prepared.samples)) == ((10, 3, 6, 5), list(range(10)))


def test_what_systems_leave_behind_is_passed_over(tmp_path):
    writers.folder(tmp_path, {"train": data(), "test": data(4)})
    for place in (".", "train", "test", "train/ant", "test/bee"):
        for folder in (".ipynb_checkpoints", "__MACOSX", ".hidden"):
            (tmp_path / place / folder).mkdir()
            (tmp_path / place / folder / "a.png").write_bytes(writers.encoded(pictures(1)[0]))
        for name in ("._000.png", ".DS_Store", "Thumbs.db", "desktop.ini"):
            (tmp_path / place / name).write_bytes(b"\0\5\26\7 not an image")
    assert (len(load(str(tmp_path), "train")), load(str(tmp_path), "train").classes) == (10, ("ant", "bee"))
    assert len(load(str(tmp_path), "test")) == 4


@pytest.mark.parametrize("kind", ["parquet", "npz", "csv"])
def test_hidden_files_beside_tables(tmp_path, kind):
    if kind == "csv":
        for split in ("train", "test"):
            writers.table(tmp_path, {split: data(seed=len(split))}).rename(tmp_path / f"{split}.csv")
    elif kind == "npz":
        for split in ("train", "test"):
            np.savez(tmp_path / f"{split}.npz", images=pictures(10, seed=len(split)), labels=LABELS)
    else:
        for split in ("train", "test"):
            (tmp_path / split).mkdir()
            shutil.move(
                writers.parquet(tmp_path, {split: data(seed=len(split))}) / f"{split}.parquet",
                tmp_path / split / "0.parquet",
            )
    suffix = {"parquet": "parquet", "npz": "npz", "csv": "csv"}[kind]
    for folder in (tmp_path, *[tmp_path / name for name in ("train", "test", "__MACOSX")]):
        folder.mkdir(exist_ok=True)
        (folder / f"._0.{suffix}").write_bytes(b"\0\5\26\7")
    (tmp_path / f"__MACOSX/train.{suffix}").write_bytes(b"\0\5\26\7")
    assert len(load(str(tmp_path), "train", reader=kind)) == 10


def test_a_class_may_be_called_train(tmp_path):
    writers.folder(tmp_path, {".": (pictures(9), ["bus", "car", "train"] * 3)})
    assert load(str(tmp_path), "train", test_share=0.34).classes == ("bus", "car", "train")


def test_training_images_without_labels_have_another_place(tmp_path):
    writers.folder(tmp_path, {"test": data()})
    (tmp_path / "train").mkdir()
    (tmp_path / "train/a.png").write_bytes(writers.encoded(pictures(1)[0]))
    for split in ("train", "test"):
        with pytest.raises(DataError, match="images without labels go to datasets: .*, or to the test split"):
            load(str(tmp_path), split)
    assert len(load(str(tmp_path), "test", splits={"train": "test"}, test_share=0.2)) == 2


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("id,kind\n0.png,a\n", {}, "has the columns id, kind; expected file: name it with dataset.options.file"),
        ("file,kind\n0.png,a\n", {}, "expected label .images without labels go to datasets"),
        ("file,label,class\n0.png,a,b\n", {}, "label and class could both be meant"),
        ("file,label\n9.png,a\n0.png,b\n", {}, "row 0 names .*9.png, which is not there .1 of 2 rows are so."),
        ("file,label\n0.png\n", {}, "row 0 has 1 cells; expected 2"),
        ("file,label\n0.png,\n", {}, "row 0 has no label"),
        (
            "file,label\n0.png,a\n",
            {"label": "kind"},
            "expected kind .images without .*: name it with dataset.options.label",
        ),
    ],
)
def test_tables_that_do_not_say_enough(tmp_path, text, options, words):
    (tmp_path / "0.png").write_bytes(writers.encoded(pictures(1)[0]))
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        load(str(tmp_path / "a.csv"), "train", splits={"train": "all"}, **options)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_columns_and_a_place_of_its_own(tmp_path, delimiter):
    (tmp_path / "images").mkdir()
    rows = [
        "id name kind group",
        *(f"{k} {k}.png {k % 3} train" for k in range(6)),
        *(f"{k} {k}.png {k % 3} late" for k in range(3)),
    ]
    for k, image in enumerate(pictures(6)):
        (tmp_path / f"images/{k}.png").write_bytes(writers.encoded(image))
    (tmp_path / "a.csv").write_text("\n".join(rows).replace(" ", delimiter))
    options = {"file": "name", "label": "kind", "split_column": "group", "folder": "images", "splits": {"test": "late"}}
    train, test = (load(str(tmp_path / "a.csv"), split, **options) for split in ("train", "test"))
    assert (train.labels.tolist(), test.labels.tolist()) == ([0, 1, 2, 0, 1, 2], [0, 1, 2])
    np.testing.assert_array_equal(train.images, pictures(6).transpose(0, 3, 1, 2))
