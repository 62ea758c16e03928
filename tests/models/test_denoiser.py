import numpy as np
import pytest
import torch

from phiscope.models import load_artifact, save_artifact
from phiscope.models.denoiser import Denoised, autoencoder, dncnn, parameter_count, run_on


@pytest.mark.parametrize("size", [(8, 8), (13, 21), (1, 5)])
@pytest.mark.parametrize(
    "network",
    [autoencoder(widths=(4, 6, 8), strides=(2, 1, 2)), autoencoder(residual=True), dncnn(width=8, depth=4, fold=2)],
)
def test_images_of_any_size_come_back_in_that_size(network, size):
    assert network(torch.rand(2, 1, *size)).shape == (2, 1, *size)


def test_the_code_is_as_small_as_the_strides_say():
    network = autoencoder(widths=(4, 6), strides=(2, 2))
    assert network.encode(torch.rand(1, 1, 13, 21)).shape == (1, 6, 4, 6)
    assert network.sizes((13, 21)) == [(13, 21), (7, 11)]
    assert (network.encode(torch.rand(1, 1, 8, 8)) >= 0).all()


def test_parameters_of_the_lectures_two_plus_two_layers():
    # 3x3 kernels and biases: 1 -> 32 -> 32 -> 32 -> 1.
    assert parameter_count(autoencoder()) == (9 * 32 + 32) + 2 * (9 * 32 * 32 + 32) + (9 * 32 + 1)


@pytest.mark.parametrize("fold", [1, 2])
def test_an_untrained_residual_denoiser_is_the_identity(fold):
    image = torch.rand(1, 1, 9, 12)
    torch.testing.assert_close(dncnn(width=8, depth=4, fold=fold)(image), image)


def test_dncnn_has_the_published_size():
    # 17 layers of 64 channels, 0.56 million; batch norm has two numbers a channel, and no bias beside it.
    assert parameter_count(dncnn()) == (9 * 64 + 64) + 15 * (9 * 64 * 64 + 2 * 64) + (9 * 64 + 1) == 556_097


def test_an_artifact_computes_the_same(tmp_path):
    network = dncnn(width=8, depth=4, fold=2)
    torch.nn.init.normal_(network.last.weight, std=0.1)
    about = {
        "factory": "phiscope.models.denoiser:dncnn", "arguments": {"width": 8, "depth": 4, "fold": 2}, "normalise": None
    }  # fmt: skip
    from phiscope.models import build

    wrapped = build(**about)
    wrapped.network.load_state_dict(network.state_dict())
    save_artifact(wrapped, about, tmp_path / "denoiser.safetensors")
    images = np.random.default_rng(0).random((5, 1, 8, 8), np.float32)
    denoised = run_on(load_artifact(tmp_path / "denoiser.safetensors")[0], images, batch_size=2)
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(images))
    np.testing.assert_allclose(denoised, expected, atol=1e-6)


def test_no_filters_pass_an_image_through_where_the_decoder_repeats():
    stripes = torch.zeros(1, 1, 32, 32)
    stripes[..., ::2] = 1  # of period 2, so that the code is the same everywhere but at the border
    torch.manual_seed(0)
    with torch.no_grad():
        inner = autoencoder(strides=(1, 2))(stripes)[0, 0, 8:-8, 8:-8]
    assert inner.max() - inner.min() < 1e-6


def test_a_classifier_behind_a_denoiser_sees_its_images_and_passes_the_gradient_on():
    """Against central differences, on colour images whose channels a grey network takes one by one."""
    torch.manual_seed(0)
    network = dncnn(width=4, depth=3, batch_norm=False).double()
    torch.nn.init.normal_(network.last.weight, std=0.2)
    classifier = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 5 * 6, 2)).double()
    both = Denoised(classifier, network, channels=1)
    x = torch.rand(1, 3, 5, 6, dtype=torch.double, requires_grad=True)
    seen = torch.cat([network(x[:, [channel]]) for channel in range(3)], dim=1).clamp(0, 1)
    torch.testing.assert_close(both(x), classifier(seen))
    torch.testing.assert_close(both.denoise(x), seen)
    (gradient,) = torch.autograd.grad(both(x)[0, 1], x)
    step, numeric = 1e-6, torch.empty_like(gradient)
    with torch.no_grad():
        for place in range(x.numel()):
            there, back = x.detach().flatten().clone(), x.detach().flatten().clone()
            there[place] += step
            back[place] -= step
            numeric.view(-1)[place] = (both(there.view_as(x)) - both(back.view_as(x)))[0, 1] / (2 * step)
    torch.testing.assert_close(gradient, numeric, atol=1e-6, rtol=1e-5)
    assert gradient.abs().max() > 1e-3
