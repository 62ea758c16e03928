import math

import pytest
import torch
from sklearn.datasets import load_digits

from phiscope.errors import ConfigError, DataError
from phiscope.models import load_weights
from phiscope.models.gan import discriminator, draw, generator
from phiscope.training.gan import GENERATOR_LOSSES, train

OPTIONS = {
    "epochs": 4, "batch_size": 20, "learning_rate": 2e-3, "learning_rate_discriminator": 2e-3, "beta1": 0.5,
    "average_decay": 0.9, "generator_loss": "non-saturating", "precision": "32-true",
}  # fmt: skip


def digits(count: int) -> torch.Tensor:
    return torch.from_numpy(load_digits().images[:count, None] / 16).float()


def fresh():
    torch.manual_seed(0)
    return generator(6, 1, (8, 8), 4), discriminator(1, (8, 8), 4)


def test_learns_to_match_the_pixel_means_and_shows_samples(tmp_path):
    images, shown = digits(200), {}
    average, history = train(
        *fresh(), images, OPTIONS | {"epochs": 8}, seed=0, checkpoints=tmp_path, show=shown.__setitem__
    )
    assert list(shown) == list(range(8)) == [row["epoch"] for row in history]
    assert shown[0].shape == (64, 1, 8, 8)
    errors = [(shown[epoch].mean(0) - images.mean(0)).abs().mean() for epoch in (0, 7)]
    assert errors[1] < 0.7 * errors[0]
    assert not average.training
    assert 0 < history[-1]["score_of_generated"] < history[-1]["score_of_real"] < 1


class StopError(Exception):
    pass


def test_resumed_training_ends_where_an_unbroken_one_does(tmp_path):
    def stop_in_the_third(history):
        if len(history) == 3:
            raise StopError

    images = digits(60)
    unbroken, expected = train(*fresh(), images, OPTIONS, seed=0, checkpoints=tmp_path / "a")
    with pytest.raises(StopError):
        train(*fresh(), images, OPTIONS, seed=0, checkpoints=tmp_path / "b", report=stop_in_the_third)
    resumed, history = train(*fresh(), images, OPTIONS, seed=0, checkpoints=tmp_path / "b")
    assert history == expected
    for key, value in unbroken.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[key], value, rtol=0, atol=0, msg=key)


def test_the_averaged_generator_loads_from_a_checkpoint(tmp_path):
    average, _ = train(*fresh(), digits(60), OPTIONS, seed=0, checkpoints=tmp_path)
    (checkpoint,) = tmp_path.glob("*.ckpt")
    loaded, _ = fresh()
    load_weights(loaded, checkpoint, prefix="average.")
    z = draw(3, 6, 1)
    torch.testing.assert_close(loaded.eval()(z), average(z), rtol=0, atol=0)


def test_without_decay_the_average_is_the_generator(tmp_path):
    trained, judge = fresh()
    average, _ = train(trained, judge, digits(60), OPTIONS | {"average_decay": 0.0}, seed=0, checkpoints=tmp_path)
    for key, value in trained.state_dict().items():
        torch.testing.assert_close(average.state_dict()[key], value, msg=key)


def test_other_images_start_anew(tmp_path):
    for images in (digits(60), digits(80)[20:]):
        train(*fresh(), images, OPTIONS | {"epochs": 1}, seed=0, checkpoints=tmp_path)
    assert len(list(tmp_path.glob("*.ckpt"))) == 2


def test_both_generator_losses_at_the_equilibrium_and_their_slopes():
    """At D = ½ they are log 2 and -log 2; where D(𝒢(z)) = p the slopes are -(1 - p) and -p."""
    for name, value in (("non-saturating", math.log(2)), ("saturating", -math.log(2))):
        assert float(GENERATOR_LOSSES[name](torch.zeros(5))) == pytest.approx(value)
    logit = torch.tensor([math.log(0.2 / 0.8)], requires_grad=True)
    for name, slope in (("non-saturating", -0.8), ("saturating", -0.2)):
        assert float(torch.autograd.grad(GENERATOR_LOSSES[name](logit), logit)[0]) == pytest.approx(slope)


def test_what_cannot_be_trained(tmp_path):
    with pytest.raises(DataError, match="1 training images; expected two at least"):
        train(*fresh(), digits(1), OPTIONS, seed=0, checkpoints=tmp_path)
    with pytest.raises(ConfigError, match="generator_loss 'hinge'"):
        train(*fresh(), digits(60), OPTIONS | {"generator_loss": "hinge"}, seed=0, checkpoints=tmp_path)
