"""Whether the outputs of a network stand for the classes in another order than that of the data set.

The problem: find the permutation p for which predicted class p(o) of output o is right most often. The best one for a
few images fits their noise too, so that it is found on one half of them and judged on the other. Orders that occur (of
numbers, of text, one place on) need no finding and are judged on all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.classes import by_numbers
from phiscope.experiments.models.answers import Answers, explains
from phiscope.experiments.models.record import EACH, Order

_MOST = 2000  # classes: the matrix of all pairs grows with their square
_ALMOST = 0.02  # by which an order that occurs may fall short of the best


def better_order(answers: Answers, names: Sequence[str]) -> Order | None:
    """The order in which the answers are right much more often, if there is one."""
    own = answers.labels == answers.predicted
    found: list[Order] = []
    for called, classes in known_orders(names):
        right = classes[answers.predicted] == answers.labels
        if explains(right, own, answers):
            found.append(Order(tuple(classes.tolist()), float(right.mean()), called))
    if len(answers) >= EACH * answers.count and answers.count <= _MOST:
        right = _judged(answers)
        if explains(right, own, answers):
            best = _fitted(answers.predicted, answers.labels, answers.count)
            found.append(Order(tuple(best.tolist()), float(right.mean()), "another order"))
    if not found:
        return None
    most = max(order.accuracy for order in found)
    return next(order for order in found if order.accuracy >= most - _ALMOST)


def known_orders(names: Sequence[str]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Orders of classes that occur, in words, as the class of each output; without the one that they stand in."""
    own, seen = np.arange(len(names)), set()
    orders = {
        "the order of their numbers": _by(names, by_numbers),
        "the order of their names as text": _by(names, str),
        "the order of their names in lower case": _by(names, str.lower),
        "an order that begins one class later": np.roll(own, -1),
        "an order that begins one class earlier": np.roll(own, 1),
    }
    for called, classes in orders.items():
        if not np.array_equal(classes, own) and tuple(classes) not in seen:
            seen.add(tuple(classes))
            yield called, classes


def _by(names: Sequence[str], key) -> NDArray[np.int64]:
    return np.array(sorted(range(len(names)), key=lambda number: key(names[number])), dtype=np.int64)


def _judged(answers: Answers) -> NDArray[np.bool_]:
    """Whether each answer is right in the order that the other half of the images is fitted by."""
    # Every second image of each class: images stand in an order in which classes alternate.
    half = np.zeros(len(answers), dtype=np.int64)
    for label in np.unique(answers.labels):
        members = np.flatnonzero(answers.labels == label)
        half[members] = np.arange(len(members)) % 2
    right = np.zeros(len(answers), dtype=bool)
    for part in (0, 1):
        fitted = _fitted(answers.predicted[half != part], answers.labels[half != part], answers.count)
        right[half == part] = fitted[answers.predicted[half == part]] == answers.labels[half == part]
    return right


def _fitted(predicted: NDArray, labels: NDArray, count: int) -> NDArray[np.int64]:
    """The class of every output with which most answers are right; of several such, one that moves few classes."""
    from scipy.optimize import linear_sum_assignment  # deferred: slow to import

    pairs = np.zeros((count, count))
    np.add.at(pairs, (predicted, labels), 1)
    return linear_sum_assignment(pairs + 0.5 / count * np.eye(count), maximize=True)[1]
