"""Orders of classes: found where they are, and not in noise."""

import numpy as np
import pytest

from phiscope.experiments.models.answers import Answers
from phiscope.experiments.models.orders import better_order, known_orders


def answers(count: int, each: int, right: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels and answers, of which a share is right and the others are drawn."""
    random = np.random.default_rng(seed)
    labels = np.tile(np.arange(count), each)
    drawn = random.integers(0, count, len(labels))
    return labels, np.where(random.uniform(size=len(labels)) < right, labels, drawn)


@pytest.mark.parametrize("count", [2, 10, 100])
def test_an_order_is_found_from_few_images(count):
    labels, predicted = answers(count, 5 if count == 100 else 50, 0.8)
    order = np.random.default_rng(9).permutation(count)
    order = order[::-1] if count == 2 and order[0] == 0 else order
    found = better_order(Answers(order[labels], predicted, count), [f"n{k:03d}" for k in range(count)])
    right = np.array(found.classes) == order
    assert right.mean() > 0.95  # of a hundred classes with five images each, hardly any is missed
    assert found.accuracy == pytest.approx(0.8 + 0.2 / count, abs=0.12)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("count", [2, 10, 100, 1000])
def test_none_is_found_in_noise_or_in_answers_that_are_right(count, seed):
    names = list(map(str, range(count)))  # which stand in the order of their numbers
    for right in (0.0, 0.3, 0.9):
        labels, predicted = answers(count, max(1, 500 // count), right, seed)
        assert better_order(Answers(labels, predicted, count), names) is None


def test_one_answer_for_all_has_no_order():
    """Where one class is more frequent than the others, giving it to that answer is right most often."""
    labels = np.r_[np.zeros(300, int), np.ones(100, int), np.full(100, 2)]
    assert better_order(Answers(labels, np.full(500, 1), 3), ["ant", "bee", "cow"]) is None


def test_orders_that_occur_are_found_among_more_classes_than_images_tell():
    names = sorted(map(str, range(1000)))
    labels, predicted = answers(1000, 1, 0.7)
    place = np.array([names.index(str(k)) for k in range(1000)])
    found = better_order(Answers(place[labels], predicted, 1000), names)
    assert found.called == "the order of their numbers"
    assert found.classes == tuple(place)


@pytest.mark.parametrize(("shift", "called"), [(1, "begins one class later"), (-1, "begins one class earlier")])
def test_classes_that_are_shifted_by_one(shift, called):
    labels, predicted = answers(300, 1, 0.9)
    found = better_order(Answers((labels + shift) % 300, predicted, 300), [f"n{k:03d}" for k in range(300)])
    assert called in found.called


def test_orders_that_occur_are_not_the_one_there_is():
    assert [called for called, _ in known_orders(["0", "1", "2"])] == [
        "an order that begins one class later",
        "an order that begins one class earlier",
    ]
    orders = dict(known_orders(["Bee", "ant", "cow"]))
    assert orders["the order of their names in lower case"].tolist() == [1, 0, 2]
    assert "the order of their numbers" not in orders
    numbered = dict(known_orders(["class1", "class10", "class2"]))
    assert numbered["the order of their numbers"].tolist() == [0, 2, 1]
