"""The script of the rule `invert`: a sample that fails leaves a row with its reason, and spoils no other."""

import importlib.util

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.datasets import ImageDataset, open_prepared, save
from phiscope.experiments.inversion.targets import Wanted
from phiscope.models import split

OPTIONS = {"tolerance": 1e-6, "jacobians": 20, "polishes": 2, "starts": 1, "rescues": 0}


@pytest.fixture
def script(root):
    spec = importlib.util.spec_from_file_location("invert_script", root / "scripts/invert.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_sample_that_fails_leaves_its_reason(script, tmp_path):
    """Features are the two pixels: one sample has no target, one reaches it, that of the last is outside the box."""
    pixels = np.full((3, 1, 1, 2), 51, np.uint8)
    save(ImageDataset(pixels, np.array([0, 0, 0]), ("a", "b")), tmp_path / "test.safetensors", seed=0)
    test = open_prepared(tmp_path / "test.safetensors")
    network = split(nn.Sequential(nn.Flatten(), nn.Linear(2, 2)), torch.rand(2, 1, 1, 2), head="1")
    aims = Wanted(np.array([[np.nan, np.nan], [0.6, 0.2], [2.0, 0.2]]), np.array([-1, 1, 1]))
    columns, images = script.invert_chunk("flip", aims, test, slice(0, 3), network, OPTIONS, seed=0, device="cpu")
    assert columns["status"].tolist() == ["no_target", "solved", "unreached"]
    assert columns["predicted"][0] == -1
    np.testing.assert_allclose(columns["pixel_distance"], [np.nan, 0.4, 0.8], atol=1e-5)
    np.testing.assert_allclose(columns["feature_residual"], [np.nan, 0.0, 1.0], atol=1e-5)
    np.testing.assert_allclose(images.reshape(3, 2), [[0.2, 0.2], [0.6, 0.2], [1.0, 0.2]], atol=1e-5)
