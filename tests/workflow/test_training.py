import json

import pandas as pd
import pytest
import torch

from phiscope.models import build, load_artifact
from phiscope.workflow.training import TrainingJob

DESCRIPTION = {
    "factory": "phiscope.models.classifier:small_resnet", "normalise": None,
    "arguments": {"channels": 1, "classes": 2, "widths": [2, 4]},
}  # fmt: skip


@pytest.fixture
def training(tmp_path):
    return TrainingJob({"epochs": 2}, 5, "cpu", str(tmp_path / "net.safetensors"), str(tmp_path / "net.log.csv"))


def test_a_network_begun_twice_is_the_same(training):
    networks = []
    for _ in range(2):
        training.begin()
        networks.append(build(**DESCRIPTION))
    for ours, again in zip(networks[0].parameters(), networks[1].parameters(), strict=True):
        assert torch.equal(ours, again)


def test_what_is_kept_says_how_it_was_trained(training, tmp_path):
    network, history = build(**DESCRIPTION), [{"epoch": 0, "loss": 2.0}, {"epoch": 1, "loss": 1.0}]
    training.keep(network, DESCRIPTION, history)
    kept, description = load_artifact(tmp_path / "net.safetensors")
    assert description == DESCRIPTION | {"training": {"epochs": 2}, "seed": 5, "last_epoch": history[-1]}
    for key, value in network.state_dict().items():
        assert torch.equal(value, kept.state_dict()[key])
    assert json.loads((tmp_path / "net.json").read_text()) == description


def test_the_log_has_a_row_per_epoch_so_far(training, tmp_path):
    told = training.arguments()
    for epochs in (1, 2):
        told["report"]([{"epoch": epoch, "loss": 0.5} for epoch in range(epochs)])
    assert pd.read_csv(tmp_path / "net.log.csv").to_dict("list") == {"epoch": [0, 1], "loss": [0.5, 0.5]}
    assert told["checkpoints"] == tmp_path / "net.checkpoints"
    assert (told["device"], told["seed"], told["options"]) == ("cpu", 5, {"epochs": 2})


def test_a_number_that_an_epoch_lacks_leaves_its_cell_empty(training, tmp_path):
    history = [{"epoch": 0, "loss": 0.1 + 0.2, "late": float("nan")}, {"epoch": 1, "late": 1e-17}]
    training.tell(history)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "net.log.csv"), pd.DataFrame(history), check_exact=True)
