import numpy as np
import pytest
import torch

from phiscope.experiments.implicit.decoders import DENSE, Inside, expand, measures, networks, run_all, train
from phiscope.models.denoiser import parameter_count

TRAINING = {"epochs": 2, "batch_size": 10, "learning_rate": 0.01, "validation": 0.2, "precision": "32-true"}
OPTIONS = {
    "encodings": [{"encoding": "none"}, {"encoding": "gaussian", "k": 4, "sigma": [1, 2]}],
    "code": 3,
    "width": 8,
    "depth": 3,
    "training": TRAINING,
}


@pytest.fixture
def images() -> np.ndarray:
    """Bars at random places."""
    bars = np.zeros((30, 1, 8, 8), dtype=np.uint8)
    for image, place in zip(bars, np.random.default_rng(0).integers(8, size=30)):
        image[0, :, place] = 255
    return bars


def test_lists_of_settings_are_crossed():
    insides = expand([{"encoding": "none"}, {"encoding": "gaussian", "k": [2, 4], "sigma": [1, 3]}])
    assert insides == [Inside("none"), *(Inside("gaussian", k, sigma) for k in (2, 4) for sigma in (1, 3))]


def test_autoencoders_differ_in_the_decoder_only(images):
    by_inside = dict(networks(images, OPTIONS, 0))
    assert list(by_inside) == [Inside("none"), Inside("gaussian", 4, 1), Inside("gaussian", 4, 2), Inside(DENSE)]
    first, *others = (network.encoder.state_dict() for network in by_inside.values())
    for other in others:
        torch.testing.assert_close(other, first)
    counts = [parameter_count(network.decoder) for network in by_inside.values()]
    assert counts[-1] == pytest.approx(np.mean(counts[:-1]), abs=45)  # one more neuron has 84 numbers more
    assert counts[1] == counts[2] > counts[0]


def test_every_decoder_has_every_measure_and_a_seed_repeats_them(images, tmp_path):
    first, second = (
        list(run_all(images, images[:10], OPTIONS, seed=3, checkpoints=tmp_path / str(n))) for n in range(2)
    )
    assert first == second
    assert [(row["encoding"], row["measure"]) for row in first[:4]] == [
        ("none", name) for name in ("psnr", "sharpness", "energy_kept", "energy_right")
    ]
    assert len(first) == 4 * 4
    assert len({row["value"] for row in first if row["measure"] == "psnr"}) == 4


def test_a_perfect_image_is_sharp_and_a_grey_one_is_not(images):
    clean = images.astype(np.float32) / 255
    noise = np.random.default_rng(1).normal(0, 1e-3, clean.shape).astype(np.float32)
    sharp = measures(clean + noise, clean)
    assert sharp["sharpness"] == pytest.approx(1, abs=0.01)
    assert sharp["energy_right"] == pytest.approx(1, abs=0.001)
    grey = measures(np.full_like(clean, clean.mean()), clean)
    assert grey["sharpness"] == pytest.approx(0)
    assert grey["energy_kept"] == pytest.approx(0, abs=1e-9)
    assert grey["psnr"] == pytest.approx(-10 * np.log10(clean.var()), abs=1e-4)


def test_training_lowers_the_error(images, tmp_path):
    """More epochs of the same training, as its history tells them."""
    network = dict(networks(images, OPTIONS, 0))[Inside("gaussian", 4, 2)]
    history = train(network, torch.from_numpy(images), TRAINING | {"epochs": 8}, seed=0, checkpoints=tmp_path)
    assert len(history) == 8
    assert history[-1]["train_loss"] < 0.9 * history[0]["train_loss"]
