"""How far the features of an image move when it is run again or in another batch, and how long that takes."""

from __future__ import annotations

import time

import torch
from torch import Tensor

from phiscope.experiments.models.record import Passes
from phiscope.models.feature_map import FeatureMap


@torch.no_grad()
def measure(feature_map: FeatureMap, images: Tensor) -> Passes:
    """Of images (b, channels, h, w) on the device of the network."""
    feature_map.network.eval()
    features = feature_map(images)
    begun = time.perf_counter()
    repeated = feature_map(images).cpu()
    seconds = (time.perf_counter() - begun) / len(images)
    features = features.cpu()
    halves = torch.cat([feature_map(part) for part in images.split(-(-len(images) // 2))]).cpu()
    alone = torch.cat([feature_map(image) for image in images.split(1)]).cpu()
    return Passes(len(images), _moved(repeated, features), _moved(halves, features), _moved(alone, features), seconds)


def _moved(others: Tensor, features: Tensor) -> float:
    length = features.double().norm(dim=1)
    moved = (others.double() - features.double()).norm(dim=1)
    return float((moved / length.clamp_min(torch.finfo(torch.float64).tiny)).max()) if bool(moved.any()) else 0.0
