"""The command that looks at data and weights and writes a configuration."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from phiscope.commands.init import main
from phiscope.errors import ConfigError, DataError, PhiscopeError
from phiscope.workflow.configuration import load

NETWORKS = """
from torch import nn

def build(width=4):
    return nn.Sequential(nn.Flatten(), nn.Linear(192, width), nn.ReLU(), nn.Linear(width, 2))
"""


def images(folder, splits=("train", "test"), sizes=(8,), channels=3):
    draw = np.random.default_rng(0)
    for split in splits:
        for place, name in enumerate(("dark", "light")):
            (below := folder / split / name).mkdir(parents=True)
            for number in range(12):
                side = sizes[number % len(sizes)]
                shape = (side, side, 3) if channels == 3 else (side, side)
                pixels = np.clip(draw.normal(90 + 70 * place, 20, shape), 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(below / f"{number}.png")
    return folder


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHISCOPE_FACTORIES", "")


def test_what_is_written_runs_and_says_what_was_seen(tmp_path, capsys):
    images(tmp_path / "flowers")
    main(["flowers"])
    text = (tmp_path / "flowers.yaml").read_text()
    assert "24 training and 24 test images, 8 x 8 pixels, colour; 2 classes: dark, light" in text
    assert len(text.splitlines()) <= 20
    assert load([tmp_path / "flowers.yaml"])["run"] == "flowers"
    assert "phiscope run flowers.yaml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("made", "options"),
    [
        ({"sizes": (40, 50, 64)}, {"size": 32, "crop": 32}),
        ({"sizes": (140, 150)}, {"size": 224, "crop": 224}),
        ({"splits": ("train",)}, {"test_share": 0.2}),
        ({"splits": ("train",), "sizes": (40, 50)}, {"test_share": 0.2, "size": 32, "crop": 32}),
    ],
)
def test_what_has_to_be_decided_is_decided_in_the_file(tmp_path, made, options):
    images(tmp_path / "flowers", **made)
    main(["flowers"])
    assert load([tmp_path / "flowers.yaml"])["dataset"]["options"] == options


def test_a_normalisation_is_chosen_by_accuracy(tmp_path):
    """A network that answers by whether pixels lie above one half is right behind that normalisation alone."""
    images(tmp_path / "flowers")
    (tmp_path / "networks.py").write_text(NETWORKS)
    names: dict = {}
    exec(NETWORKS, names)
    network = names["build"](2)
    for layer in (network[1], network[3]):
        nn.init.zeros_(layer.bias)
    with torch.no_grad():
        network[1].weight[0], network[1].weight[1] = 1 / 192, -1 / 192
        network[3].weight[:] = torch.tensor([[-1.0, 1.0], [1.0, -1.0]])
    torch.save(network.state_dict(), tmp_path / "w.pt")
    main(["flowers", "--weights", "w.pt", "--factory", "networks.py:build", "--arguments", "width=2"])
    text = (tmp_path / "flowers.yaml").read_text()
    config = load([tmp_path / "flowers.yaml"])["classifier"]
    assert config["arguments"] == {"width": 2}
    assert config["normalise"] != "none"
    assert "chosen by accuracy on some test images" in text
    assert "none 0.50" in text


def test_a_normalisation_that_is_given_is_taken(tmp_path):
    images(tmp_path / "flowers")
    (tmp_path / "networks.py").write_text(NETWORKS)
    torch.save(nn.Sequential(nn.Flatten(), nn.Linear(192, 4), nn.ReLU(), nn.Linear(4, 2)).state_dict(), "w.pt")
    given = ["--weights", "w.pt", "--factory", "networks.py:build", "--normalise"]
    main(["flowers", *given, "none"])
    assert load([tmp_path / "flowers.yaml"])["classifier"]["normalise"] == "none"
    main(["flowers", "--force", *given, "0.5,0.4,0.3/0.2,0.2,0.2"])
    assert load([tmp_path / "flowers.yaml"])["classifier"]["normalise"]["mean"] == [0.5, 0.4, 0.3]


def test_questions_are_asked_for_what_is_missing(tmp_path, monkeypatch):
    images(tmp_path / "flowers")
    answers = iter(["flowers"])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    main([])
    assert (tmp_path / "flowers.yaml").is_file()


def test_nothing_is_written_over_and_nothing_is_made_of_nothing(tmp_path, monkeypatch):
    images(tmp_path / "flowers")
    main(["flowers"])
    with pytest.raises(ConfigError, match=r"flowers.yaml is there already; give another name with -o, or --force"):
        main(["flowers"])
    with pytest.raises(DataError, match="absent"):
        main(["absent"])
    monkeypatch.setattr("builtins.input", lambda question: "")
    with pytest.raises(PhiscopeError, match="nothing was answered"):
        main(["flowers", "-o", "b.yaml", "--weights", "w.pt"])
    assert sorted(path.name for path in tmp_path.glob("*.yaml")) == ["flowers.yaml"]


def test_options_that_are_known_are_taken(tmp_path):
    draw = np.random.default_rng(0)
    images_ = draw.integers(0, 256, (12, 8, 8), dtype=np.uint8)
    np.savez(
        tmp_path / "d.npz", x_train=images_, y_train=np.arange(12) % 3 + 1, x_test=images_, y_test=np.arange(12) % 3 + 1
    )
    with pytest.raises(DataError, match="first_label"):
        main(["d.npz"])
    main(["d.npz", "--options", "first_label=1", "-o", "below/d.yaml"])
    assert load([tmp_path / "below/d.yaml"])["dataset"]["options"] == {"first_label": 1}
