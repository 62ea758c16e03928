import gzip

import numpy as np
import pytest

from phiscope.datasets import load
from tests.datasets.readers.samples import GREY, LABELS, refused


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.fixture
def mnist(tmp_path):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(GREY)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(LABELS))
    return tmp_path


def test_idx(mnist):
    dataset = load(str(mnist), "train")
    np.testing.assert_array_equal(dataset.images[:, 0], GREY)
    np.testing.assert_array_equal(dataset.labels, LABELS)
    assert dataset.classes == ("0", "1", "2")


def test_emnist_lies_on_its_side(mnist):
    for name in ("images-idx3-ubyte.gz", "labels-idx1-ubyte"):
        (mnist / f"train-{name}").rename(mnist / f"emnist-letters-train-{name}")
    dataset = load(str(mnist), "train", prefix="emnist-letters-", transpose=True, classes=["a", "b", "c"])
    np.testing.assert_array_equal(dataset.images[:, 0], GREY.transpose(0, 2, 1))
    assert dataset.classes == ("a", "b", "c")


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
    labels.write_bytes(idx(LABELS))
    images = mnist / "train-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:-9])
    refused(mnist, "not a whole gzip file")
    refused(mnist, "none that is test", split="test")


def test_labels_out_of_range_name_image_and_range(mnist):
    refused(mnist, "label 2 of image 2 is out of range; expected 0 to 1", classes=["a", "b"])
