"""ResNet-18 is that of the paper: as many parameters, images halved five times, features that are not negative."""

import torch

from phiscope.models import split
from phiscope.models.resnet18 import resnet18


def test_it_is_the_network_that_others_call_so():
    assert sum(each.numel() for each in resnet18(3, 1000).parameters()) == 11_689_512  # torchvision's resnet18


def test_features_and_head():
    torch.manual_seed(0)
    feature_map = split(resnet18(3, 7).eval(), torch.rand(2, 3, 64, 64))
    assert (feature_map.layer, feature_map.weight.shape, feature_map.lower_bound) == ("fc", (512, 7), 0.0)
