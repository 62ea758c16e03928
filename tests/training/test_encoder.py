import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from phiscope.errors import ConfigError, DataError
from phiscope.latent.basis import lowdin
from phiscope.models import load_weights
from phiscope.models.classifier import small_resnet
from phiscope.models.encoder import encoder
from phiscope.models.gan import draw, generator
from phiscope.training.encoder import SCHEDULES, divergence, reconstruction, train

OPTIONS = {
    "epochs": 4, "batch_size": 20, "learning_rate": 3e-3, "validation": 0.1, "divergence_weight": 0.1,
    "schedule": "constant", "reconstruction_of": "sample", "reconstruction": "squared",
    "reconstruction_over": "pixels-sum", "reconstruction_weight": 1.0, "classification_weight": 1.0,
    "axes_weight": 1.0, "precision": "32-true",
}  # fmt: skip


def digits(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    data = load_digits()
    return torch.from_numpy(data.images[:count, None] / 16).float(), torch.from_numpy(data.target[:count])


def fresh(heads: str = "linear"):
    """An untrained generator draws flat grey; with larger weights it draws what the encoder can choose among."""
    torch.manual_seed(0)
    drawn = generator(6, 1, (8, 8), 4)
    with torch.no_grad():
        for weight in drawn.parameters():
            weight.mul_(20 if weight.dim() > 1 else 1)
    return encoder(6, 1, (8, 8), 4, heads), drawn, small_resnet(1, 10, (4, 8))


def test_learns_what_the_generator_draws_and_leaves_the_frozen_networks_alone(tmp_path):
    networks = fresh()
    with torch.no_grad():
        images = networks[1].eval()(draw(200, 6, 1))
        labels = networks[2].eval()(images).argmax(1)
    before = [{key: value.clone() for key, value in network.state_dict().items()} for network in networks[1:]]
    history = train(*networks, images, labels, OPTIONS | {"epochs": 6}, seed=0, checkpoints=tmp_path)
    assert history[-1]["train_loss"] < 0.7 * history[0]["train_loss"]
    assert history[-1]["val_squared_error"] < 0.7 * history[0]["val_squared_error"]
    for network, state in zip(networks[1:], before):
        for key, value in network.state_dict().items():
            assert torch.equal(value, state[key]), key


class StopError(Exception):
    pass


@pytest.mark.parametrize(("heads", "schedule"), [("published", "constant"), ("linear", "cosine")])
def test_resumed_training_ends_where_an_unbroken_one_does(tmp_path, heads, schedule):
    options = OPTIONS | {"schedule": schedule}

    def stop_in_the_third(history):
        if len(history) == 3:
            raise StopError

    data, unbroken, resumed = digits(70), fresh(heads), fresh(heads)
    expected = train(*unbroken, *data, options, seed=0, checkpoints=tmp_path / "a")
    with pytest.raises(StopError):
        train(*fresh(heads), *data, options, seed=0, checkpoints=tmp_path / "b", report=stop_in_the_third)
    assert train(*resumed, *data, options, seed=0, checkpoints=tmp_path / "b") == expected
    (checkpoint,) = (tmp_path / "a").glob("*.ckpt")
    load_weights(loaded := fresh(heads)[0], checkpoint, prefix="encoder.")
    for key, value in unbroken[0].state_dict().items():
        torch.testing.assert_close(resumed[0].state_dict()[key], value, rtol=0, atol=0, msg=key)
        torch.testing.assert_close(loaded.state_dict()[key], value, rtol=0, atol=0, msg=key)


def test_another_generator_starts_anew(tmp_path):
    ours, drawn, judge = fresh()
    for shade in (0.0, 0.1):
        with torch.no_grad():
            drawn.layers[-1].bias.fill_(shade)
        train(ours, drawn, judge, *digits(70), OPTIONS | {"epochs": 1}, seed=0, checkpoints=tmp_path)
    assert len(list(tmp_path.glob("*.ckpt"))) == 2


def test_cosine_ends_at_zero_and_is_half_way_at_half_time(tmp_path):
    assert [SCHEDULES["cosine"](8, step) for step in (0, 4, 8, 9)] == pytest.approx([1, 0.5, 0, 0])
    history = train(*fresh(), *digits(70), OPTIONS | {"schedule": "cosine"}, seed=0, checkpoints=tmp_path)
    rates = [row["learning_rate"] for row in history]
    np.testing.assert_allclose(rates, 3e-3 * (1 + np.cos(np.pi * np.arange(1, 5) / 4)) / 2, atol=1e-9)


def test_the_mean_is_reconstructed_where_it_is_asked_for(tmp_path):
    """Without divergence and labels, log σ has no say in 𝒢(μ): its head gets no gradient and stays as it was."""
    options = OPTIONS | {"divergence_weight": 0.0, "classification_weight": 0.0, "axes_weight": 0.0, "epochs": 1}
    for of, stays in (("mean", True), ("sample", False)):
        ours, *frozen = fresh()
        before = ours.log_deviation.weight.clone()
        train(ours, *frozen, *digits(70), options | {"reconstruction_of": of}, seed=0, checkpoints=tmp_path)
        assert torch.equal(ours.log_deviation.weight, before) == stays


def test_latents_come_to_lie_along_the_axes_of_their_labels_where_that_is_asked_for(tmp_path):
    options = OPTIONS | {"divergence_weight": 1.0, "reconstruction_weight": 0.1, "epochs": 10}
    right = {}
    for weight in (0.0, 10.0):
        ours, *frozen = fresh()
        images, labels = digits(400)
        labels, images = labels[labels < 3], images[labels < 3]
        train(ours, *frozen, images, labels, options | {"axes_weight": weight}, seed=0, checkpoints=tmp_path)
        with torch.no_grad():
            latents = ours.eval()(images)[0].numpy()
        axes, _ = lowdin(np.stack([latents[labels == label].mean(0) for label in range(3)]))
        right[weight] = float(((latents @ axes.T).argmax(1) == labels.numpy()).mean())
    assert right[10.0] > right[0.0] + 0.05, right


def test_axes_that_nobody_asked_for_are_not_made(tmp_path):
    """The published loss, whose training goes on where latents are not finite."""
    (row,) = train(*fresh(), *digits(70), OPTIONS | {"axes_weight": 0.0, "epochs": 1}, seed=0, checkpoints=tmp_path)
    assert "train_axes" not in row
    assert row["train_loss"] == pytest.approx(
        sum(
            OPTIONS[f"{name}_weight"] * row[f"train_{name}"]
            for name in ("divergence", "reconstruction", "classification")
        ),
        rel=1e-5,
    )


def test_divergence_against_torch():
    torch.manual_seed(2)
    mean, log_deviation = torch.randn(2, 5, 3, dtype=torch.float64)
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, log_deviation.exp()), torch.distributions.Normal(0.0, 1.0)
    )
    torch.testing.assert_close(divergence(mean, log_deviation), expected.sum(1).mean())


