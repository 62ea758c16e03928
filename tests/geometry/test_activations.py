"""How much memory a network's activations take, and how many images at a time follow from that."""

import torch
from torch import nn

from phiscope.geometry.activations import BATCH_BYTES, images_at_a_time, measured


def layers() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 4, 1), nn.Sigmoid(), nn.Conv2d(4, 1, 1), nn.Sigmoid())


def test_what_a_backward_pass_needs_is_counted_once_and_no_weights():
    image = torch.rand(1, 1, 8, 8)
    for network in (layers(), layers().requires_grad_(False)):
        each = measured(network, image)
        assert each.saved == (1 + 4 + 1) * 64 * 4  # the image, and what the sigmoids return
        assert each.widest == 4 * 64 * 4
    assert measured(nn.Flatten(), image).widest == image.nbytes


def test_batches_are_halved_until_they_fit_and_never_empty():
    network, image = layers().requires_grad_(False), torch.rand(1, 1, 8, 8)
    assert images_at_a_time(network, image, 250, gradient=True) == 250
    large = torch.rand(1, 1, 2048, 2048)  # 16 MiB an image
    forward = images_at_a_time(network, large, 250, gradient=False)
    backward = images_at_a_time(network, large, 250, gradient=True)
    each = measured(network, large)
    assert forward * 4 * each.widest <= BATCH_BYTES < 2 * forward * 4 * each.widest
    assert backward < forward
    assert images_at_a_time(network, large, 250, gradient=True, copies=1000) == 1
