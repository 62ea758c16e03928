"""Limits, checksums, fetching, guessing, and the prepared form."""

import functools
import hashlib
import http.server
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscope.datasets import ImageDataset, load, load_collection, open_prepared, save, stratified_order
from phiscope.errors import DataError

LABELS = np.random.default_rng(0).integers(0, 4, 60)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=200), st.integers(0, 10**6))
def test_every_prefix_is_in_proportion(labels, seed):
    labels = np.array(labels)
    order = stratified_order(labels, seed)
    assert sorted(order) == list(range(len(labels)))
    classes = np.unique(labels)
    for label in classes:
        share = (labels == label).mean()
        held = (labels[order] == label).cumsum()
        assert np.abs(held - share * np.arange(1, len(labels) + 1)).max() <= 0.5 + share * len(classes) / 2 + 1e-9


def test_order_depends_on_the_seed_and_limits_are_nested():
    assert stratified_order(LABELS, 1).tolist() != stratified_order(LABELS, 2).tolist()
    small, large = load("digits", "test", limit=40, seed=5), load("digits", "test", limit=90, seed=5)
    assert small.samples.tolist() == large.samples[:40].tolist()
    whole = load("digits", "test")
    np.testing.assert_array_equal(whole.images[small.samples], small.images)


@pytest.fixture
def npz(tmp_path):
    images = np.random.default_rng(1).integers(0, 256, (60, 3, 3), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", x_test=images, y_test=LABELS)
    return tmp_path / "a.npz"


def test_checksum(npz):
    right = hashlib.sha256(npz.read_bytes()).hexdigest()
    assert len(load(str(npz), "test", checksum=f"sha256:{right}")) == 60
    with pytest.raises(DataError, match=f"a.npz: has sha256 {right}, expected 00"):
        load(str(npz), "test", checksum="sha256:00")


@pytest.fixture
def server(npz):
    """Serves the folder of the npz on a port of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(npz.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_fetches_what_is_absent_and_verifies_it(npz, server, tmp_path):
    right = "sha256:" + hashlib.sha256(npz.read_bytes()).hexdigest()
    target = tmp_path / "new/b.npz"
    with pytest.raises(DataError, match="not what dataset.checksum says"):
        load(str(target), "test", url=f"{server}/a.npz", checksum="sha256:" + "0" * 64)
    assert not target.exists()
    assert len(load(str(target), "test", url=f"{server}/a.npz", checksum=right)) == 60
    assert [path.name for path in target.parent.iterdir()] == ["b.npz"]
    with pytest.raises(DataError, match="could not be fetched"):
        load(str(tmp_path / "c.npz"), "test", url=f"{server}/missing.npz")


def test_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.delenv("NOWHERE", raising=False)
    with pytest.raises(DataError, match="the environment variable NOWHERE is not set"):
        load("$NOWHERE/mnist", "train")
    with pytest.raises(DataError, match="no such file or folder"):
        load(str(tmp_path / "x"), "train")
    with pytest.raises(DataError, match="no address to fetch it from"):
        load(str(tmp_path / "x"), "train", checksum="sha256:00")
    with pytest.raises(DataError, match="cannot tell its format"):
        load(str(tmp_path), "train")
    with pytest.raises(DataError, match="there is no reader 'tiff'"):
        load(str(tmp_path), "train", reader="tiff")


def test_options_that_a_reader_does_not_take(npz):
    with pytest.raises(DataError, match="dataset.options .*colour"):
        load(str(npz), "test", colour=True)


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_prepared_form_keeps_everything_in_stratified_order(tmp_path, kind):
    images = np.random.default_rng(2).integers(0, 2, (60, 3, 5, 4)).astype(kind)
    dataset = ImageDataset(images, LABELS, ("a", "b", "c", "d"))
    save(dataset, tmp_path / "data/test.safetensors", seed=9)
    prepared = open_prepared(tmp_path / "data/test.safetensors")
    order = stratified_order(LABELS, 9)
    assert (len(prepared), prepared.shape, prepared.classes) == (60, (3, 5, 4), ("a", "b", "c", "d"))
    np.testing.assert_array_equal(prepared.samples, order)
    np.testing.assert_array_equal(prepared.labels, LABELS[order])
    np.testing.assert_array_equal(prepared.images(), images[order])
    np.testing.assert_array_equal(prepared.images(slice(10, 13)), images[order[10:13]])
    np.testing.assert_array_equal(prepared.images(slice(0, None)), images[order])
    np.testing.assert_array_equal(prepared.images(slice(50, 90)), images[order[50:]])
    assert len(prepared.images(slice(60, 90))) == 0
    assert prepared.images(slice(0, 1)).dtype == kind
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["test.safetensors"]


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (np.zeros((2, 3, 3), np.uint8), [0, 0], "expected \\(n, channels, height, width\\)"),
        (np.zeros((2, 4, 3, 3), np.uint8), [0, 0], "4 channels"),
        (np.zeros((2, 1, 3, 3), np.int32), [0, 0], "expected uint8, or float32"),
        (np.full((2, 1, 3, 3), 1.5, np.float32), [0, 0], "expected 0 to 1"),
        (np.full((2, 1, 3, 3), np.nan, np.float32), [0, 0], "row 0"),
        (np.zeros((2, 1, 3, 3), np.uint8), [0], "expected one label an image"),
        (np.zeros((2, 1, 3, 3), np.uint8), [0.0, 1.0], "expected integers"),
        (np.zeros((2, 1, 3, 3), np.uint8), [0, 7], "label 7 of image 1"),
    ],
)
def test_arrays_that_do_not_fit(images, labels, words):
    with pytest.raises(DataError, match=words):
        ImageDataset(images, np.array(labels), ("a",))


def test_the_real_data_sets(real_data):
    mnist = load(str(real_data / "mnist"), "test")
    assert (mnist.images.shape, len(mnist.classes)) == ((10000, 1, 28, 28), 10)
    assert mnist.labels[:5].tolist() == [7, 2, 1, 0, 4]
    cifar = load("$PHISCOPE_DATA/cifar10-jpeg", "test")
    assert cifar.images.shape == (10000, 3, 32, 32)
    assert np.bincount(cifar.labels).tolist() == [1000] * 10
    assert cifar.labels[:5].tolist() == [3, 8, 8, 0, 6]
    assert len(load_collection(str(real_data / "bsd/BSD68"))) == 68


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_prepared_splits_know_mean_and_deviation_of_their_first_images(tmp_path, kind):
    white = 255 if kind is np.uint8 else 1
    images = (np.random.default_rng(3).random((1200, 3, 4, 5)) * np.array([1, 0.5, 0.1])[:, None, None] * white).astype(
        kind
    )
    save(ImageDataset(images, np.arange(1200) % 4, ("a", "b", "c", "d")), tmp_path / "x.safetensors", seed=0)
    prepared = open_prepared(tmp_path / "x.safetensors")
    first = prepared.images(slice(0, 1000)).astype(np.float64) / white
    assert prepared.deviation == pytest.approx(first.std(), rel=1e-6)
    assert prepared.statistics.mean == pytest.approx(first.mean(), rel=1e-6)
    assert prepared.statistics.channel_means == pytest.approx(first.mean(axis=(0, 2, 3)), rel=1e-6)
    assert prepared.statistics.channel_deviations == pytest.approx(first.std(axis=(0, 2, 3)), rel=1e-6)
    assert prepared.statistics.images == 1000
