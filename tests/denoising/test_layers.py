import pytest
import torch
from torch import nn
from torch.nn import functional

from phiscope.denoising.layers import Layer, reaches
from phiscope.errors import ConfigError

STACKS = [
    [Layer("a", 3, 1, 1), Layer("b", 3, 2, 1), Layer("c", 3, 1, 1)],
    [Layer("a", 5, 2, 2), Layer("b", 4, 3, 0)],
    [Layer("a", 3, 2, 1), Layer("b", 3, 2, 1), Layer("up", 3, 1, 1, upsample=2), Layer("out", 3, 1, 1, upsample=2)],
    [Layer("a", 3, 2, 1), Layer("up", 3, 1, 1, upsample=2), Layer("out", 3, 1, 1)],
]


def blocks(layers, x):
    """A forward pass in which every weight is positive, so that no field is hidden."""
    for layer in layers:
        x = functional.interpolate(x, scale_factor=layer.upsample, mode="nearest")
        convolution = nn.Conv2d(1, 1, layer.kernel, layer.stride, layer.padding, bias=False).double()
        nn.init.ones_(convolution.weight)
        x = convolution(x)
        yield x


@pytest.mark.parametrize("layers", STACKS)
@pytest.mark.parametrize("size", [40, 47, 64])
def test_sizes_and_fields_are_those_of_a_forward_pass(layers, size):
    rows = reaches(layers, size)
    image = torch.zeros(1, 1, size, size, dtype=torch.double, requires_grad=True)
    for row, block in zip(rows, blocks(layers, image), strict=True):
        assert block.shape[-1] == row.size
        seen = []
        middle = row.size // 2
        for place in range(middle - 2, middle + 2):  # fields differ between neighbours after upsampling
            (gradient,) = torch.autograd.grad(block[0, 0, middle, place], image, retain_graph=True)
            seen.append(int((gradient[0, 0].abs().sum(0) > 0).sum()))
        assert max(seen) == row.receptive_field


def test_the_step_is_the_product_of_strides_over_upsampling():
    assert [row.step for row in reaches(STACKS[2], 64)] == [2, 4, 2, 1]


def test_an_image_that_vanishes_is_said():
    with pytest.raises(ConfigError, match="layer b: nothing is left"):
        reaches([Layer("a", 5, 2), Layer("b", 5)], 6)
