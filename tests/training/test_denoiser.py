import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from phiscope.denoising.losses import squared_coefficients
from phiscope.errors import DataError
from phiscope.models.denoiser import autoencoder, dncnn, run_on
from phiscope.training.denoiser import optimizer_of, schedule_of, train

OPTIONS = {
    "noise": [{"noise": "gaussian", "level": 0.2}], "clip": False, "l2_weight": 1.0, "penalty": 0.0, "epochs": 4,
    "batch_size": 16, "patch": None, "per_image": 1, "augment": ["mirror"], "optimizer": "adamw", "momentum": 0.9,
    "learning_rate": 0.005, "schedule": "one-cycle", "weight_decay": 0.0, "validation": 0.2, "precision": "32-true",
}  # fmt: skip


def clouds(count: int) -> np.ndarray:
    """Smooth images in [0, 1]."""
    noise = np.random.default_rng(3).standard_normal((count, 1, 16, 16))
    smooth = gaussian_filter(noise, (0, 0, 2.5, 2.5), mode="wrap")
    return (0.5 + 0.2 * smooth / smooth.std()).clip(0, 1).astype(np.float32)


def fresh():
    torch.manual_seed(0)
    return autoencoder(widths=(8, 8), residual=True)


def test_fits_64_images_far_below_the_noise(tmp_path):
    options = OPTIONS | {"epochs": 60, "learning_rate": 0.01}
    history = train(network := fresh(), clouds(80), options, seed=0, checkpoints=tmp_path)  # 16 of them are watched
    assert history[-1]["train_loss"] < 0.3 * 0.2**2
    assert history[-1]["val_psnr"] > -20 * np.log10(0.2) + 5
    assert history[-1]["val_psnr"] > history[0]["val_psnr"] + 2
    assert run_on(network.eval(), clouds(80)).shape == (80, 1, 16, 16)


class StopError(Exception):
    pass


def test_resumed_training_ends_where_an_unbroken_one_does(tmp_path):
    def stop_in_the_third(history):
        if len(history) == 3:
            raise StopError

    images, unbroken = clouds(40), fresh()
    expected = train(unbroken, images, OPTIONS, seed=0, checkpoints=tmp_path / "a")
    with pytest.raises(StopError):
        train(fresh(), images, OPTIONS, seed=0, checkpoints=tmp_path / "b", report=stop_in_the_third)
    history = train(resumed := fresh(), images, OPTIONS, seed=0, checkpoints=tmp_path / "b")
    assert history == expected
    for key, value in unbroken.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[key], value, msg=key)


def test_an_identity_that_sees_no_noise_has_nothing_to_learn(tmp_path):
    options = OPTIONS | {"noise": [], "epochs": 1, "batch_size": 8}
    history = train(network := dncnn(width=4, depth=3), clouds(20), options, seed=0, checkpoints=tmp_path)
    assert history[0]["train_loss"] == 0
    image = clouds(1)
    np.testing.assert_allclose(run_on(network, image), image, atol=1e-6)


@pytest.mark.parametrize(("schedule", "expected"), [("constant", [1, 1, 1, 1]), ("steps", [1, 1, 0.1, 0.01])])
def test_schedules(schedule, expected):
    options = OPTIONS | {"optimizer": "sgd", "learning_rate": 1.0, "schedule": schedule}
    optimizer = optimizer_of(torch.nn.Linear(1, 1), options)
    rates, steps = [], schedule_of(optimizer, options, 4)
    for _ in range(4):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        steps.step()
    np.testing.assert_allclose(rates, expected)


def test_plain_sgd_steps_along_the_gradient_alone(tmp_path):
    """θ - η ∇, by hand, for one step of one batch of clean pairs."""
    options = OPTIONS | {"noise": [], "epochs": 1, "batch_size": 8, "augment": [], "optimizer": "sgd", "momentum": 0.0}
    options |= {"learning_rate": 0.1, "schedule": "constant"}
    images, network = clouds(10), fresh()
    clean = torch.from_numpy(images[:8])
    gradients = torch.autograd.grad((network(clean) - clean).square().mean(), list(network.parameters()))
    expected = [weight.detach() - 0.1 * part for weight, part in zip(network.parameters(), gradients)]
    train(network, images, options, seed=0, checkpoints=tmp_path)
    for weight, target in zip(network.parameters(), expected, strict=True):
        torch.testing.assert_close(weight, target, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_momentum_and_decay_are_those_asked_for(momentum):
    options = OPTIONS | {"optimizer": "sgd", "momentum": momentum, "weight_decay": 0.3, "schedule": "one-cycle"}
    optimizer = optimizer_of(torch.nn.Linear(1, 1), options)
    schedule_of(optimizer, options, 4)  # which moves a momentum only where there is one
    assert (optimizer.param_groups[0]["momentum"] > 0) == (momentum > 0)
    assert optimizer.param_groups[0]["weight_decay"] == 0.3


def test_the_penalty_of_plain_sgd_is_a_decay_of_twice_its_scale_on_filters(tmp_path):
    options = OPTIONS | {"optimizer": "sgd", "momentum": 0.0, "learning_rate": 0.1, "schedule": "constant", "epochs": 2}
    images, networks = clouds(40), []
    for changes in ({"penalty": 0.05}, {"weight_decay": 0.1}):
        network = fresh()
        for layer in network.modules():  # decay acts on biases, the penalty does not: there are none
            layer.register_parameter("bias", None) if isinstance(layer, torch.nn.Conv2d) else None
        networks.append(network)
        train(network, images, options | changes, seed=0, checkpoints=tmp_path / next(iter(changes)))
    for first, second in zip(*(network.parameters() for network in networks), strict=True):
        torch.testing.assert_close(first, second, atol=1e-6, rtol=1e-5)
    assert squared_coefficients(networks[0]) < 0.95 * squared_coefficients(fresh())


def test_too_few_images_are_refused(tmp_path):
    with pytest.raises(DataError, match="2 training images give 1 for validation and 1 for training; expected"):
        train(fresh(), clouds(2), OPTIONS, seed=0, checkpoints=tmp_path)
