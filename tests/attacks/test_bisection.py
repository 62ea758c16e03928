import numpy as np
import torch

from phiscope.attacks.bisection import onto_the_boundary


def test_it_ends_at_the_first_float_beyond_the_boundary(brightness, first_pixels):
    found = onto_the_boundary(brightness, first_pixels(0.2, 0.9), first_pixels(0.8, 0.1)).images
    # Logits are rounded, so that the class may change a few floats beside 0.5.
    np.testing.assert_allclose(found[:, 0, 0, 0], 0.5, atol=1e-6)
    with torch.no_grad():
        assert brightness(torch.from_numpy(found)).argmax(1).tolist() == [1, 0]
    assert (found.reshape(2, -1)[:, 1:] == 0.25).all()


def test_an_attack_that_failed_stays_as_it_is(brightness, first_pixels):
    attacked = first_pixels(0.4)
    np.testing.assert_array_equal(onto_the_boundary(brightness, first_pixels(0.2), attacked).images, attacked)
