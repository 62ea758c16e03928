"""Inverting samples: one that fails leaves a row with its reason, and spoils no other."""

import numpy as np
import torch
from torch import nn

from phiscope.experiments.inversion.samples import invert_samples
from phiscope.experiments.inversion.targets import Wanted
from phiscope.models import split

OPTIONS = {"tolerance": 1e-6, "jacobians": 20, "polishes": 2, "starts": 1, "restarts": 0}


def test_a_sample_that_fails_leaves_its_reason():
    """Features are the two pixels: one sample has no target, one reaches it, that of the last is outside the box."""
    pixels = np.full((3, 1, 1, 2), 0.2)
    network = split(nn.Sequential(nn.Flatten(), nn.Linear(2, 2)), torch.rand(2, 1, 1, 2), head="1")
    aims = Wanted(np.array([[np.nan, np.nan], [0.6, 0.2], [2.0, 0.2]]), np.array([-1, 1, 1]))
    columns, images = invert_samples(network, aims, np.arange(3), pixels, OPTIONS, seed=0)
    assert (pixels == 0.2).all()  # the caller's images are left alone
    assert columns["status"].tolist() == ["no_target", "solved", "unreached"]
    assert columns["predicted"][0] == -1
    np.testing.assert_allclose(columns["pixel_distance"], [np.nan, 0.4, 0.8], atol=1e-5)
    np.testing.assert_allclose(columns["feature_residual"], [np.nan, 0.0, 1.0], atol=1e-5)
    np.testing.assert_allclose(images.reshape(3, 2), [[0.2, 0.2], [0.6, 0.2], [1.0, 0.2]], atol=1e-5)
