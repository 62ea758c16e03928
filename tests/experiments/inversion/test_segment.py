"""A segment in a feature space of fewer dimensions than pixels, so that references matter and are known."""

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.experiments.inversion import segment as module
from phiscope.experiments.inversion.budget import _SEGMENT
from phiscope.experiments.inversion.segment import OWN_REFERENCES, ends_of, segment
from phiscope.models import split

A, B, GREY = ([[0.8, 0.1], [0.2, 0.9], [0.5, 0.5]][k] for k in range(3))


class FirstPixel(nn.Module):
    """Features are the first of two pixels: the second stays wherever the reference has it."""

    def forward(self, x):
        return x.flatten(1)[:, :1]


@pytest.fixture(scope="module")
def walked():
    torch.manual_seed(0)
    network = nn.Sequential(FirstPixel(), nn.Linear(1, 2))
    feature_map = split(network, torch.rand(2, 1, 1, 2), head="1")
    ends = {"train:3": np.reshape(A, (1, 1, 2)), "itself": np.reshape(B, (1, 1, 2))}
    options = {"tolerance": 1e-9, "seed": 0}
    return segment(feature_map, ends, {"grey": np.reshape(GREY, (1, 1, 2))}, 4, options)


def test_each_image_is_the_nearest_to_its_reference(walked):
    rows, arrays = walked
    shares = np.linspace(0, 1, 4)
    first = np.tile((1 - shares) * A[0] + shares * B[0], 4)
    second = np.concatenate([np.full(4, A[1]), np.full(4, B[1]), (1 - shares) * A[1] + shares * B[1], np.full(4, 0.5)])
    np.testing.assert_allclose(arrays["segment_images"].reshape(-1, 2), np.stack([first, second], 1), atol=1e-6)
    assert rows["reference"].tolist() == [name for name in ("train:3", "itself", "blend", "grey") for _ in range(4)]
    np.testing.assert_allclose(rows["radius"], np.tile((1 - shares) * 0.6, 4))
    assert set(rows["status"]) <= {"solved", "reference"}


def test_how_far_the_images_come(walked):
    _, arrays = walked
    found = ends_of(arrays["segment_images"], arrays["segment_shares"], *(np.reshape(x, (1, 1, 2)) for x in (A, B)))
    apart = np.hypot(0.6, 0.8)
    assert found["segment_from_neighbour"] == pytest.approx(0.8 / apart, abs=1e-6)
    assert found["segment_from_sample"] == pytest.approx(0.8 / apart, abs=1e-6)
    assert found["segment_unlike"] == pytest.approx(0, abs=1e-6)


def test_a_budget_reckons_with_as_many_references():
    assert OWN_REFERENCES == _SEGMENT
    assert module.BLEND == "blend"