def test_reconstruction_in_closed_form():
    """Two grey levels, .75 drawn for a white pixel: x̂ = .5 and x = 1 on [-1, 1]."""
    decoded, pixels = torch.full((2, 1, 3, 3), 0.75), torch.ones(2, 1, 3, 3)
    for kind, per_pixel in (("hinge", 0.5), ("squared", 0.25), ("absolute", 0.5)):
        for over, count in (("pixels-mean", 1), ("pixels-sum", 9)):
            loss = reconstruction(decoded, pixels, {"reconstruction": kind, "reconstruction_over": over})
            assert float(loss) == pytest.approx(per_pixel * count)


def test_what_cannot_be_trained(tmp_path):
    with pytest.raises(DataError, match="2 training images give 1 for validation and 1 for training"):
        train(*fresh(), *digits(2), OPTIONS, seed=0, checkpoints=tmp_path)
    with pytest.raises(ConfigError, match="reconstruction_of 'noise'; expected one of sample, mean"):
        train(*fresh(), *digits(70), OPTIONS | {"reconstruction_of": "noise"}, seed=0, checkpoints=tmp_path)
    with pytest.raises(ConfigError, match="reconstruction 'l3'"):
        train(*fresh(), *digits(70), OPTIONS | {"reconstruction": "l3"}, seed=0, checkpoints=tmp_path)
