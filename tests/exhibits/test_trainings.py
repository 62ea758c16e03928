import numpy as np

from phiscope.exhibits.trainings import encoded_and_decoded
from tests.experiments.latent import toy


def test_every_row_of_images_stands_above_what_is_made_of_it():
    images = toy.codec().decode(toy.latents(4)[0])  # sixteen
    rows = encoded_and_decoded(toy.codec(), images).reshape(4, 8, 1, 2, 2)
    np.testing.assert_allclose(rows[0], images[:8], atol=1e-6)
    np.testing.assert_allclose(rows[1], images[:8], atol=1e-6)  # the encoder is exact
    np.testing.assert_allclose(rows[2], images[8:], atol=1e-6)
