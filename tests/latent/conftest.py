"""Latents around known centres, and bases made of them."""

import numpy as np
import pytest

from phiscope.latent.basis import averages, orthogonalise

LABELS, DIMENSION = 4, 12


@pytest.fixture(scope="session")
def cloud():
    """Latents (600, 12) of 4 labels in 3 sets; the sets of one label share a centre, so they are nearly parallel."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(LABELS, DIMENSION))
    labels = np.tile(np.arange(LABELS), 150)
    return centres[labels] + 0.3 * random.normal(size=(600, DIMENSION)), labels, np.repeat([1, 2, 3], 200)


@pytest.fixture(scope="session")
def found(cloud):
    return averages(*cloud, label_count=LABELS)


@pytest.fixture(scope="session", params=["gram-schmidt", "lowdin"])
def basis(request, found):
    return orthogonalise(found, first_set=request.param)
