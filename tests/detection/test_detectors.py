"""Scores against closed forms, direct loops and other people's routines."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax as softmax_of
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from phiscope import arrays, detection
from phiscope.detection import boundary, gaussian, hulls, neighbours, softmax, subspace
from phiscope.errors import ConfigError, DataError
from phiscope.geometry.margin import closest_flip

FEATURES, CLASSES = 8, 4


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def training(rng):
    labels = rng.integers(CLASSES, size=200)
    features = rng.normal(size=(200, FEATURES)) @ rng.normal(size=(FEATURES, FEATURES)) + 3 * np.eye(FEATURES)[labels]
    weight, bias = rng.normal(size=(FEATURES, CLASSES)), rng.normal(size=CLASSES)
    margins, nulls = rng.uniform(0.1, 2, 200), [detection.Null(rng.uniform(0, 2, 200), labels) for _ in range(2)]
    return detection.Training(features, labels, features @ weight + bias, weight, bias, margins, *nulls)


@pytest.fixture
def queries(rng, training):
    features = rng.normal(size=(30, FEATURES))
    logits = features @ training.weight + training.bias
    flip = closest_flip(features, training.weight, training.bias, rows="features", lower_bound=None)
    return detection.Queries(features, logits, flip.distance, *rng.uniform(0.1, 2, (3, 30)))


def test_every_detector_scores_every_sample_and_row_by_row(queries, training):
    for name in detection.DETECTORS:
        scores = detection.score(name, queries, training)
        assert scores.shape == (30,), name
        assert scores.dtype == np.float64, name
        order = np.arange(30)[::-1]
        turned = detection.Queries(*(getattr(queries, key)[order] for key in queries.__dataclass_fields__))
        np.testing.assert_allclose(detection.score(name, turned, training), scores[order], rtol=1e-12, err_msg=name)


def test_far_away_and_undecided_is_suspicious(rng, training):
    """The mean of a class, deep in its region, against a point far off on the boundary of all classes."""
    weight, bias = np.eye(FEATURES)[:, :CLASSES], np.zeros(CLASSES)
    genuine = 3.0 * np.eye(FEATURES)[:1]
    strange = np.ones((1, FEATURES)) * np.r_[np.zeros(CLASSES), np.full(FEATURES - CLASSES, 40.0)]
    features = 3 * np.eye(FEATURES)[training.labels] + 0.1 * rng.normal(size=training.features.shape)
    null = detection.Null(np.linspace(0, 1, 200), training.labels)
    known = detection.Training(features, training.labels, features @ weight, weight, bias, np.ones(200), null, null)
    pair, away = np.concatenate([genuine, strange]), np.array([0.1, 40.0])
    seen = detection.Queries(pair, pair @ weight, np.array([3 / np.sqrt(2), 0.0]), away, away, np.array([4.0, 40.0]))
    for name in detection.DETECTORS:
        ordinary, odd = detection.score(name, seen, known)
        # The one that takes it for an attack when a sample is near the hull, not far from it.
        assert (odd > ordinary) == (name != "near-both"), name


def test_an_unknown_detector_gets_the_nearest_name(queries, training):
    with pytest.raises(ConfigError, match="'energy'"):
        detection.score("energie", queries, training)


def test_margin_and_indicator():
    np.testing.assert_array_equal(boundary.margin([0.5, np.inf]), [-0.5, -np.inf])
    np.testing.assert_array_equal(boundary.margin_hull([0.5, np.inf], [2.0, 1.0]), [1.5, -np.inf])


def test_fdbd_by_a_direct_loop(queries, training):
    mean, expected = training.features.mean(axis=0), []
    for x, z in zip(queries.features, queries.logits):
        i = int(np.argmax(z))
        away = [(z[i] - z[c]) / np.linalg.norm(training.weight[:, i] - training.weight[:, c])
                for c in range(CLASSES) if c != i]  # fmt: skip
        expected.append(-np.mean(away) / np.linalg.norm(x - mean))
    scores = boundary.fdbd(queries.features, queries.logits, training.features, training.weight)
    np.testing.assert_allclose(scores, expected)


def test_fdbd_of_two_classes_is_the_margin_over_the_distance_to_the_mean(queries, training):
    weight, bias = training.weight[:, :2], training.bias[:2]
    margins = closest_flip(queries.features, weight, bias, rows="features", lower_bound=None).distance
    scores = boundary.fdbd(queries.features, queries.features @ weight + bias, training.features, weight)
    away = np.linalg.norm(queries.features - training.features.mean(axis=0), axis=1)
    np.testing.assert_allclose(scores, -margins / away)


def test_fdbd_leaves_out_classes_with_the_same_weights():
    weight = np.array([[1.0, 1.0, -1.0]])
    scores = boundary.fdbd(np.array([[2.0]]), np.array([[2.0, 1.5, -2.0]]), np.array([[0.0], [2.0]]), weight)
    np.testing.assert_allclose(scores, -(4 / 2) / 1)
    alone = boundary.fdbd(np.array([[2.0]]), np.array([[2.0, 1.5]]), np.array([[0.0]]), weight[:, :2])
    assert alone[0] == -np.inf


def test_fdbd_does_not_change_when_feature_space_is_scaled(queries, training):
    first = boundary.fdbd(queries.features, queries.logits, training.features, training.weight)
    again = boundary.fdbd(7 * queries.features, queries.logits, 7 * training.features, training.weight / 7)
    np.testing.assert_allclose(first, again)


def test_msp_is_one_minus_the_largest_probability_and_keeps_digits(queries):
    np.testing.assert_allclose(softmax.msp(queries.logits), 1 - softmax_of(queries.logits, axis=1).max(axis=1))
    sure = softmax.msp(np.array([[50.0, 0.0], [60.0, 0.0]]))
    np.testing.assert_allclose(sure, np.exp([-50.0, -60.0]), rtol=1e-12)
    assert softmax.msp(np.array([[1.0, 1.0, 1.0, 1.0]]))[0] == pytest.approx(0.75)


def test_energy_of_equal_logits_and_its_shift():
    assert softmax.energy(np.zeros((1, 10)))[0] == pytest.approx(-np.log(10))
    logits = np.array([[1.0, 3.0, 2.0]])
    assert softmax.energy(logits + 5)[0] == pytest.approx(softmax.energy(logits)[0] - 5)
    assert softmax.energy(np.array([[1000.0, 0.0]]), temperature=10)[0] == pytest.approx(-1000)
    assert softmax.energy(logits, 2.0)[0] == pytest.approx(-2 * np.log(np.exp(logits / 2).sum()))


@pytest.mark.parametrize("k", [1, 5, 50])
def test_knn_agrees_with_scikit_learn(queries, training, k, monkeypatch):
    monkeypatch.setattr(neighbours, "_BLOCK", 7)
    monkeypatch.setattr(neighbours, "_SIMILARITIES", 600)
    scaled = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (queries.features, training.features)]
    expected = NearestNeighbors(n_neighbors=k).fit(scaled[1]).kneighbors(scaled[0])[0][:, -1]
    np.testing.assert_allclose(neighbours.knn(queries.features, training.features, k), expected, rtol=1e-6)


def test_knn_knows_directions_only_and_keeps_digits_of_close_neighbours(training):
    near = training.features[:5] * 3 + 0.0
    np.testing.assert_allclose(neighbours.knn(near, training.features, 1), 0, atol=1e-15)
    turned = np.array([[1.0, 1e-6]])
    assert neighbours.knn(turned, np.array([[1.0, 0.0]]), 1)[0] == pytest.approx(1e-6, rel=1e-6)


def test_knn_of_few_samples_and_of_nothing():
    training = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    assert neighbours.knn(np.array([[2.0, 0.0]]), training, 50)[0] == pytest.approx(2.0)
    assert neighbours.knn(np.zeros((1, 2)), training, 2)[0] == pytest.approx(1.0)


def test_mahalanobis_agrees_with_scikit_learn(queries, training):
    means = np.stack([training.features[training.labels == c].mean(axis=0) for c in range(CLASSES)])
    tied = EmpiricalCovariance(assume_centered=True).fit(training.features - means[training.labels])
    expected = np.min([tied.mahalanobis(queries.features - mean) for mean in means], axis=0)
    scores = gaussian.mahalanobis(queries.features, training.features, training.labels)
    np.testing.assert_allclose(scores, expected)


def test_mahalanobis_of_a_round_cloud_is_the_squared_distance_over_the_variance():
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1.0]]) * 2
    clouds = np.concatenate([corners, corners + np.array([10, 0])])
    scores = gaussian.mahalanobis(np.array([[6.0, 0.0], [9.0, 0]]), clouds, np.repeat([3, 7], 4))
    np.testing.assert_allclose(scores, [16 / 4, 1 / 4])


def test_mahalanobis_leaves_out_directions_without_variance(queries, training):
    flat = training.features.copy()
    flat[:, 0] = 5.0
    scores = gaussian.mahalanobis(queries.features, flat, training.labels)
    expected = gaussian.mahalanobis(queries.features[:, 1:], flat[:, 1:], training.labels)
    np.testing.assert_allclose(scores, expected)


def test_mahalanobis_does_not_depend_on_the_axes(rng, queries, training):
    mixed = rng.normal(size=(FEATURES, FEATURES))
    first = gaussian.mahalanobis(queries.features, training.features, training.labels)
    again = gaussian.mahalanobis(queries.features @ mixed, training.features @ mixed, training.labels)
    np.testing.assert_allclose(first, again, rtol=1e-8)


def test_what_can_be_asked_rests_on_training_samples_and_their_labels(queries, training):
    arrays = training.features[:0], training.labels[:0], training.logits[:0], training.weight, training.bias
    nothing = detection.Training(*arrays, training.margin[:0])
    assert detection.possible(queries, nothing) == ["margin", "msp", "energy"]
    for name in detection.possible(queries, nothing):
        np.testing.assert_array_equal(detection.score(name, queries, nothing), detection.score(name, queries, training))
    unlabelled = replace(training, labels=np.full(len(training.labels), -1))
    of_labels = {"mahalanobis", "class-hull", "hull-ratio", "class-hull-p"}
    assert set(detection.DETECTORS) - set(detection.possible(queries, unlabelled)) == of_labels
    without = replace(queries, own=None, other=None), replace(training, margin=None, of_all=None, of_class=None)
    left = {"class-hull", "hull-ratio", "hull-p", "class-hull-p", "near-both", "union"}
    assert set(detection.DETECTORS) - set(detection.possible(*without)) == left
    for name in left:
        with pytest.raises(DataError, match="not given"):
            detection.score(name, *without)
    assert detection.possible(queries, training) == list(detection.DETECTORS)


def test_mahalanobis_takes_the_training_samples_that_have_a_label(queries, training):
    known = np.arange(len(training.labels)) % 3 > 0
    some = replace(training, labels=np.where(known, training.labels, -1))
    expected = gaussian.mahalanobis(queries.features, training.features[known], training.labels[known])
    np.testing.assert_allclose(detection.score("mahalanobis", queries, some), expected)


def test_labels_that_do_not_fit_are_refused(queries, training):
    with pytest.raises(DataError, match="3 labels for 200 samples"):
        gaussian.mahalanobis(queries.features, training.features, training.labels[:3])


def vim_of(queries, training, dimension=None):
    return subspace.vim(queries.features, queries.logits, training.features, training.logits,
                        training.weight, training.bias, dimension)  # fmt: skip


def test_vim_by_scikit_learns_principal_components(queries, training):
    origin = -np.linalg.lstsq(training.weight.T, training.bias)[0]
    seen = training.features - origin
    # Mirrored through the origin the samples are centred there, so that PCA does what ViM does.
    pca = PCA(n_components=FEATURES // 2).fit(np.r_[seen, -seen])

    def leaving(vectors):
        return np.linalg.norm(vectors - pca.inverse_transform(pca.transform(vectors)), axis=1)

    alpha = training.logits.max(axis=1).sum() / leaving(seen).sum()
    expected = alpha * leaving(queries.features - origin) + softmax.energy(queries.logits)
    np.testing.assert_allclose(vim_of(queries, training), expected)


def test_vim_orders_as_the_softmax_probability_of_the_virtual_logit(queries, training):
    virtual = vim_of(queries, training) - softmax.energy(queries.logits)
    share = softmax_of(np.c_[queries.logits, virtual], axis=1)[:, -1]
    np.testing.assert_array_equal(np.argsort(share), np.argsort(vim_of(queries, training)))


def test_vim_of_samples_that_never_leave_the_principal_space_is_the_energy():
    random = np.random.default_rng(1)
    flat = random.normal(size=(40, 2)) @ np.linalg.qr(random.normal(size=(4, 2)))[0].T  # askew: zero up to rounding
    weight, bias = np.eye(4)[:, :2], np.zeros(2)
    scores = subspace.vim(flat, flat @ weight, flat, flat @ weight, weight, bias)
    np.testing.assert_allclose(scores, softmax.energy(flat @ weight), atol=1e-9)


@pytest.mark.parametrize(("width", "dimension"), [(64, 32), (512, 256), (768, 512), (1024, 512), (2048, 1000)])
def test_principal_dimension_as_published(width, dimension):
    assert subspace.principal_dimension(width) == dimension


@pytest.mark.parametrize("dimension", [-1, FEATURES])
def test_a_principal_space_that_leaves_nothing_is_refused(queries, training, dimension):
    with pytest.raises(DataError, match="expected 0 to 7"):
        vim_of(queries, training, dimension)


def test_many_classes_make_small_blocks(monkeypatch):
    """Distances to all means of some samples are held at a time, however few features there are."""
    monkeypatch.setattr(arrays, "_NUMBERS", 100)
    random, rows = np.random.default_rng(0), []
    labels, kept = np.repeat(np.arange(50), 4), arrays.by_blocks

    def noting(compute, *given, width=0):
        return kept(lambda *some: rows.append(len(some[0])) or compute(*some), *given, width=width)

    monkeypatch.setattr(gaussian, "by_blocks", noting)
    gaussian.mahalanobis(random.normal(size=(9, 3)), random.normal(size=(200, 3)) + labels[:, None], labels)
    assert max(rows) == 2


@pytest.mark.parametrize("name", detection.DETECTORS)
def test_blocks_of_samples_change_no_score(name, queries, training, monkeypatch):
    whole = detection.score(name, queries, training)
    monkeypatch.setattr(arrays, "_NUMBERS", 1)
    monkeypatch.setattr(neighbours, "_BLOCK", 7)
    monkeypatch.setattr(neighbours, "_SIMILARITIES", 600)
    monkeypatch.setattr(hulls, "_BLOCK", 7)
    monkeypatch.setattr(hulls, "_CENTRES", 11)
    np.testing.assert_allclose(detection.score(name, queries, training), whole, rtol=1e-12)
