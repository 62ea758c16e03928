import numpy as np
from PIL import Image

from phiscope.datasets import load
from tests.datasets.readers.samples import GREY, refused


def test_folder(tmp_path):
    for name, members in {"b": GREY[:2], "a": GREY[2:3]}.items():
        (tmp_path / "train" / name).mkdir(parents=True)
        (tmp_path / "test").mkdir(exist_ok=True)
        for k, array in enumerate(members):
            Image.fromarray(array).save(tmp_path / f"train/{name}/{k}.png")
    (tmp_path / "train/a/notes.txt").write_text("not an image")
    dataset = load(str(tmp_path), "train")
    assert dataset.classes == ("a", "b")
    assert dataset.labels.tolist() == [0, 1, 1]
    np.testing.assert_array_equal(dataset.images[:, 0], GREY[[2, 0, 1]])


def test_folder_refuses(tmp_path):
    (tmp_path / "train/a").mkdir(parents=True)
    refused(tmp_path, "train/a", "holds no images", reader="folder")
    (tmp_path / "train/b").mkdir()
    Image.fromarray(GREY[0]).save(tmp_path / "train/b/1.png")
    (tmp_path / "train/a/1.png").write_bytes(b"\x89PNG broken")
    refused(tmp_path, "1.png", "not an image", reader="folder")
    Image.fromarray(GREY[0]).save(tmp_path / "train/a/1.png")
    Image.fromarray(GREY[0].T).save(tmp_path / "train/a/2.png")
    refused(tmp_path, "2.png", "5x4", "4x5", reader="folder")
    refused(tmp_path, "holds the split train, and none that is test", "options.test_share", split="test")
