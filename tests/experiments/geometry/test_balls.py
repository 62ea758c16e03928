"""Balls on a line, whose contents can be read off."""

import numpy as np
import pandas as pd
import pytest

from phiscope import tables
from phiscope.experiments.geometry.balls import Balls, count_inside


def on_a_line(places, radii, noise=0.0, radius_noise=0.0) -> Balls:
    both = (np.full(len(radii), value) for value in (noise, radius_noise))
    return Balls(np.array([[place, 0.0] for place in places], np.float32), np.array(radii, float), *both)


def samples_of(balls: Balls, view: str, split: str) -> pd.DataFrame:
    about = {"view": view, "split": split, "sample": np.arange(len(balls.radii)) + 10, "label": 0, "predicted": 1}
    return pd.DataFrame(about | {"margin": balls.radii, "closest_class": 1})


TRAIN = on_a_line([0, 1, 2, 9], [1.5, 0.5, 3.0, np.inf])  # the last has no boundary, so that its ball holds all
TEST = on_a_line([0.5, 1.75], [1.0, 1.0])


def test_a_training_centre_is_not_counted_in_its_own_ball():
    rows = count_inside(samples_of(TRAIN, "original", "train"), TRAIN, TRAIN, TEST)
    assert rows["train_inside"].tolist() == [1, 0, 2, 3]
    assert rows["test_inside"].tolist() == [1, 0, 2, 2]
    assert rows["in_train_union"].tolist() == [True, True, True, False]  # 9 is in no ball but its own
    assert rows["radius"].tolist() == [1.5, 0.5, 3.0, np.inf]


def test_a_test_centre_is_not_counted_among_test_samples_only():
    rows = count_inside(samples_of(TEST, "original", "test"), TEST, TRAIN, TEST)
    assert rows["train_inside"].tolist() == [2, 2]
    assert rows["test_inside"].tolist() == [0, 0]


def test_a_view_of_the_same_places_counts_what_it_came_from():
    noise = on_a_line([0.5, 1.75], [1.0, 1.0])
    rows = count_inside(samples_of(noise, "noise", "test"), noise, TRAIN, TEST)
    assert rows["test_inside"].tolist() == [1, 1]


@pytest.mark.parametrize("reach", [0.4, 0.6])
def test_the_union_is_of_training_balls_alone(reach):
    train, test = on_a_line([0.0], [reach]), on_a_line([0.5, 0.5], [9.0, 9.0])
    rows = count_inside(samples_of(test, "original", "test"), test, train, test)
    assert rows["in_train_union"].tolist() == [reach > 0.5] * 2


def test_rows_are_those_of_the_table(tmp_path):
    rows = count_inside(samples_of(TEST, "original", "test"), TEST, TRAIN, TEST)
    tables.write(rows, "balls", tmp_path / "balls.parquet", {})
    assert tables.read(tmp_path / "balls.parquet")["sample"].tolist() == [10, 11]


def test_what_noise_decides_is_neither_inside_nor_outside():
    """Centre, radius and point are off by 1/64 each at the most: 3/64 to both sides of the sphere."""
    small = 1 / 64
    train = on_a_line([0.0], [1.0], small, small)
    places = [1 - 4 * small, 1 - 3 * small, 1.0, 1 + 3 * small, 1 + 4 * small]
    test = on_a_line(places, [0.0] * 5, small, small)
    ball = count_inside(samples_of(train, "original", "train"), train, train, test).iloc[0]
    assert (ball["noise"], ball["test_inside"], ball["on_surface"]) == (3 * small, 1, 2)
    rows = count_inside(samples_of(test, "original", "test"), test, train, test)
    assert rows["in_train_union"].tolist() == [True, False, False, False, False]
    assert rows["on_union_surface"].tolist() == [False, True, True, False, False]
