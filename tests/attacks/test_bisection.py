import numpy as np
import pytest
import torch
from torch import nn

from phiscope.attacks.bisection import onto_the_boundary


@pytest.fixture
def brightness():
    """Class 1 where the first pixel is above 0.5, class 0 below."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    network[1].weight.data = torch.tensor([[0.0, 0, 0, 0], [1.0, 0, 0, 0]])
    network[1].bias.data = torch.tensor([0.5, 0.0])
    return network


def images(*first: float) -> np.ndarray:
    pixels = np.full((len(first), 1, 2, 2), 0.25, np.float32)
    pixels[:, 0, 0, 0] = first
    return pixels


def test_it_ends_at_the_first_float_beyond_the_boundary(brightness):
    found = onto_the_boundary(brightness, images(0.2, 0.9), images(0.8, 0.1)).images
    # Logits are rounded, so that the class may change a few floats beside 0.5.
    np.testing.assert_allclose(found[:, 0, 0, 0], 0.5, atol=1e-6)
    with torch.no_grad():
        assert brightness(torch.from_numpy(found)).argmax(1).tolist() == [1, 0]
    assert (found.reshape(2, -1)[:, 1:] == 0.25).all()


def test_an_attack_that_failed_stays_as_it_is(brightness):
    attacked = images(0.4)
    np.testing.assert_array_equal(onto_the_boundary(brightness, images(0.2), attacked).images, attacked)
