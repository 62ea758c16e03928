import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from phiscope.errors import ConfigError, DataError
from phiscope.latent.basis import (
    NO_LABEL,
    averages,
    condition_by_count,
    effect_of_order,
    gram,
    gram_schmidt,
    lowdin,
    orthogonalise,
    quasi_eigenvectors,
    random_frame,
    reordered,
)


def test_averages_and_deviations(cloud, found):
    latents, labels, sets = cloud
    assert list(zip(found.sets, found.labels)) == [(s, k) for s in (1, 2, 3) for k in range(4)]
    members = latents[(labels == 2) & (sets == 3)]
    row = found.vectors[np.flatnonzero((found.labels == 2) & (found.sets == 3))[0]]
    np.testing.assert_allclose(row * 50, members.sum(0))
    assert found.counts.tolist() == [50] * 12
    np.testing.assert_allclose(found.deviations, 0.3, rtol=0.5)
    assert found.missing == ()


def test_a_label_that_is_never_made_is_named_and_harmless(cloud):
    latents, labels, sets = cloud
    there = (labels != 3) | (sets == 1)
    found = averages(latents[there], labels[there], sets[there], label_count=5)
    assert found.missing == ((4, 1), (3, 2), (4, 2), (3, 3), (4, 3))
    basis = orthogonalise(found)
    assert basis.orthogonality < 1e-10
    assert (basis.labels == NO_LABEL).sum() == 12 - 10
    with pytest.raises(DataError, match="label 4 has no axis in set 1; the labels that have one: 0, 1, 2, 3"):
        basis.axis(4)


def test_nothing_to_average():
    with pytest.raises(DataError, match="none labelled 0 to 2"):
        averages(np.zeros((2, 3)), np.array([7, 8]), label_count=3)
    with pytest.raises(DataError, match="latents: row 1"):
        averages(np.array([[0.0], [np.nan]]), np.array([0, 0]), label_count=1)


@pytest.mark.parametrize("rest", ["averages", "random"])
@pytest.mark.parametrize("first_set", ["gram-schmidt", "lowdin"])
@pytest.mark.parametrize("normalise", [False, True])
def test_axes_are_orthogonal_of_norm_m_and_span(found, first_set, rest, normalise):
    basis = orthogonalise(found, first_set=first_set, rest=rest, normalise=normalise)
    np.testing.assert_allclose(gram(basis.vectors), 12 * np.eye(12), atol=1e-10)
    assert basis.orthogonality < 1e-12
    assert basis.labels[:4].tolist() == [0, 1, 2, 3]
    assert (basis.labels == NO_LABEL).sum() == (0 if rest == "averages" else 8)
    made = ~np.isnan(basis.cosine)
    expected = basis.vectors[made] * found.vectors[: made.sum()]
    expected = expected.sum(1) / np.sqrt(12) / np.linalg.norm(found.vectors[: made.sum()], axis=1)
    np.testing.assert_allclose(basis.cosine[made], expected, atol=1e-12)


def test_gram_schmidt_against_qr(found):
    """QR of the columns η gives the same axes up to the signs of R's diagonal."""
    orthogonal, triangular = np.linalg.qr(found.vectors.T)
    expected = (orthogonal * np.sign(np.diag(triangular))).T * np.sqrt(12)
    np.testing.assert_allclose(orthogonalise(found).vectors, expected, atol=1e-9)


def test_the_verb_is_averages_then_axes(cloud, found):
    expected = orthogonalise(found, first_set="lowdin")
    got = quasi_eigenvectors(*cloud, first_set="lowdin")
    for field in dataclasses.fields(expected):
        np.testing.assert_array_equal(getattr(got, field.name), getattr(expected, field.name))


