"""Test images that are training images as well are named, by any network."""

import numpy as np
import pytest

from phiscope.datasets import open_prepared
from phiscope.datasets.prepared import save_arrays
from phiscope.experiments.geometry.duplicates import NEAR, Samples, duplicates, small_copies

draw = np.random.default_rng(0)
TRAIN = draw.random((60, 1, 8, 8))
DEVIATION = float(TRAIN.std())
WEIGHT = draw.normal(size=(64, 5))
NOISE = 1e-6  # of features


def samples(images, first, labels, weight=WEIGHT):
    features = images.reshape(len(images), -1) @ weight
    numbers, noise = np.arange(first, first + len(images)), np.full(len(images), NOISE)
    small = images.reshape(len(images), 1, 4, 2, 4, 2).mean((3, 5)).reshape(len(images), -1)
    return Samples(features, noise, numbers, np.array(labels), lambda number: images[number - first], small)


def found(images, labels=None, weight=WEIGHT):
    train = samples(TRAIN, 1000, np.arange(60) % 3, weight)
    return duplicates(samples(images, 0, labels or [0] * len(images), weight), train, DEVIATION)


def test_copies_are_named_with_what_they_are_copies_of():
    images = draw.random((20, 1, 8, 8))
    images[3], images[7] = TRAIN[11], TRAIN[59]
    rows = found(images, labels=[2] * 20).set_index("sample")
    assert list(rows.index) == [3, 7]
    assert rows["kind"].tolist() == rows["feature_kind"].tolist() == ["exact", "exact"]
    assert rows["train_sample"].tolist() == [1011, 1059]
    assert rows["train_label"].tolist() == [2, 2]
    assert rows["pixel_rms"].tolist() == rows["feature_distance"].tolist() == [0, 0]


@pytest.mark.parametrize(("share", "kinds"), [(0.5, ["near"]), (1.5, [])])
def test_what_differs_by_less_than_a_part_of_the_deviation_is_near(share, kinds):
    images = draw.random((20, 1, 8, 8))
    images[5] = TRAIN[8] + share * NEAR * DEVIATION * np.sign(draw.normal(size=(1, 8, 8)))
    assert found(images)["kind"].tolist() == kinds


def test_where_all_are_copies_all_are_named():
    assert len(found(TRAIN[:40].copy())) == 40


def test_where_none_is_there_are_no_rows_but_columns():
    rows = found(draw.random((20, 1, 8, 8)))
    assert rows.empty
    assert "train_sample" in rows


def test_one_training_image_is_enough():
    one = samples(TRAIN[:1], 0, [0])
    assert len(duplicates(samples(TRAIN[:2], 5, [0, 1]), one, DEVIATION)) == 1


def test_without_training_images_there_are_no_copies():
    nothing = np.empty(0, int)
    none = Samples(np.empty((0, 5)), np.empty(0), nothing, nothing, TRAIN.__getitem__, None)
    assert duplicates(samples(TRAIN[:3], 0, [0] * 3), none, 0.0).empty
    assert duplicates(none, samples(TRAIN, 1000, np.arange(60) % 3), DEVIATION).empty


def test_a_near_copy_is_found_where_the_network_tells_it_from_the_original():
    """The first feature is a pixel, a thousand times; that pixel differs."""
    weight = np.vstack([np.full((1, 5), 1e3), WEIGHT[1:]])
    images = draw.random((20, 1, 8, 8))
    images[5] = TRAIN[8]
    images[5, 0, 0, 0] += 0.2
    row = found(images, weight=weight).iloc[0]
    assert (row["sample"], row["train_sample"], row["kind"], row["feature_kind"]) == (5, 1008, "near", "apart")


@pytest.mark.parametrize(("distance", "like"), [(0.5, "exact"), (2.0, "exact"), (3.0, "near"), (1e7, None)])
def test_images_that_the_network_takes_for_one_are_named_as_such(distance, like):
    """Changed across what the network sees but for one direction, along which by parts of the noise."""
    images = draw.random((20, 1, 8, 8))
    across = np.linalg.svd(WEIGHT.T)[2][-1]
    along = WEIGHT @ np.linalg.inv(WEIGHT.T @ WEIGHT)[:, 0]  # moves the first feature by 1
    images[5] = TRAIN[8] + (3 * across + distance * NOISE * along).reshape(1, 8, 8)
    rows = found(images)
    assert rows["feature_kind"].tolist() == ([like] if like else [])
    assert rows["kind"].tolist() == (["apart"] if like else [])


def test_small_copies_are_means_in_the_order_that_is_asked_for(tmp_path):
    images = draw.integers(0, 256, (5, 3, 16, 16), dtype=np.uint8)
    samples = np.array([4, 0, 9, 2, 7])
    save_arrays(images, np.zeros(5, np.int64), samples, ("ant",), tmp_path / "split.safetensors")
    copies = small_copies(open_prepared(tmp_path / "split.safetensors"), np.array([0, 2, 4, 9]))
    means = images.reshape(5, 3, 8, 2, 8, 2).mean((3, 5)).reshape(5, -1) / 255
    np.testing.assert_allclose(copies, means[[1, 3, 0, 2]], atol=1e-6)
