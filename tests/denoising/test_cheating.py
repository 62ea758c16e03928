import pytest
import torch

from phiscope.denoising.cheating import PassThrough, passing_filters


def pass_through(channels=1):
    return PassThrough(*passing_filters(channels))


@pytest.mark.parametrize("shape", [(2, 1, 8, 8), (1, 3, 9, 14), (1, 1, 1, 5)])
def test_clean_images_come_back_exactly_and_their_code_holds_each_pixel_once(shape):
    image = torch.rand(shape)
    network = pass_through(shape[1])
    assert torch.equal(network(image), image)
    code = network.encode(image)
    assert code.shape[1:] == (4 * shape[1], -(-shape[2] // 2), -(-shape[3] // 2))
    held = code[code > 0].sort().values  # beyond the border of an odd side there are zeros
    assert torch.equal(held, image.flatten().sort().values)


def test_noise_passes_but_for_what_is_negative():
    generator = torch.Generator().manual_seed(0)
    clean = torch.full((1, 1, 64, 64), 0.5)
    noisy = clean + 0.1 * torch.randn(clean.shape, generator=generator)
    assert torch.equal(pass_through()(noisy), noisy)  # at five deviations, nothing is
    assert pass_through()(noisy - 0.5).min() == 0


def test_every_filter_has_a_single_weight():
    for bank in passing_filters(2):
        per_output = (bank != 0).reshape(len(bank), -1).sum(1)
        assert set(bank[bank != 0]) == {1.0}
        assert set(per_output) <= {1, 4}  # four only where a channel is gathered
