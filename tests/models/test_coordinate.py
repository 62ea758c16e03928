import torch

from phiscope.models.coordinate import CodeAutoencoder, CoordinateDecoder, DenseDecoder, dense_of_size
from phiscope.models.denoiser import parameter_count

FEATURES = torch.randn(12, 5, generator=torch.Generator().manual_seed(0))


def coordinate(features: torch.Tensor = FEATURES, channels: int = 2) -> CoordinateDecoder:
    torch.manual_seed(1)
    return CoordinateDecoder(features, channels, (3, 4), code=6, width=7, depth=3)


def test_every_pixel_is_the_same_function_of_its_position():
    code, order = torch.randn(3, 6), torch.randperm(12)
    images = coordinate()(code)
    assert images.shape == (3, 2, 3, 4)
    moved = coordinate(FEATURES[order])(code)
    torch.testing.assert_close(moved.flatten(2), images.flatten(2)[..., order])


def test_position_and_code_make_one_first_layer():
    """The sum of both parts is a linear layer on features and code side by side."""
    decoder, code = coordinate(), torch.randn(1, 6)
    weight = torch.cat([decoder.of_position.weight, decoder.of_code.weight], dim=1)
    pixel = torch.cat([FEATURES[5], code[0]]) @ weight.T + decoder.of_position.bias
    colour = decoder.layers(pixel.relu()).sigmoid()
    torch.testing.assert_close(decoder(code)[0, :, 1, 1], colour)


def test_parameters_are_those_of_three_linear_layers():
    assert parameter_count(coordinate()) == (5 + 6 + 1) * 7 + (7 + 1) * 7 + (7 + 1) * 2


def test_the_dense_decoder_is_of_the_nearest_size():
    for wanted in (500, 3000, 20_000):
        decoder = dense_of_size(wanted, 1, (8, 8), code=16, depth=3)
        width = decoder.layers[0].out_features
        counts = [parameter_count(DenseDecoder(1, (8, 8), 16, width + more, 3)) for more in (-1, 0, 1)]
        assert min(abs(count - wanted) for count in counts) == abs(counts[1] - wanted)
        assert decoder(torch.zeros(2, 16)).shape == (2, 1, 8, 8)


def test_an_autoencoder_passes_images_through_its_code():
    network = CodeAutoencoder(2, (3, 4), 6, 7, coordinate())
    images = torch.rand(5, 2, 3, 4)
    assert network.encoder(images).shape == (5, 6)
    decoded = network(images)
    assert decoded.shape == images.shape
    assert (decoded > 0).all()
    assert (decoded < 1).all()
