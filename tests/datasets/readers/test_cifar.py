import pickle
import tarfile

import numpy as np

from phiscope.datasets import Specification, load, open_prepared, prepare
from tests.datasets.readers.samples import RANDOM, refused

CIFAR = RANDOM.integers(0, 256, (4, 3072), dtype=np.uint8)


def cifar10(folder, members=4):
    folder.mkdir()
    for name in [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]:
        content = {b"data": CIFAR[:members], b"labels": [3, 1, 0, 9][:members]}
        (folder / name).write_bytes(pickle.dumps(content, protocol=2))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": list("abcdefghij")}))
    return folder


def test_cifar10_pickles(tmp_path):
    dataset = load(str(cifar10(tmp_path / "c")), "train", reader="cifar")
    assert dataset.images.shape == (20, 3, 32, 32)
    np.testing.assert_array_equal(dataset.images[4].ravel(), CIFAR[0])
    assert dataset.labels[:4].tolist() == [3, 1, 0, 9]
    assert dataset.classes == tuple("abcdefghij")


def test_names_of_the_files_that_images_once_were(tmp_path):
    folder = cifar10(tmp_path / "c")
    for batch in [*folder.glob("data_batch_*"), folder / "test_batch"]:
        content = pickle.loads(batch.read_bytes())
        names = [f"{batch.name}_{k}.png".encode() for k in range(4)]
        batch.write_bytes(pickle.dumps(content | {b"filenames": names}, protocol=2))
    prepare(Specification(str(folder), "cifar"), "test", tmp_path / "a.safetensors", seed=0)
    prepared = open_prepared(tmp_path / "a.safetensors")
    assert prepared.files == [f"test_batch_{k}.png" for k in prepared.samples]
    assert prepared.columns.column_names == ["file"]


def test_cifar10_in_an_archive(tmp_path):
    cifar10(tmp_path / "cifar-10-batches-py")
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "cifar-10-batches-py", "cifar-10-batches-py")
    assert len(load(str(tmp_path / "cifar-10-python.tar.gz"), "test")) == 4


def test_cifar100_takes_the_fine_labels(tmp_path):
    content = {b"data": CIFAR, b"coarse_labels": [1] * 4, b"fine_labels": [99, 0, 5, 7]}
    (tmp_path / "train").write_bytes(pickle.dumps(content))
    dataset = load(str(tmp_path), "train", reader="cifar")
    assert dataset.labels.tolist() == [99, 0, 5, 7]
    assert len(dataset.classes) == 100


def test_cifar_binary(tmp_path):
    ten = np.concatenate([np.array([[3], [1], [0], [9]], np.uint8), CIFAR], axis=1)
    hundred = np.concatenate([np.array([[1, 99]] * 4, np.uint8), CIFAR], axis=1)
    (tmp_path / "test_batch.bin").write_bytes(ten.tobytes())
    (tmp_path / "train.bin").write_bytes(hundred.tobytes())
    dataset = load(str(tmp_path), "test")
    np.testing.assert_array_equal(dataset.images.reshape(4, -1), CIFAR)
    assert dataset.labels.tolist() == [3, 1, 0, 9]
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
    refused(tmp_path / "b", "holds the split test, and none that is train", reader="cifar")
