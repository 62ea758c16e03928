"""Judges of images whose features are known: two classes, each normal in its own plane of three features."""

import numpy as np
import pytest
from scipy import stats

from phiscope.experiments.latent.judges import JUDGES, REJECTED, Judges, Vectors

MEANS = np.array([[6.0, 0.0, 0.0], [0.0, 6.0, 0.0]])


def drawn(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    return (MEANS[labels] + random.normal(size=(count, 3)) * [1, 1, 0.5]).astype(np.float32), labels


def seen(features: np.ndarray) -> Vectors:
    return Vectors(features, features[:, :2].astype(np.float64))


@pytest.fixture(scope="module")
def judges() -> Judges:
    (training, labels), (real, real_labels) = drawn(600, 0), drawn(400, 1)
    return Judges(training, labels, seen(real), real_labels)


def test_at_most_so_many_real_images_are_turned_away(judges):
    features, _ = drawn(4000, 2)
    passed = judges.judge(seen(features))[["dense", "near"]].mean()
    # P(p <= t) <= t, and with 200 calibrating images of a class little below: ± 4 standard deviations of both samples.
    slack = 4 * np.sqrt(REJECTED * (1 - REJECTED) * (1 / 200 + 1 / 2000))
    assert (passed >= 1 - REJECTED - slack).all()
    assert (passed <= 1 - REJECTED + slack).all()


def test_density_is_the_normal_distribution_of_the_class(judges):
    features, _ = drawn(50, 3)
    own = judges.judge(seen(features))
    members = judges.training[judges.training_labels == 0].astype(np.float64)
    mean, covariance = members.mean(0), np.cov(members.T, bias=True)
    rows = own["decoded"] == 0
    density = stats.multivariate_normal(mean, covariance).logpdf(features[rows])
    constant = -0.5 * (3 * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1])
    expected = -2 * (density - constant)
    assert np.corrcoef(own.loc[rows, "density"], expected)[0, 1] > 0.99  # but for what Ledoit and Wolf shrink
    np.testing.assert_allclose(own.loc[rows, "density"], expected, rtol=0.15)


def test_a_sure_softmax_alone_lets_nothing_pass(judges):
    """Far out along its own class the classifier is sure, and no image of the class is there."""
    frame = judges.judge(seen(np.array([[30.0, 0, 0], [0, 30, 0], [6, 0, 9], [3, 3, 0], [6, 0, 0]])))
    assert frame["sure"].tolist() == [True, True, True, False, True]
    assert frame["dense"].tolist() == [False, False, False, False, True]
    assert frame["near"].tolist() == [False, False, False, False, True]
    assert frame["shown"].tolist() == [False, False, False, False, True]
    assert frame.loc[0, "hull"] == pytest.approx(30 - judges.training[:, 0].max(), abs=1.5)


def test_a_class_that_was_not_trained_on_shows_nothing(judges):
    alone = Judges(judges.training[judges.training_labels == 0], np.zeros((judges.training_labels == 0).sum(), int),
                   judges.real, judges.real_labels)  # fmt: skip
    frame = alone.judge(seen(MEANS))
    assert frame["shown"].tolist() == [True, False]
    assert np.isnan(frame.loc[1, ["density", "hull"]].astype(float)).all()


def test_few_real_images_turn_nothing_away(judges):
    few = Judges(judges.training, judges.training_labels, judges.real.take(np.arange(10)), judges.real_labels[:10])
    frame = few.judge(seen(np.array([[30.0, 0, 0]])))
    assert frame[list(JUDGES)].all(axis=None)


def test_probability_is_the_softmax_and_does_not_overflow():
    vectors = Vectors(np.zeros((2, 1)), np.array([[1000.0, 0.0], [0.0, np.log(3)]]))
    np.testing.assert_allclose(vectors.probability, [1, 0.75])
    assert vectors.predicted.tolist() == [0, 1]
