import subprocess
import sys

import pytest
import torch

from phiscope.errors import DataError
from phiscope.training.running import Means, kept_for_training, placed


@pytest.mark.parametrize(("count", "validation", "kept"), [(200, 0.1, 180), (12, 0.1, 11), (7, 0.5, 3)])
def test_the_last_images_are_held_out(count, validation, kept):
    assert kept_for_training(count, {"validation": validation, "batch_size": 3}, "any") == kept


@pytest.mark.parametrize(("count", "validation", "told"), [(2, 0.1, "give 1 for validation and 1"), (4, 0.9, "give 4")])
def test_too_few_images_are_refused(count, validation, told):
    with pytest.raises(DataError, match=f"classifier: {count} training images {told}"):
        kept_for_training(count, {"validation": validation, "batch_size": 3}, "classifier")


@pytest.mark.parametrize(("device", "where"), [("cpu", ("cpu", 1)), ("cuda", ("gpu", [0])), ("cuda:1", ("gpu", [1]))])
def test_a_training_goes_to_the_card_that_is_asked_for(device, where):
    assert placed(device) == where


@pytest.mark.parametrize("count", [3, 10, 40])
def test_fewer_images_than_a_batch_are_one_batch_and_one_is_held_out(count):
    assert kept_for_training(count, {"validation": 0.01, "batch_size": 64}, "classifier") == count - 1


def test_images_count_as_often_as_they_are_drawn():
    options = {"validation": 0.5, "batch_size": 6}
    assert kept_for_training(2, options, "denoiser", per_image=2) == 1
    with pytest.raises(DataError, match="denoiser: .* and 1 for training"):
        kept_for_training(2, options, "denoiser", per_image=1)


def test_means_weigh_batches_by_their_size_and_begin_again():
    means = Means()
    means.add({"loss": torch.tensor(1.0)}, 3)
    means.add({"loss": torch.tensor(5.0)}, 1)
    assert means.take("val_") == {"val_loss": 2.0}
    means.add({"loss": torch.tensor(7.0)})
    assert means.take() == {"loss": 7.0}


TRAINING = """
import sys, torch
from pathlib import Path
from phiscope.models.classifier import small_resnet
from phiscope.training.classifier import train

torch.manual_seed(0)
options = {"epochs": 2, "batch_size": 20, "learning_rate": 0.1, "weight_decay": 0.0, "validation": 0.1}
options |= {"shift": 0, "flip": False, "precision": "32-true"}
network = small_resnet(channels=1, classes=2, widths=(4, 8))
train(network, torch.rand(100, 1, 8, 8), torch.arange(100) % 2, options, seed=0, checkpoints=Path(sys.argv[1]))
"""


def test_a_training_prints_a_line_per_epoch_without_bars_and_advertisements(tmp_path, root):
    """As a job runs it: in a process of its own, whose output is the log."""
    said = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", TRAINING, str(tmp_path)],
            cwd=root, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        said.append(done.stdout.splitlines())
    first, again = said
    assert len(first) == 2
    assert first[0].startswith("epoch 1 of 2: learning_rate ")
    assert "train_loss" in first[1]
    assert len(again) == 1
    assert again[0].startswith("goes on from ")
