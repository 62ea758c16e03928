import pytest
import torch

from phiscope.errors import ModelError
from phiscope.models import load_artifact, save_artifact
from phiscope.models.encoder import encoder, sample
from phiscope.models.gan import discriminator, draw, generator

SIZES = [(8, 8), (28, 28), (13, 22)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_sizes_and_ranges(size, channels):
    pixels = generator(10, channels, size, 4)(5 * draw(3, 10, 0))
    assert pixels.shape == (3, channels, *size)
    assert 0 <= pixels.min() < pixels.max() <= 1
    assert discriminator(channels, size, 4)(pixels).shape == (3,)
    for heads in ("published", "linear"):
        mean, log_deviation = encoder(10, channels, size, 4, heads)(pixels)
        assert mean.shape == log_deviation.shape == (3, 10)


def test_published_heads_keep_the_deviation_from_shrinking():
    torch.manual_seed(0)
    _, log_deviation = encoder(20, 1, (8, 8), 8, "published")(torch.rand(64, 1, 8, 8))
    assert log_deviation.min() > -0.1  # batch norm bounds the entries, the leaky slope the negative ones
    assert log_deviation.max() > 1


@pytest.mark.parametrize(
    ("factory", "make", "input_shape"),
    [("gan:generator", generator, (2, 7)), ("encoder:encoder", encoder, (2, 1, 8, 8))],
)
def test_artifacts_of_bare_networks(tmp_path, factory, make, input_shape):
    arguments = {"latent": 7, "channels": 1, "size": [8, 8], "width": 4}
    network = make(**arguments).eval()
    description = {"factory": f"phiscope.models.{factory}", "arguments": arguments}
    save_artifact(network, description, tmp_path / "network.safetensors")
    again, known = load_artifact(tmp_path / "network.safetensors")
    x = torch.rand(*input_shape)
    torch.testing.assert_close(again(x), network(x), rtol=0, atol=0)
    assert known["arguments"].items() >= arguments.items()  # and what the factory's defaults were
    assert type(again) is type(network)


def test_latents_are_normal_and_repeat():
    z = draw(2000, 50, 3, 1)
    assert torch.equal(z, draw(2000, 50, 3, 1))
    assert not torch.equal(z[:, :5], draw(2000, 50, 3, 2)[:, :5])
    assert abs(float(z.mean())) < 0.02
    assert float(z.std()) == pytest.approx(1, abs=0.02)


def test_sample_is_the_mean_without_noise_and_a_deviation_off_with_one():
    mean, log_deviation = torch.zeros(1, 2), torch.tensor([[0.0, 1.0]])
    torch.testing.assert_close(sample(mean, log_deviation, torch.zeros(1, 2)), mean)
    torch.testing.assert_close(sample(mean, log_deviation, torch.ones(1, 2)), log_deviation.exp())


def test_what_cannot_be_built():
    with pytest.raises(ModelError, match="heads 'square'; expected one of published, linear"):
        encoder(heads="square")
    with pytest.raises(ModelError, match=r"images of \(3, 8\) pixels; expected at least 4 by 4"):
        discriminator(size=(3, 8))
