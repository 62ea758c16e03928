import pytest
import torch

from phiscope.denoising.backpropagation import Convolution, Rectifier, Upsampling, blocks_of, gradients
from phiscope.denoising.losses import weighted
from phiscope.models.denoiser import autoencoder


@pytest.fixture
def network():
    torch.manual_seed(1)
    return autoencoder(widths=(5, 6), strides=(1, 2)).double()


def layers_of(network):
    """The small autoencoder as the recursion sees it, on images of even sides."""
    encoder = [Convolution(c.weight, c.bias, c.stride[0], c.padding[0]) for c in network.encoder]
    decoder = [Convolution(c.weight, c.bias, 1, c.padding[0]) for c in network.decoder]
    rectifier = Rectifier()
    return [encoder[0], rectifier, encoder[1], rectifier, Upsampling(2), decoder[0], rectifier, decoder[1]]


@pytest.mark.parametrize("l2_weight", [1.0, 0.3])
def test_the_recursion_agrees_with_autograd(network, l2_weight):
    image, clean = torch.rand(2, 3, 1, 8, 12, dtype=torch.double)
    layers = layers_of(network)
    blocks = blocks_of(layers, image)
    torch.testing.assert_close(blocks[-1], network(image))
    output = blocks[-1].detach().requires_grad_()
    weighted(output, clean, l2_weight).backward()
    found = [g for layer in gradients(layers, blocks, output.grad) for g in layer]
    weighted(network(image), clean, l2_weight).backward()
    expected = [p.grad for c in [*network.encoder, *network.decoder] for p in (c.weight, c.bias)]
    assert len(found) == 8
    for ours, theirs in zip(found, expected):
        torch.testing.assert_close(ours, theirs)


def test_a_rectifier_stops_what_it_did_not_let_through():
    block = torch.tensor([[-1.0, 2.0]])
    assert Rectifier().to_input(torch.tensor([[3.0, 3.0]]), block).tolist() == [[0.0, 3.0]]
