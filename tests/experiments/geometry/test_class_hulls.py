"""Hulls of single classes: against projections onto the members alone; what has no class or no member."""

import numpy as np
import pytest

from phiscope import tables
from phiscope.experiments.geometry.class_hulls import Spanning, largest_logits, projected_by_class
from phiscope.geometry import hull
from phiscope.head import FeatureNoise, Head

OPTIONS = {"tolerance": 1e-10, "threads": 1}


@pytest.fixture
def spanning():
    random = np.random.default_rng(0)
    labels = np.r_[np.zeros(30, int), np.full(25, 2), [3], np.full(5, -1)]  # one of class 3, none of class 1
    return Spanning(random.normal(size=(61, 4)), labels, 100 + np.arange(61), np.linspace(0, 1e-3, 61))


@pytest.fixture
def logits():
    return np.array([[4.0, 3, 2, 1], [1, 4, 2, 3], [1, 1, 5, 1]])


def test_each_row_is_a_projection_onto_the_members_of_a_class(spanning, logits):
    points, noise = 2 * np.random.default_rng(1).normal(size=(3, 4)), np.array([0.1, 0.2, 0.3])
    rows, columns = projected_by_class(points, logits, spanning, noise=noise, **OPTIONS)
    assert rows.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert columns["hull_class"].tolist() == [0, 2, 3] * 3
    assert columns["is_predicted"].tolist() == [True, False, False, False, False, False, False, True, False]
    for place, (row, label) in enumerate(zip(rows, columns["hull_class"])):
        members = spanning.labels == label
        alone = hull.project(points[[row]], spanning.vectors[members])
        assert columns["distance"][place] == pytest.approx(alone.distance[0], abs=1e-9)
        assert columns["noise"][place] == pytest.approx(noise[row] + spanning.noise[members].max())
        of = dict(zip(spanning.numbers, spanning.labels))
        assert {of[number] for number in columns["support_index"][place]} == {label}
    whole = {"sample": rows, "label": rows, "predicted": rows, **tables.constant({"view": "v", "split": "test"}, 9)}
    assert set(columns) | set(whole) == set(tables.no_rows("class_hulls"))


def test_the_classes_with_the_largest_logits_are_asked_alone(spanning, logits):
    np.testing.assert_array_equal(largest_logits(logits, 2), [[1, 1, 0, 0], [0, 1, 0, 1], [1, 0, 1, 0]])
    assert largest_logits(logits, None).all()
    assert largest_logits(logits, 9).all()
    rows, columns = projected_by_class(
        np.zeros((3, 4)), logits, spanning, classes=1, noise=np.zeros(3), **OPTIONS
    )  # the predicted class alone, of which class 1 has no member
    assert (rows.tolist(), columns["hull_class"].tolist()) == ([0, 2], [0, 2])


def test_without_labels_or_points_there_is_no_row(spanning, logits, tmp_path):
    unlabelled = spanning._replace(labels=np.full(61, -1))
    for points, known in ((np.zeros((3, 4)), unlabelled), (np.zeros((0, 4)), spanning)):
        rows, columns = projected_by_class(points, logits[: len(points)], known, noise=np.zeros(len(points)), **OPTIONS)
        about = {"sample": rows, "label": rows, "predicted": rows, "view": [], "split": []}
        tables.write(columns | about, "class_hulls", tmp_path / "part.parquet", {})
        assert len(tables.read(tmp_path / "part.parquet")) == 0


def test_training_samples_have_the_noise_of_their_features():
    arrays = {"features": np.array([[3.0, 4], [0, 0]]), "labels": np.array([5, 6]), "samples": np.array([4, 9])}
    found = Spanning.of(arrays, Head(np.ones((2, 2)), np.zeros(2), "", None, FeatureNoise(features=0.5, length=1)))
    assert (found.numbers.tolist(), found.labels.tolist()) == ([4, 9], [5, 6])
    assert found.noise.tolist() == [2.5, 0.5]
