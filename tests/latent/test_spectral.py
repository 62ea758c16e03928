import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscope.errors import ConfigError, DataError
from phiscope.latent import spectral
from phiscope.latent.basis import NO_LABEL, orthogonalise, quasi_eigenvectors


@pytest.fixture
def z():
    return np.random.default_rng(8).normal(size=(30, 12))


def test_all_components_give_the_latent_back(basis, z):
    np.testing.assert_allclose(spectral.compose(spectral.decompose(z, basis), basis), z, atol=1e-12)
    np.testing.assert_allclose(spectral.truncate(z, basis, 12), z, atol=1e-12)


def test_parseval(basis, z):
    """⟨z|z⟩ = C Σ c²."""
    c = spectral.decompose(z, basis)
    np.testing.assert_allclose(12 * (c**2).sum(1), (z**2).sum(1))


def test_an_axis_is_its_own_spectrum(basis):
    np.testing.assert_allclose(spectral.decompose(basis.vectors, basis), np.eye(12), atol=1e-12)


def test_coefficients_solve_the_linear_system(basis, z):
    np.testing.assert_allclose(spectral.decompose(z, basis), np.linalg.solve(basis.vectors.T, z.T).T, atol=1e-12)


def test_averages_have_their_label_in_set_1(cloud, found, basis):
    c = spectral.decompose(found.of_set(1).vectors, basis)
    assert spectral.classify(c, basis, axes="first-set", sign="signed").tolist() == [0, 1, 2, 3]


AMPLITUDES = np.array([[-9.0, 3, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0], [1.0, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0]])


def test_labels_and_ranks_of_amplitudes_made_by_hand(found):
    """Axes 0-3 are set 1, axes 4-7 set 2: axis 4 is label 0 again."""
    basis = orthogonalise(found)
    expected = {("all", "magnitude"): [0, 0], ("all", "signed"): [1, 0],
                ("first-set", "magnitude"): [0, 3], ("first-set", "signed"): [1, 3]}  # fmt: skip
    for (axes, sign), labels in expected.items():
        assert spectral.classify(AMPLITUDES, basis, axes=axes, sign=sign).tolist() == labels
    ranks = [spectral.label_ranks(AMPLITUDES, np.full(2, label), basis).tolist() for label in range(4)]
    assert ranks == [[1, 1], [2, 4], [4, 3], [5, 2]]
    first = spectral.label_ranks(AMPLITUDES, np.array([0, 0]), basis, axes="first-set", sign="signed")
    assert first.tolist() == [4, 4]
    assert spectral.label_ranks(AMPLITUDES, np.array([9, 9]), basis).tolist() == [13, 13]
    np.testing.assert_array_equal(spectral.cumulative(np.array([1, 1, 3, 2]), 4), [0.5, 0.75, 1, 1])
    assert spectral.largest_in_first_set(AMPLITUDES, basis).tolist() == [True, False]


def test_a_random_axis_has_no_label(found):
    basis = orthogonalise(found, rest="random")
    assert spectral.classify(AMPLITUDES[1:], basis).tolist() == [NO_LABEL]
    assert spectral.classify(AMPLITUDES[1:], basis, axes="first-set").tolist() == [3]


def test_rank_one_is_what_classify_finds(basis, z):
    c = spectral.decompose(z, basis)
    labels = np.random.default_rng(0).integers(0, 4, 30)
    for axes in spectral.AXES:
        for sign in spectral.SIGNS:
            right = spectral.classify(c, basis, axes=axes, sign=sign) == labels
            np.testing.assert_array_equal(spectral.label_ranks(c, labels, basis, axes=axes, sign=sign) == 1, right)


def test_ranked_amplitudes_fall_from_one(basis, z):
    ranked = spectral.ranked_amplitudes(spectral.decompose(z, basis))
    np.testing.assert_array_equal(ranked[:, 0], 1)
    assert (np.diff(ranked, axis=1) <= 0).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(0, 1000))
def test_no_choice_of_as_many_axes_is_nearer_than_the_truncation(components, seed):
    random = np.random.default_rng(seed)
    basis = quasi_eigenvectors(random.normal(size=(30, 6)), np.tile(np.arange(3), 10), seed=seed)
    z = random.normal(size=(1, 6))
    other = random.choice(6, components, replace=False)
    c = spectral.decompose(z, basis)
    rivals = c[:, other] @ basis.vectors[other]
    error = np.linalg.norm(spectral.truncate(z, basis, components) - z)
    assert error <= np.linalg.norm(rivals - z) + 1e-12
    left = np.sort(np.abs(c[0]))[: 6 - components]
    assert error == pytest.approx(np.sqrt(6 * (left**2).sum()), abs=1e-12)


def test_truncations_are_decoded_and_may_be_renormalised(basis, z):
    counts, images = zip(*spectral.truncated(z, basis, [1, 12], np.tanh, renormalise=True))
    assert counts == (1, 12)
    one = np.arctanh(images[0])
    np.testing.assert_allclose((one**2).sum(1), 12, rtol=1e-6)
    assert ((np.abs(spectral.decompose(one, basis)) > 1e-6).sum(1) == 1).all()


def test_what_makes_no_sense(basis, z):
    with pytest.raises(DataError, match="latents of 11 dimensions; the basis has 12"):
        spectral.decompose(z[:, :11], basis)
    for components in (0, 13):
        with pytest.raises(DataError, match=f"{components} components; expected 1 to 12"):
            spectral.truncate(z, basis, components)
    with pytest.raises(ConfigError, match="axes 'some'; expected one of all, first-set"):
        spectral.classify(z, basis, axes="some")
    with pytest.raises(ConfigError, match="sign 'plus'"):
        spectral.label_ranks(z, np.zeros(30), basis, sign="plus")