def test_nearly_parallel_vectors_stay_orthogonal():
    """Cosines of 1 - 1e-12: a single pass of Gram-Schmidt loses ten digits here."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=60) + 1e-6 * random.normal(size=(40, 60))
    axes, cosines = gram_schmidt(vectors)
    np.testing.assert_allclose(axes @ axes.T, np.eye(40), atol=1e-13)
    assert cosines[0] == 1
    assert cosines[1:].max() < 1e-4


def test_what_lies_in_the_span_of_those_before_is_dropped_and_named():
    latents = np.array([[1.0, 0, 0, 0], [2, 0, 0, 0], [1, 1, 0, 0]])
    basis = quasi_eigenvectors(latents, np.arange(3))
    assert basis.dropped == ((1, 1),)
    assert basis.labels.tolist() == [0, 2, NO_LABEL, NO_LABEL]
    np.testing.assert_allclose(basis.vectors[:2], [[2, 0, 0, 0], [0, 2, 0, 0]], atol=1e-14)
    with pytest.raises(DataError, match="span fewer than 3 dimensions"):
        quasi_eigenvectors(latents, np.arange(3), first_set="lowdin")


def test_lowdin_is_the_closed_form_of_its_equation(found):
    vectors = found.of_set(1).vectors
    axes, _ = lowdin(vectors)
    np.testing.assert_allclose(axes, np.linalg.inv(sqrtm(vectors @ vectors.T)).real @ vectors, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_no_orthonormal_set_is_nearer_than_lowdins(seed):
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(3, 5))
    axes, _ = lowdin(vectors)
    turn = np.linalg.qr(np.eye(5) + random.choice([1e-3, 1.0]) * random.normal(size=(5, 5)))[0]
    assert np.sum((axes - vectors) ** 2) <= np.sum((axes @ turn.T - vectors) ** 2) + 1e-12


def test_label_order_moves_gram_schmidt_and_not_lowdin(found):
    first, order = found.of_set(1), [2, 0, 3, 1]
    for kind, moves in (("gram-schmidt", True), ("lowdin", False)):
        plain, other = orthogonalise(first, first_set=kind), orthogonalise(reordered(first, order), first_set=kind)
        assert other.labels[:4].tolist() == order
        same = [np.allclose(other.vectors[k], plain.vectors[label]) for k, label in enumerate(order)]
        assert all(same) != moves
    spread = {
        kind: np.ptp(effect_of_order(first, lambda b: b.cosine[b.axis(1)], orders=8, seed=0, first_set=kind))
        for kind in ("gram-schmidt", "lowdin")
    }
    assert spread["gram-schmidt"] > 1e-3 > 1e-12 > spread["lowdin"]


def test_reordering_keeps_the_sets_together(found):
    other = reordered(found, [3, 1, 0, 2])
    assert other.labels.tolist() == [3, 1, 0, 2] * 3
    assert other.sets.tolist() == [1] * 4 + [2] * 4 + [3] * 4
    with pytest.raises(DataError, match="order \\[0, 1\\]"):
        reordered(found, [0, 1])


def test_normalising_first_makes_lowdin_blind_to_lengths(found):
    first = found.of_set(1)
    longer = dataclasses.replace(first, vectors=first.vectors * np.array([[1.0], [5], [1], [2]]))
    for normalise, equal in ((True, True), (False, False)):
        one, other = (orthogonalise(a, first_set="lowdin", normalise=normalise) for a in (first, longer))
        assert np.allclose(one.vectors[:4], other.vectors[:4]) == equal


def test_condition_numbers(found):
    by_count = condition_by_count(found.vectors)
    assert by_count[0] == pytest.approx(1)
    assert (np.diff(by_count) > -1e-9).all()
    assert by_count[4] > 3 * by_count[3]  # the first average of set 2 is nearly the first of set 1
    assert orthogonalise(found).condition == pytest.approx(by_count[-1])


def test_more_averages_than_dimensions_and_a_last_set_cut_short():
    random = np.random.default_rng(1)
    latents, labels = random.normal(size=(90, 10)), np.tile(np.arange(3), 30)
    basis = quasi_eigenvectors(latents, labels, np.repeat([1, 2, 3, 4, 5], 18))
    assert basis.sets.tolist() == [1] * 3 + [2] * 3 + [3] * 3 + [4]
    with pytest.raises(DataError, match="3 labels in 2 dimensions"):
        quasi_eigenvectors(latents[:, :2], labels)


def test_unknown_options(found):
    with pytest.raises(ConfigError, match="first_set 'qr'; expected one of gram-schmidt, lowdin"):
        orthogonalise(found, first_set="qr")
    with pytest.raises(ConfigError, match="rest 'none'; expected one of averages, random"):
        orthogonalise(found, rest="none")


def test_random_frames_are_orthogonal_and_favour_no_direction():
    frames = np.stack([random_frame(6, 0, number) for number in range(400)])
    np.testing.assert_allclose(
        frames @ frames.transpose(0, 2, 1), np.broadcast_to(6 * np.eye(6), (400, 6, 6)), atol=1e-12
    )
    # Haar: every entry has mean 0 and mean square 1, so that the sign of no row and of no column is fixed.
    assert np.abs(frames.mean(0)).max() < 5 / np.sqrt(400)
    assert np.abs((frames**2).mean(0) - 1).max() < 5 * np.sqrt(2 / 400)
    np.testing.assert_array_equal(random_frame(6, 0, 3), frames[3])
