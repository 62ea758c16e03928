"""Networks of the kinds people have for images of 224 pixels: their trial, features, attacks, a few at a time."""

import numpy as np
import pytest
import torch

from phiscope.attacks import judge, pgd
from phiscope.features import extract
from phiscope.geometry import activations
from phiscope.models.classifier import Normalised
from phiscope.models.feature_map import checked
from tests.models import large_networks

KINDS = {
    "vit": (lambda: large_networks.vit(), "network.head", 48, None),
    "vit, mean of patches": (lambda: large_networks.vit(pool="mean"), "network.head", 48, None),
    "vit of 100 classes": (lambda: large_networks.vit(classes=100, depth=1), "network.head", 48, None),
    "convnext": (large_networks.convnext, "network.12", 64, None),
    "resnet": (large_networks.resnet, "network.9", 128, 0.0),
}


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(0, 1, (12, 3, 224, 224)).astype(np.float32)


def network(kind):
    torch.manual_seed(0)
    return Normalised(KINDS[kind][0](), [0.45], [0.25])


@pytest.mark.parametrize("kind", KINDS)
def test_the_trial_finds_the_head_of_each_kind(images, kind):
    _, layer, width, bound = KINDS[kind]
    classes = 100 if "100" in kind else 10
    found = checked(network(kind), torch.from_numpy(images), classes)
    assert (found.layer, found.weight.shape, found.lower_bound) == (layer, (width, classes), bound)
    features = torch.from_numpy(extract(found, images))
    with torch.no_grad():
        expected = found.network(torch.from_numpy(images))
    torch.testing.assert_close(found.logits(features), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", ["vit", "resnet"])
def test_fewer_images_at_a_time_change_little(images, kind, monkeypatch):
    few, attacked = images[:4], network(kind).eval()
    options = {"norm": "linf", "epsilon": 0.01, "step": 0.005, "steps": 2, "stop": False}
    whole = pgd(attacked, few, **options).images
    judged = judge(attacked, few, whole)
    features = extract(checked(attacked, torch.from_numpy(images[:4]), 10), few)
    monkeypatch.setattr(activations, "BATCH_BYTES", 2**20)
    parts = pgd(attacked, few, **options).images
    assert np.mean(np.abs(parts - whole) > 1e-6) < 0.01  # where the sign of a gradient near 0 turned
    np.testing.assert_allclose(judge(attacked, few, whole).lead, judged.lead, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(judge(attacked, few, whole).l2, judged.l2)
    again = extract(checked(attacked, torch.from_numpy(images[:4]), 10), few)
    np.testing.assert_allclose(again, features, rtol=1e-3, atol=1e-4)
