"""Every reader with a good file and bad ones; each bad one gets a sentence that names the file."""

import gzip
import io
import json
import pickle
import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from phiscope.datasets import load, load_collection
from phiscope.errors import DataError

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (6, 5, 4), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8)


def refused(path, *words, split="train", **options):
    """The reader's sentence: one line, with these words in it."""
    with pytest.raises(DataError) as caught:
        load(str(path), split, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    for word in (str(path), *words):
        assert word in sentence
    return sentence


# Digits


def test_digits_are_split_for_good_and_not_rounded():
    train, test = load("digits", "train"), load("digits", "test")
    assert (len(train), len(test)) == (1297, 500)
    assert train.images.shape == (1297, 1, 8, 8)
    np.testing.assert_array_equal(train.images * 16, np.round(train.images * 16))
    assert np.abs(np.bincount(test.labels) - 50).max() <= 2
    everything = np.concatenate([train.images, test.images]).reshape(1797, -1)
    from sklearn.datasets import load_digits

    assert sorted(map(bytes, (everything * 16).astype(np.uint8))) == sorted(
        map(bytes, load_digits().data.astype(np.uint8))
    )


@pytest.mark.parametrize("split", ["validation", "", "Train"])
def test_a_split_that_is_none(split):
    with pytest.raises(DataError, match="expected train or test"):
        load("digits", split)


# IDX


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.fixture
def mnist(tmp_path):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(GREY)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(LABELS))
    return tmp_path


def test_idx(mnist):
    found = load(str(mnist), "train")
    np.testing.assert_array_equal(found.images[:, 0], GREY)
    np.testing.assert_array_equal(found.labels, LABELS)
    assert found.classes == ("0", "1", "2")


def test_emnist_lies_on_its_side(mnist):
    for name in ("images-idx3-ubyte.gz", "labels-idx1-ubyte"):
        (mnist / f"train-{name}").rename(mnist / f"emnist-letters-train-{name}")
    found = load(str(mnist), "train", prefix="emnist-letters-", transpose=True, classes=["a", "b", "c"])
    np.testing.assert_array_equal(found.images[:, 0], GREY.transpose(0, 2, 1))
    assert found.classes == ("a", "b", "c")


def test_idx_refuses(mnist):
    labels = mnist / "train-labels-idx1-ubyte"
    labels.write_bytes(idx(LABELS[:5]))
    refused(mnist, "6 images", "5 labels")
    labels.write_bytes(idx(LABELS)[:-2])
    refused(mnist, "train-labels", "truncated")
    labels.write_bytes(b"\x00\x00\x0d\x01" + idx(LABELS)[4:])
    refused(mnist, "begins with 00000d01", "expected 00000801")
    labels.write_bytes(idx(LABELS)[:6])
    refused(mnist, "ends inside its header")
    images = mnist / "train-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:-9])
    refused(mnist, "not a whole gzip file")
    refused(mnist, "t10k-images", split="test")


def test_labels_out_of_range_name_image_and_range(mnist):
    refused(mnist, "label 2 of image 2 is out of range; expected 0 to 1", classes=["a", "b"])


# CIFAR

CIFAR = RANDOM.integers(0, 256, (4, 3072), dtype=np.uint8)


def cifar10(folder, members=4):
    folder.mkdir()
    for name in [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]:
        content = {b"data": CIFAR[:members], b"labels": [3, 1, 0, 9][:members]}
        (folder / name).write_bytes(pickle.dumps(content, protocol=2))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": list("abcdefghij")}))
    return folder


def test_cifar10_pickles(tmp_path):
    found = load(str(cifar10(tmp_path / "c")), "train", reader="cifar")
    assert found.images.shape == (20, 3, 32, 32)
    np.testing.assert_array_equal(found.images[4].ravel(), CIFAR[0])
    assert found.labels[:4].tolist() == [3, 1, 0, 9]
    assert found.classes == tuple("abcdefghij")


def test_cifar10_in_an_archive(tmp_path):
    cifar10(tmp_path / "cifar-10-batches-py")
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "cifar-10-batches-py", "cifar-10-batches-py")
    assert len(load(str(tmp_path / "cifar-10-python.tar.gz"), "test")) == 4


def test_cifar100_takes_the_fine_labels(tmp_path):
    content = {b"data": CIFAR, b"coarse_labels": [1] * 4, b"fine_labels": [99, 0, 5, 7]}
    (tmp_path / "train").write_bytes(pickle.dumps(content))
    found = load(str(tmp_path), "train", reader="cifar")
    assert found.labels.tolist() == [99, 0, 5, 7]
    assert len(found.classes) == 100


