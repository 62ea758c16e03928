"""Fit a linear head to vectors: multinomial logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import DataError
from phiscope.models.head_files import Affine

C, ITERATIONS = 1.0, 2000  # of scikit-learn: inverse strength of the L2 penalty, and most steps of L-BFGS


class Fitted(NamedTuple):
    """A head, the share of the held-out vectors that it gets right, how many these are; whether the fit converged."""

    head: Affine
    accuracy: float
    held_out: int
    converged: bool


def fit(vectors: NDArray, labels: NDArray[np.int64], classes: Sequence[str], *, validation: float) -> Fitted:
    """From vectors (m, f) in stratified order, of which the last, a share `validation`, are held out.

    The penalty is on weights of vectors of mean 0 and deviation 1, so that units of features play no part; what is
    returned is of the vectors as they are. Raises DataError where a class has no vector to fit.
    """
    from sklearn.linear_model import LogisticRegression

    held_out = max(1, round(validation * len(labels)))
    x, y = vectors[:-held_out].astype(np.float64), labels[:-held_out]
    missing = sorted(set(range(len(classes))) - set(y.tolist()))
    if missing:
        raise DataError(
            f"classifier.head: no vector of the class {classes[missing[0]]!r} is among the {len(y)} that the head is "
            "fitted to; raise dataset.limit.train, or give a head: classifier.weights"
        )
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    x -= mean  # in place: the vectors of a run are many
    x /= deviation
    model = LogisticRegression(C=C, max_iter=ITERATIONS).fit(x, y)
    weight, bias = model.coef_.T, model.intercept_
    if len(classes) == 2:  # one output, whose two halves differ by it
        weight, bias = np.hstack([-weight, weight]) / 2, np.hstack([-bias, bias]) / 2
    weight = weight / deviation[:, None]
    head = Affine(weight, bias - mean @ weight)
    right = head.logits(vectors[-held_out:]).argmax(axis=1) == labels[-held_out:]
    return Fitted(head, float(right.mean()), held_out, bool(model.n_iter_.max() < ITERATIONS))
