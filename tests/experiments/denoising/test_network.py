import numpy as np
import pytest
import torch

from phiscope.errors import ModelError
from phiscope.experiments.denoising.network import Denoiser, layer_table
from phiscope.models import build, save_artifact
from phiscope.models.denoiser import autoencoder, dncnn


@pytest.fixture
def grey():
    torch.manual_seed(0)
    network = dncnn(width=4, depth=3, batch_norm=False)
    torch.nn.init.normal_(network.last.weight, std=0.1)
    return Denoiser(network.eval(), channels=1)


def test_a_grey_network_takes_colours_one_by_one(grey):
    images = np.random.default_rng(0).random((2, 3, 8, 9), np.float32)
    clean = grey(images)
    for channel in range(3):
        np.testing.assert_allclose(clean[:, channel : channel + 1], grey(images[:, channel : channel + 1]), atol=1e-6)


def test_a_colour_network_does_not_take_grey():
    with pytest.raises(ModelError, match="takes 3 channels, the images have 1"):
        Denoiser(dncnn(channels=3, width=4, depth=3), channels=3)(np.zeros((1, 1, 8, 8), np.float32))


def test_eight_bit_images_are_read_as_pixels_up_to_one(grey):
    image = np.random.default_rng(0).integers(0, 256, (1, 20, 30), dtype=np.uint8)
    np.testing.assert_allclose(grey.image(image, tile=8, overlap=4), grey(image[None])[0], atol=1e-5)


def test_a_loaded_denoiser_says_what_it_was_trained_on(tmp_path):
    about = {"factory": "phiscope.models.denoiser:dncnn", "arguments": {"channels": 1, "width": 4, "depth": 3}}
    network = build(**about, normalise=None)
    noises = [{"noise": "gaussian", "level": [0.0, 0.2]}, {"noise": "blocks", "level": 0.25}]
    more = {"normalise": None, "training": {"noise": noises}}
    save_artifact(network, about | more, tmp_path / "denoiser.safetensors")
    loaded = Denoiser.load(tmp_path / "denoiser.safetensors")
    assert loaded.trained_on == "gaussian 0-0.2, blocks 0.25"
    assert loaded.parameters == sum(p.numel() for p in network.parameters())


def seen_by(block: torch.Tensor, image: torch.Tensor) -> int:
    """Columns of the image that one of eight neighbouring pixels of a block's middle row sees, at most."""
    row, middle = block[0, :, block.shape[2] // 2].sum(0), block.shape[3] // 2
    places = range(max(middle - 4, 0), min(middle + 4, block.shape[3]))
    gradients = [torch.autograd.grad(row[place], image, retain_graph=True)[0] for place in places]
    return max(int((gradient[0].abs().sum((0, 1)) > 0).sum()) for gradient in gradients)


@pytest.mark.parametrize(
    "network",
    [autoencoder(), autoencoder(widths=(2, 3, 4), strides=(2, 1, 2), kernel=5, residual=True), dncnn(1, 3, 5, 1, False),
     dncnn(1, 3, 5, 2, False)],
)  # fmt: skip
def test_the_table_of_layers_is_that_of_a_forward_pass(network):
    outputs = []
    for module in network.double().modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.constant_(module.weight, 1e-2)  # positive, so that nothing in the field is hidden
            torch.nn.init.zeros_(module.bias)
            module.register_forward_hook(lambda module, _, output: outputs.append((module, output)))
    image = torch.rand(1, 1, 64, 64, dtype=torch.double, requires_grad=True)
    result = network(image)
    rows = layer_table(network, 64)
    convolutions = [row for row in rows if row["name"] not in ("fold", "unfold")]
    for row, (module, output) in zip(convolutions, outputs, strict=True):
        assert (row["kernel"], row["stride"]) == (module.kernel_size[0], module.stride[0])
        assert row["padding"] == module.padding[0]
        assert row["size"] == output.shape[-1]
        assert row["receptive_field"] == seen_by(output, image)
    assert rows[-1]["size"] == result.shape[-1]
    assert rows[-1]["receptive_field"] == seen_by(result, image)


def test_a_side_that_the_strides_do_not_divide_is_taken_up():
    assert [row["size"] for row in layer_table(autoencoder(strides=(2, 2)), 61)] == [32, 16, 32, 64]


def test_of_a_network_of_somebody_elses_nothing_is_said():
    assert layer_table(torch.nn.Conv2d(1, 1, 3, padding=1), 8) == []