def test_cifar_binary(tmp_path):
    ten = np.concatenate([np.array([[3], [1], [0], [9]], np.uint8), CIFAR], axis=1)
    hundred = np.concatenate([np.array([[1, 99]] * 4, np.uint8), CIFAR], axis=1)
    (tmp_path / "test_batch.bin").write_bytes(ten.tobytes())
    (tmp_path / "train.bin").write_bytes(hundred.tobytes())
    found = load(str(tmp_path), "test")
    np.testing.assert_array_equal(found.images.reshape(4, -1), CIFAR)
    assert found.labels.tolist() == [3, 1, 0, 9]
    assert load(str(tmp_path), "train").labels.tolist() == [99] * 4


class Evil:
    def __reduce__(self):
        return print, ("this code must not run",)


def test_cifar_refuses(tmp_path, capsys):
    folder = cifar10(tmp_path / "c")
    (folder / "test_batch").write_bytes(pickle.dumps({b"data": CIFAR, b"labels": [1, 2]}))
    refused(folder, "test_batch", "2 labels", split="test", reader="cifar")
    (folder / "test_batch").write_bytes(pickle.dumps({b"data": Evil(), b"labels": []}))
    refused(folder, "not a pickle of arrays", split="test", reader="cifar")
    assert "must not run" not in capsys.readouterr().out
    (folder / "test_batch").write_bytes(pickle.dumps({b"data": CIFAR, b"labels": [10, 0, 0, 0]}))
    refused(folder, "label 10 of image 0 is out of range", split="test", reader="cifar")
    (folder / "test_batch").write_bytes(b"\x80\x02}")
    refused(folder, "test_batch", split="test", reader="cifar")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/test_batch.bin").write_bytes(b"\x01" * 3000)
    refused(tmp_path / "b", "expected a multiple of 3073", split="test")
    refused(tmp_path / "b", "data_batch_1", reader="cifar")


# Parquet


