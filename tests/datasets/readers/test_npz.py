import numpy as np
import pytest

from phiscope.datasets import load
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
