from dataclasses import replace
from itertools import takewhile

import numpy as np
import pytest
from skimage.metrics import mean_squared_error
from sklearn.datasets import load_digits

from phiscope.datasets import open_prepared
from phiscope.datasets.prepared import save_arrays
from phiscope.denoising.bench import Pairs
from phiscope.errors import DataError
from phiscope.experiments.denoising import study
from phiscope.experiments.denoising.study import (
    BATCH_SIZES,
    BY_HAND,
    CHEATING,
    EXPERIMENTS,
    GRADIENTS,
    TEST_NOISES,
    StudyImages,
    gradient_rows,
    probe,
    run,
)
from phiscope.training.denoiser import train

OPTIONS = {
    "noise": [], "clip": False, "l2_weight": 1.0, "epochs": 1, "batch_size": 16, "patch": None, "per_image": 1,
    "augment": [], "optimizer": "adamw", "learning_rate": 0.003, "schedule": "one-cycle", "weight_decay": 0.0,
    "validation": 0.2, "precision": "32-true",
}  # fmt: skip


@pytest.fixture(scope="module")
def images():
    digits = load_digits()
    pixels = (digits.images[:, None] / 16).astype(np.float32)
    return StudyImages(pixels[:200], digits.target[:200], pixels[200:260], digits.target[200:260])


def test_every_setting_gives_the_same_measures(images, tmp_path):
    rows = list(run("losses", images, OPTIONS, seed=0, checkpoints=tmp_path))
    by_setting = {name: [(r.measure, r.noise) for r in rows if r.setting == name] for name in EXPERIMENTS["losses"]}
    assert by_setting["L1"] == by_setting["L2"] == by_setting["half"]
    assert len(set(by_setting["L1"])) == len(by_setting["L1"])
    assert all(np.isfinite(row.value) for row in rows)


def test_filters_set_by_hand_cheat_on_clean_images_and_leave_the_noise(images, tmp_path):
    rows = takewhile(lambda row: row.setting == BY_HAND, run(CHEATING, images, OPTIONS, seed=0, checkpoints=tmp_path))
    psnr = {row.noise: row.value for row in rows if row.measure == "psnr"}
    assert psnr["clean"] == 100  # what comes back exactly counts as that
    for noise in TEST_NOISES:
        noisy = np.clip(Pairs.of(images.test, noise, seed=0).noisy, 0, 1)
        errors = [mean_squared_error(*pair) for pair in zip(images.test, noisy)]
        left = np.mean([10 * np.log10(1 / max(error, 1e-10)) for error in errors])
        assert psnr[str(noise)] == pytest.approx(left, abs=1e-3)


def test_retraining_takes_the_chosen_decay_all_images_and_the_new_ones_once(images, tmp_path, monkeypatch):
    seen = {}

    def watched(network, given, options, **others):
        seen.update(count=len(given), **options)
        return train(network, given, options | {"epochs": 6}, **others)

    monkeypatch.setattr(study, "train", watched)
    noisy, retrained, decay = study.retrain(images, OPTIONS, "0.01", seed=0, checkpoints=tmp_path)
    assert (seen["weight_decay"], seen["noise"]) == (0.01, [{"noise": "gaussian", "level": 0.2}])
    assert round(seen["validation"] * seen["count"]) == 1
    assert (noisy.setting, retrained.setting, decay.value) == ("noisy", "retrained", 0.01)
    assert 13 < noisy.value < 17  # 14 dB before it is cut to [0, 1]
    assert retrained.value > 8
    assert noisy.noise == retrained.noise == str(TEST_NOISES[0])


def test_codes_of_digits_tell_them_apart_and_labels_at_random_do_not(images):
    import torch

    torch.manual_seed(0)
    network = study.autoencoder()
    assert probe(network, images) > 0.7
    shuffled = np.random.default_rng(0).permutation(images.train_labels)
    assert probe(network, replace(images, train_labels=shuffled)) < 0.35


def test_the_variance_of_the_gradient_falls_as_one_over_b_and_the_indicator_gives_none(images):
    rows = list(gradient_rows(images.train, seed=0))
    assert {row.experiment for row in rows} == {GRADIENTS}
    variance = {row.setting: row.value for row in rows if row.measure == "variance"}
    assert len(variance) == len(BATCH_SIZES)
    assert variance["B = 64"] / variance["B = 1"] == pytest.approx(1 / 64, rel=0.6)
    norm = {row.setting: row.value for row in rows if row.measure == "gradient_norm"}
    assert norm["indicator"] == 0
    assert min(norm["L1"], norm["L2"]) > 0


@pytest.fixture
def numbered(tmp_path):
    """Fifty images, each of one grey value, its number."""
    numbers = np.arange(50)
    grey = np.broadcast_to(numbers.astype(np.uint8)[:, None, None, None], (50, 1, 4, 4))
    save_arrays(grey, numbers % 2, numbers, ["even", "odd"], tmp_path / "train.safetensors")
    return open_prepared(tmp_path / "train.safetensors")


@pytest.mark.parametrize(("samples", "new"), [(20, range(20, 40)), (35, range(35, 50))])
def test_new_images_are_those_after_the_studys_and_at_most_as_many(numbered, samples, new):
    chosen = study.images_of_retraining(numbered, samples, "train")
    assert chosen.train[:, 0, 0, 0].tolist() == list(range(samples))
    assert chosen.test[:, 0, 0, 0].tolist() == list(new)
    assert chosen.test_labels.tolist() == [number % 2 for number in new]


def test_a_study_that_leaves_no_new_image_says_so(numbered):
    with pytest.raises(DataError, match="all 50 training images .* lower it"):
        study.images_of_retraining(numbered, 50, "train")


def test_a_study_takes_the_first_images_of_both_splits(numbered):
    chosen = study.images_of_study(numbered, numbered, 7)
    assert chosen.train[:, 0, 0, 0].tolist() == chosen.test[:, 0, 0, 0].tolist() == list(range(7))
