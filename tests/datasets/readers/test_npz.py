import numpy as np
import pytest

from phiscope.datasets import load
from phiscope.errors import DataError
from tests.datasets.readers.samples import GREY, LABELS, RANDOM, refused


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


def test_a_test_split_without_labels_is_one_of_unknown_images(tmp_path):
    images, labels = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8), np.arange(6) % 2
    np.savez(tmp_path / "a.npz", x_train=images, y_train=labels, x_test=images)
    assert load(str(tmp_path / "a.npz"), "test").labels.tolist() == [-1] * 6
    assert load(str(tmp_path / "a.npz"), "train").labels.tolist() == labels.tolist()
    np.savez(tmp_path / "b.npz", x_train=images, x_test=images, y_test=labels)
    with pytest.raises(DataError, match="has no labels of train; expected train_labels or y_train"):
        load(str(tmp_path / "b.npz"), "train")
