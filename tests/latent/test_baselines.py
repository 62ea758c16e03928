import numpy as np
import pytest
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio

from phiscope.latent import baselines
from phiscope.latent.baselines import Reading
from phiscope.latent.spectral import decompose


def test_a_reading_survives_being_a_column():
    reading = Reading("lsd", "sampled", "gram-schmidt", "all", "magnitude", 4)
    assert Reading.of(reading.column) == reading
    assert Reading.of(Reading("classifier").column) == Reading("classifier")


def test_a_latent_on_its_axis_is_read_right_by_every_rule(basis):
    labels = np.arange(4)
    for scale, signed_right in ((1.0, True), (-1.0, False)):
        found = dict(baselines.lsd_readings(scale * np.eye(12)[:4], labels, basis, "b", "mean"))
        for reading, values in found.items():
            if reading.sign == "signed":
                assert values.all() == (signed_right or reading.k >= 4)
            else:
                assert values.all(), reading


def test_readings_grow_with_k(basis):
    z = np.random.default_rng(0).normal(size=(60, 12))
    labels = np.arange(60) % 4
    found = dict(baselines.lsd_readings(decompose(z, basis), labels, basis, "b", "sampled"))
    shares = [found[Reading("lsd", "sampled", "b", "all", "magnitude", k)].mean() for k in range(1, 11)]
    assert shares == sorted(shares)
    assert found[Reading("lsd", "sampled", "b", "first-set", "magnitude", 4)].all()  # there are four such axes


def test_crispness_is_that_of_a_checkerboard_and_of_a_ramp():
    checked = np.indices((8, 8)).sum(0) % 2
    ramp = np.tile(np.arange(8) / 7, (8, 1))
    crisp = baselines.crispness(np.stack([checked, 0.3 * checked + 0.2, ramp])[:, None])
    np.testing.assert_allclose(crisp[:2], 2 / 0.25)  # every neighbour differs by 1, both ways; contrast does not count
    assert crisp[2] == pytest.approx(1 / 49 / ramp.var())
    assert np.isnan(baselines.crispness(np.ones((1, 1, 4, 4)))).all()


def test_errors_of_images_against_scikit_image():
    random = np.random.default_rng(1)
    images, clean = random.uniform(size=(2, 5, 1, 6, 7))
    error, ratio = baselines.squared_error(images, clean), baselines.psnr(images, clean)
    for k in range(5):
        assert error[k] == pytest.approx(mean_squared_error(2 * images[k] - 1, 2 * clean[k] - 1))
        assert ratio[k] == pytest.approx(peak_signal_noise_ratio(clean[k], images[k], data_range=1.0))
    assert np.isinf(baselines.psnr(clean, clean)).all()


def test_the_nearest_mean_is_by_angle_not_by_length():
    means, labels = np.array([[10.0, 0.0], [0.1, 0.1]]), [5, 2]
    assert baselines.nearest_mean(np.array([[3.0, 2.9], [1.0, 0.0]]), means, labels).tolist() == [2, 5]


def test_probes_tell_separate_clouds_apart():
    random = np.random.default_rng(2)
    labels = np.arange(90) % 3
    clouds = 6 * np.eye(3)[labels] + random.normal(size=(90, 3))
    for name, predicted in baselines.linear_probes(clouds[:60], labels[:60], clouds[60:]):
        assert (predicted == labels[60:]).mean() > 0.9, name
    images = np.zeros((90, 1, 4, 4)) + clouds[:, :1, None, None] + random.normal(size=(90, 1, 4, 4)) * 0.1
    assert baselines.pca_probe(images, labels, images, 40).shape == (90,)  # fewer pixels than dimensions
