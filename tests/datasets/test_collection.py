import numpy as np
import pytest
from PIL import Image

from phiscope.datasets import load_collection
from phiscope.errors import DataError
from tests.datasets.readers.samples import GREY, RANDOM


def test_collection_of_any_sizes(tmp_path):
    colour = RANDOM.integers(0, 256, (7, 9, 3), dtype=np.uint8)
    (tmp_path / "deep").mkdir()
    Image.fromarray(GREY[0]).save(tmp_path / "b.png")
    Image.fromarray(colour).save(tmp_path / "deep/a.png")
    collection = load_collection(str(tmp_path))
    assert collection.names == ("b.png", "deep/a.png")
    assert [image.shape for image in collection.images] == [(1, 5, 4), (3, 7, 9)]


def test_collection_refuses(tmp_path):
    with pytest.raises(DataError, match="holds no images"):
        load_collection(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match="a.png: not an image"):
        load_collection(str(tmp_path))
    with pytest.raises(DataError, match="no such file or folder"):
        load_collection(str(tmp_path / "nowhere"))
