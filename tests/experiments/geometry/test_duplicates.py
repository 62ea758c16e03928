"""Test images that are training images as well are named, by any network."""

import numpy as np
import pytest

from phiscope.experiments.geometry.duplicates import NEAR, Samples, duplicates

draw = np.random.default_rng(0)
TRAIN = draw.random((60, 1, 8, 8))
DEVIATION = float(TRAIN.std())
WEIGHT = draw.normal(size=(64, 5))


def samples(images, first, labels):
    features = images.reshape(len(images), -1) @ WEIGHT
    numbers = np.arange(first, first + len(images))
    return Samples(features, numbers, np.array(labels), lambda number: images[number - first])


def found(images, labels=None):
    train = samples(TRAIN, 1000, np.arange(60) % 3)
    return duplicates(samples(images, 0, labels or [0] * len(images)), train, DEVIATION)


def test_copies_are_named_with_what_they_are_copies_of():
    images = draw.random((20, 1, 8, 8))
    images[3], images[7] = TRAIN[11], TRAIN[59]
    rows = found(images, labels=[2] * 20).set_index("sample")
    assert list(rows.index) == [3, 7]
    assert rows["kind"].tolist() == ["exact", "exact"]
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
    none = Samples(np.empty((0, 5)), np.empty(0, int), np.empty(0, int), TRAIN.__getitem__)
    assert duplicates(samples(TRAIN[:3], 0, [0] * 3), none, 0.0).empty
    assert duplicates(none, samples(TRAIN, 1000, np.arange(60) % 3), DEVIATION).empty
