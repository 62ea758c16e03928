from dataclasses import replace
from itertools import takewhile

import numpy as np
import pytest
import yaml
from skimage.metrics import mean_squared_error
from sklearn.datasets import load_digits

from phiscope.datasets import open_prepared
from phiscope.datasets.prepared import save_arrays
from phiscope.denoising.bench import Pairs
from phiscope.errors import DataError
from phiscope.experiments.denoising import settings as study_settings
from phiscope.experiments.denoising import study
from phiscope.experiments.denoising.settings import (
    BY_HAND,
    CHEATING,
    EXPERIMENTS,
    FEW,
    GRADIENTS,
    NAMES,
    TEST_NOISES,
    TrainingSetting,
)
from phiscope.experiments.denoising.study import BATCH_SIZES, StudyImages, probe, rise, run
from phiscope.training.denoiser import train

OPTIONS = {
    "noise": [], "clip": False, "l2_weight": 1.0, "penalty": 0.0, "epochs": 1, "batch_size": 16, "patch": None,
    "per_image": 1, "augment": [], "optimizer": "adamw", "momentum": 0.9, "learning_rate": 0.003,
    "schedule": "one-cycle", "weight_decay": 0.0, "validation": 0.2, "precision": "32-true",
}  # fmt: skip


@pytest.fixture(scope="module")
def images():
    digits = load_digits()
    pixels = (digits.images[:, None] / 16).astype(np.float32)
    return StudyImages(pixels[:200], digits.target[:200], pixels[200:260], digits.target[200:260])


def test_every_setting_gives_the_same_measures(images, tmp_path):
    rows = list(run("losses", images, OPTIONS, seed=0, checkpoints=tmp_path))
    by_setting = {
        name: [(r.measure, r.noise) for r in rows if r.setting == name] for name in EXPERIMENTS["losses"].settings
    }
    assert by_setting["L1"] == by_setting["L2"] == by_setting["half"]
    assert len(set(by_setting["L1"])) == len(by_setting["L1"])
    assert all(np.isfinite(row.value) for row in rows)


def test_filters_set_by_hand_cheat_on_clean_images_and_leave_the_noise(images, tmp_path):
    rows = takewhile(lambda row: row.setting == BY_HAND, run(CHEATING, images, OPTIONS, seed=0, checkpoints=tmp_path))
    psnr = {row.noise: row.value for row in rows if row.measure == "psnr"}
    assert psnr["clean"] == 100  # what comes back exactly counts as that
    for noise in EXPERIMENTS[CHEATING].noises:
        noisy = np.clip(Pairs.of(images.test, noise, seed=0).noisy, 0, 1)
        errors = [mean_squared_error(*pair) for pair in zip(images.test, noisy)]
        left = np.mean([10 * np.log10(1 / max(error, 1e-10)) for error in errors])
        assert psnr[str(noise)] == pytest.approx(left, abs=1e-3)


def test_retraining_takes_the_chosen_penalty_all_images_and_the_new_ones_once(images, tmp_path, monkeypatch):
    seen = []

    def watched(network, given, options, **others):
        seen.append({"count": len(given), **options})
        return train(network, given, options | {"epochs": 6}, **others)

    monkeypatch.setattr(study, "train", watched)
    noisy, without, retrained, scale = study.retrain(images, OPTIONS, "1e-3", seed=0, checkpoints=tmp_path)
    assert [row["penalty"] for row in seen] == [0, 0.001]
    for row in seen:
        assert row["noise"] == [{"noise": "gaussian", "level": 0.2}]
        assert round(row["validation"] * row["count"]) == 1
    assert (noisy.setting, retrained.setting, scale.value) == ("noisy", "retrained", 0.001)
    assert 13 < noisy.value < 17  # 14 dB before it is cut to [0, 1]
    assert min(without.value, retrained.value) > 8
    assert noisy.noise == without.noise == retrained.noise == str(TEST_NOISES[0])


def test_few_images_and_crops_take_as_many_steps_and_the_same_held_out_images(images):
    pixels = images.train
    kept, whole = TrainingSetting({}).training(OPTIONS, pixels)
    few, options = TrainingSetting({}, few=True).training(OPTIONS, pixels)
    held_out = round(options["validation"] * len(few))
    assert (len(few) - held_out, held_out) == (FEW, 40)
    np.testing.assert_array_equal(few[FEW:], kept[-40:])
    assert FEW * options["per_image"] == (len(kept) - 40) * whole["per_image"]
    _, cropped = TrainingSetting({}, crops=True).training(OPTIONS, pixels)
    assert cropped["patch"] == 4
    assert cropped["patch"] ** 2 * cropped["batch_size"] == 8**2 * whole["batch_size"]
    assert cropped["per_image"] / cropped["batch_size"] == whole["per_image"] / whole["batch_size"]


def test_a_step_that_is_too_large_diverges_and_is_said_to(images, tmp_path, monkeypatch):
    far = replace(
        EXPERIMENTS["step_size"], settings={"1e4": study_settings.sgd("1e4"), "0": study_settings.sgd("1e-9")}
    )
    monkeypatch.setitem(study.EXPERIMENTS, "step_size", far)
    rows = list(run("step_size", images, OPTIONS | {"epochs": 2}, seed=0, checkpoints=tmp_path))
    diverged = {row.setting: row.value for row in rows if row.measure == "diverged"}
    assert diverged == {"1e4": 1, "0": 0}
    assert {row.measure for row in rows if row.setting == "1e4"} == {"diverged"}


def test_a_loss_that_settles_does_not_rise():
    assert rise([9.0, 4.0, 3.0, 2.0, 1.0]) == 0
    assert rise([1.0, 5.0, 2.0, 3.0, 1.5]) == pytest.approx((0.5 + 0) / 3)  # of 5 to 2, 2 to 3, 3 to 1.5
    assert rise([1.0]) == 0


def test_a_training_that_two_experiments_have_is_made_once(images, tmp_path, capsys):
    for experiment in ("losses", "codes"):
        list(run(experiment, images, OPTIONS, seed=0, checkpoints=tmp_path))
    assert capsys.readouterr().out.count("goes on from") == 1  # "denoising" of codes is "L2" of losses


def test_the_schema_names_every_experiment(root):
    schema = yaml.safe_load((root / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    study_keys = schema["properties"]["denoising"]["properties"]["study"]["properties"]
    assert study_keys["experiments"]["items"]["enum"] == list(NAMES)


def test_codes_of_digits_tell_them_apart_and_labels_at_random_do_not(images):
    import torch

    torch.manual_seed(0)
    network = study.autoencoder()
    assert probe(network, images) > 0.7
    shuffled = np.random.default_rng(0).permutation(images.train_labels)
    assert probe(network, replace(images, train_labels=shuffled)) < 0.35


def test_the_variance_of_the_gradient_falls_as_one_over_b_and_the_indicator_gives_none(images, tmp_path):
    rows = list(run(GRADIENTS, images, OPTIONS, seed=0, checkpoints=tmp_path))
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