def encoded(array: np.ndarray, form="PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, form)
    return buffer.getvalue()


def parquet(path, images, labels, names=None, image="image", label="label"):
    metadata = {"huggingface": json.dumps({"info": {"features": {label: {"names": names}}}})} if names else None
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table({image: pa.array(images, kind), label: pa.array(labels)})
    pq.write_table(table.replace_schema_metadata(metadata), path)


def rows(arrays):
    return [{"bytes": encoded(array), "path": None} for array in arrays]


def test_parquet_shards_in_order_with_names_from_the_file(tmp_path):
    parquet(tmp_path / "train-00000-of-00002.parquet", rows(GREY[:4]), [0, 1, 2, 0], ["x", "y", "z"])
    parquet(tmp_path / "train-00001-of-00002.parquet", rows(GREY[4:]), [1, 2], ["x", "y", "z"])
    found = load(str(tmp_path), "train")
    np.testing.assert_array_equal(found.images[:, 0], GREY)
    assert found.labels.tolist() == LABELS.tolist()
    assert found.classes == ("x", "y", "z")


def test_parquet_with_other_columns_and_one_colour_image(tmp_path):
    colour = RANDOM.integers(0, 256, (5, 4, 3), dtype=np.uint8)
    parquet(tmp_path / "test.parquet", rows([GREY[0], colour]), [0, 1], image="picture", label="kind")
    found = load(str(tmp_path), "test", image="picture", label="kind")
    assert found.images.shape == (2, 3, 5, 4)
    np.testing.assert_array_equal(found.images[1], colour.transpose(2, 0, 1))
    np.testing.assert_array_equal(found.images[0, 2], GREY[0])


def test_parquet_refuses(tmp_path):
    file = tmp_path / "train.parquet"
    parquet(file, [*rows(GREY[:2]), {"bytes": b"no picture", "path": None}], [0, 1, 2])
    refused(tmp_path, "train.parquet, row 2", "not an image")
    parquet(file, [*rows(GREY[:1]), {"bytes": None, "path": "x.png"}], [0, 1])
    refused(tmp_path, "row 1 has no image bytes")
    parquet(file, rows([GREY[0], GREY[1][:3]]), [0, 1])
    refused(tmp_path, "row 1", "expected all images of one size")
    parquet(file, rows(GREY[:2]), [0, None])
    refused(tmp_path, "'label'", "without nulls")
    parquet(file, rows(GREY[:2]), [0, -1])
    refused(tmp_path, "label -1 of image 1")
    parquet(file, rows(GREY[:2]), [0, 1], label="class")
    refused(tmp_path, "columns image, class", "dataset.options.label")
    file.write_bytes(file.read_bytes()[:-20])
    refused(tmp_path, "not a whole Parquet file")
    refused(tmp_path, "test.parquet", split="test")


# Folder


def test_folder(tmp_path):
    for name, members in {"b": GREY[:2], "a": GREY[2:3]}.items():
        (tmp_path / "train" / name).mkdir(parents=True)
        (tmp_path / "test").mkdir(exist_ok=True)
        for k, array in enumerate(members):
            Image.fromarray(array).save(tmp_path / f"train/{name}/{k}.png")
    (tmp_path / "train/a/notes.txt").write_text("not an image")
    found = load(str(tmp_path), "train")
    assert found.classes == ("a", "b")
    assert found.labels.tolist() == [0, 1, 1]
    np.testing.assert_array_equal(found.images[:, 0], GREY[[2, 0, 1]])


def test_folder_refuses(tmp_path):
    (tmp_path / "train/a").mkdir(parents=True)
    refused(tmp_path, "train/a", "holds no images", reader="folder")
    (tmp_path / "train/a/1.png").write_bytes(b"\x89PNG broken")
    refused(tmp_path, "1.png", "not an image", reader="folder")
    Image.fromarray(GREY[0]).save(tmp_path / "train/a/1.png")
    Image.fromarray(GREY[0].T).save(tmp_path / "train/a/2.png")
    refused(tmp_path, "2.png", "5x4", "4x5", reader="folder")
    refused(tmp_path, "expected one folder of images per class", split="test", reader="folder")


# npz


def test_npz_in_its_usual_forms(tmp_path):
    np.savez(tmp_path / "keras.npz", x_train=GREY, y_train=LABELS)
    last = RANDOM.random((6, 5, 4, 3), dtype=np.float32)
    np.savez(tmp_path / "own.npz", train_images=last, train_labels=LABELS[:, None])
    keras, own = load(str(tmp_path / "keras.npz"), "train"), load(str(tmp_path / "own.npz"), "train")
    np.testing.assert_array_equal(keras.images[:, 0], GREY)
    np.testing.assert_array_equal(own.images, last.transpose(0, 3, 1, 2))
    assert own.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x_train": GREY, "y_train": LABELS[:5]}, "6 images but 5 labels"),
        ({"x_train": np.full((6, 2, 2), np.nan), "y_train": LABELS}, "not finite"),
        ({"x_train": GREY.astype(float), "y_train": LABELS}, "expected 0 to 1"),
        ({"x_train": GREY.astype(int) * 2, "y_train": LABELS}, "expected integers from 0 to 255"),
        ({"x_train": GREY, "y_train": LABELS / 2}, "expected integers"),
        ({"pictures": GREY}, "holds pictures; expected train_images"),
        ({"x_train": GREY[:, :, 0], "y_train": LABELS}, "expected three or four axes"),
    ],
)
def test_npz_refuses(tmp_path, arrays, words):
    np.savez(tmp_path / "a.npz", **arrays)
    refused(tmp_path / "a.npz", words)


def test_npz_that_is_cut_off(tmp_path):
    np.savez(tmp_path / "a.npz", x_train=GREY, y_train=LABELS)
    (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:100])
    refused(tmp_path / "a.npz", "not a whole .npz file")


# Photographs


def test_collection_of_any_sizes(tmp_path):
    colour = RANDOM.integers(0, 256, (7, 9, 3), dtype=np.uint8)
    (tmp_path / "deep").mkdir()
    Image.fromarray(GREY[0]).save(tmp_path / "b.png")
    Image.fromarray(colour).save(tmp_path / "deep/a.png")
    found = load_collection(str(tmp_path))
    assert found.names == ("b.png", "deep/a.png")
    assert [image.shape for image in found.images] == [(1, 5, 4), (3, 7, 9)]


def test_collection_refuses(tmp_path):
    with pytest.raises(DataError, match="holds no images"):
        load_collection(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match="a.png: not an image"):
        load_collection(str(tmp_path))
    with pytest.raises(DataError, match="no such file or folder"):
        load_collection(str(tmp_path / "nowhere"))


# The real ones


def test_the_real_data_sets(real_data):
    mnist = load(str(real_data / "mnist"), "test")
    assert (mnist.images.shape, len(mnist.classes)) == ((10000, 1, 28, 28), 10)
    assert mnist.labels[:5].tolist() == [7, 2, 1, 0, 4]
    cifar = load("$PHISCOPE_DATA/cifar10-jpeg", "test")
    assert cifar.images.shape == (10000, 3, 32, 32)
    assert np.bincount(cifar.labels).tolist() == [1000] * 10
    assert cifar.labels[:5].tolist() == [3, 8, 8, 0, 6]
    assert len(load_collection(str(real_data / "bsd/BSD68"))) == 68
