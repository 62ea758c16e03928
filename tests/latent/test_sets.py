import numpy as np
import pytest

from phiscope.errors import DataError
from phiscope.latent.basis import averages
from phiscope.latent.sets import convergence, drawn, encoded, joined, label_latents, sets_needed


def double(z):
    return 2 * z


def by_sign(images):
    """Label 1 where the first entry is positive, else 0; label 2 never."""
    return (images[:, 0] > 0).astype(int)


def test_labels_come_from_the_decoded_image_batch_by_batch():
    sizes = []

    def decode(z):
        sizes.append(len(z))
        return -z

    z = np.random.default_rng(0).normal(size=(7, 3))
    np.testing.assert_array_equal(label_latents(z, decode, by_sign, batch=3), z[:, 0] < 0)
    assert sizes == [3, 3, 1]


def test_encoded_takes_the_first_v_of_each_label_and_says_what_is_short():
    latents, labels = np.arange(10.0)[:, None], np.array([0, 1, 0, 0, 1, 0, 2, 0, 1, 0])
    sets = encoded(latents, labels, label_count=4, size=3)
    assert sets.latents[:, 0].tolist() == [0, 2, 3, 1, 4, 8, 6]
    assert sets.labels.tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert sets.short == ((2, 1, 1), (3, 1, 0))


def test_drawn_sets_are_full_disjoint_and_of_their_label():
    sets = drawn(double, by_sign, dimension=5, label_count=2, sets=[2, 3], size=40, seed=1, batch=30)
    assert sets.latents.shape == (160, 5)
    assert sets.short == ()
    assert len(np.unique(sets.latents[:, 1])) == 160
    np.testing.assert_array_equal(sets.labels, sets.latents[:, 0] > 0)
    for label in (0, 1):
        assert sets.sets[sets.labels == label].tolist() == [2] * 40 + [3] * 40
    again = drawn(double, by_sign, dimension=5, label_count=2, sets=[2, 3], size=40, seed=1, batch=30)
    np.testing.assert_array_equal(sets.latents, again.latents)


def test_the_mean_of_a_half_normal_is_found():
    """E[z | z > 0] = √(2/π) in the entry that decides, 0 in the others."""
    sets = drawn(double, by_sign, dimension=3, label_count=2, sets=[1], size=20_000, seed=2, batch=10_000)
    eta = averages(sets.latents, sets.labels, sets.sets, label_count=2).vectors
    np.testing.assert_allclose(eta, np.sqrt(2 / np.pi) * np.array([[-1, 0, 0], [1, 0, 0]]), atol=0.03)


def test_a_label_that_is_never_made_ends_the_drawing_and_is_named():
    sets = drawn(double, by_sign, dimension=2, label_count=3, sets=[2, 3], size=5, seed=0, most=200, batch=50)
    assert sets.short == ((2, 2, 0), (2, 3, 0))
    assert (sets.labels == 2).sum() == 0
    whole = joined(encoded(sets.latents, sets.labels, label_count=3, size=4), sets)
    assert whole.short == ((2, 1, 0), (2, 2, 0), (2, 3, 0))
    assert len(whole.latents) == 8 + 20


def test_sets_needed():
    assert [sets_needed(100, 10), sets_needed(100, 26), sets_needed(10, 10)] == [10, 4, 1]


def test_halves_of_normal_latents_differ_as_one_over_the_root_of_v():
    random = np.random.default_rng(3)
    labels = np.repeat([0, 1], [4000, 100])
    latents = random.normal(size=(4100, 200)) * 2
    found = convergence(latents, labels, label_count=2, sizes=[20, 200, 2000])
    np.testing.assert_allclose(found.expected[:, 0], 2 * np.sqrt(2 / np.array([20, 200, 2000])), rtol=0.02)
    np.testing.assert_allclose(found.average[:, 0], found.expected[:, 0], rtol=0.2)
    np.testing.assert_allclose(found.deviation[:, 0], found.expected[:, 0] / np.sqrt(2), rtol=0.2)
    assert np.isnan(found.average[1:, 1]).all()
    with pytest.raises(DataError, match="2 or more"):
        convergence(latents, labels, label_count=2, sizes=[1])
