"""Images of another data set, made to fit a classifier's input."""

import numpy as np
import pytest
from PIL import Image

from phiscope.datasets import Specification, load, load_collection, open_prepared, prepare_other
from phiscope.datasets.fitting import fitted
from phiscope.errors import DataError


def test_what_fits_is_left_alone():
    images = np.random.default_rng(0).integers(0, 256, (4, 3, 8, 8), dtype=np.uint8)
    np.testing.assert_array_equal(fitted(images, (3, 8, 8)), images.astype(np.float32) / np.float32(255))


def test_grey_is_repeated_and_colour_averaged():
    grey, colour = np.full((1, 8, 8), 0.5, np.float32), np.zeros((3, 8, 8), np.float32)
    colour[0], colour[1] = 0.9, 0.3
    np.testing.assert_array_equal(fitted([grey], (3, 8, 8)), np.full((1, 3, 8, 8), 0.5, np.float32))
    np.testing.assert_allclose(fitted([colour], (1, 8, 8)), np.full((1, 1, 8, 8), 0.4), atol=1e-7)


def test_sizes_change_without_aliasing():
    """A chequerboard of single pixels is grey from afar; without the blur it would turn into stripes."""
    board = (np.indices((32, 32)).sum(0) % 2).astype(np.float32)[None]
    small = fitted([board], (1, 8, 8))[0]
    np.testing.assert_allclose(small, 0.5, atol=0.05)
    ramp = np.broadcast_to(np.linspace(0, 1, 64, dtype=np.float32), (1, 48, 64))
    narrow = fitted([ramp], (1, 8, 8))[0, 0]
    np.testing.assert_allclose(narrow, np.broadcast_to((np.arange(8) + 0.5) / 8, (8, 8)), atol=0.03)


def test_image_files_of_any_size(tmp_path):
    random = np.random.default_rng(1)
    folder, to = tmp_path / "images", tmp_path / "other.safetensors"
    for name, shape in (("a.png", (9, 5)), ("deep/b.png", (20, 30, 3)), ("c.png", (8, 8, 3))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, shape, dtype=np.uint8)).save(folder / name)
    Image.fromarray(random.integers(0, 65536, (7, 7), dtype=np.uint16)).save(folder / "d.png")
    prepare_other(Specification(str(folder), "images"), to, shape=(3, 8, 8), seed=0)
    prepared, images = open_prepared(to), load_collection(str(folder))
    assert (prepared.classes, set(prepared.labels.tolist())) == ((), {-1})
    np.testing.assert_array_equal(prepared.images(), fitted(images.images, (3, 8, 8))[prepared.samples])
    assert prepared.files == [images.names[sample] for sample in prepared.samples]
    with pytest.raises(DataError, match="takes none"):
        prepare_other(Specification(str(folder), "images", options={"x": 1}), to, shape=(3, 8, 8), seed=0)
    (folder / "e.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(DataError, match="e.png: not an image that can be decoded"):
        prepare_other(Specification(str(folder), "images"), to, shape=(3, 8, 8), seed=0)


def test_a_labelled_data_set_gives_its_test_split(tmp_path):
    prepare_other(Specification("digits"), tmp_path / "other.safetensors", shape=(3, 16, 16), seed=2)
    prepared = open_prepared(tmp_path / "other.safetensors")
    assert (prepared.labels == -1).all()
    assert prepared.classes == ()
    images = fitted(load("digits", "test").images, (3, 16, 16))
    np.testing.assert_array_equal(prepared.images(slice(3, 5)), images[prepared.samples[3:5]])
    assert (prepared.shape, prepared.images(slice(600, 700)).shape) == ((3, 16, 16), (0, 3, 16, 16))
    assert prepared.deviation == pytest.approx(images[prepared.samples].std(), rel=1e-5)
    np.testing.assert_array_equal(np.sort(prepared.samples), np.arange(500))
