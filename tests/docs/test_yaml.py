"""The configurations that README and docs show: each is one, as it stands, and the first of the README runs."""

import os
import re
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from phiscope.models.denoiser import dncnn
from phiscope.workflow.configuration import load
from tests.conftest import ROOT

CLASSES = ("anemone", "buttercup", "crocus", "daisy")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NETWORKS = """
from torch import nn
from torch.nn import functional


class Residual(nn.Conv2d):
    def forward(self, x):
        return x + 0.2 * functional.relu(super().forward(x))


def build(depth):
    layers = [nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), *(Residual(6, 6, 3, padding=1) for _ in range(depth))]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 4))
"""


@cache
def images():
    """(split, class, number) -> an image, whose brightness tells its class."""
    draw, counts = np.random.default_rng(0), {"train": 30, "test": 8}
    return {
        (split, place, number): np.clip(draw.normal(60 + 40 * place, 30, (8, 8, 3)), 0, 255).astype(np.uint8)
        for split, count in counts.items()
        for place in range(len(CLASSES))
        for number in range(count)
    }


@cache
def weights():
    """Of the network, once it knows the classes, behind the normalisation that the README has."""
    names: dict = {}
    exec(NETWORKS, names)
    torch.manual_seed(0)
    network = names["build"](20)
    mean, deviation = (torch.tensor(each).view(1, 3, 1, 1) for each in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    stored = torch.from_numpy(np.stack(list(images().values()))).permute(0, 3, 1, 2)
    pixels, labels = (stored / 255 - mean) / deviation, torch.tensor([place for _, place, _ in images()])
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(150):
        loss = torch.nn.functional.cross_entropy(network(pixels), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float((network(pixels).argmax(1) == labels).float().mean()) > 0.9
    return network.state_dict()


def blocks(page):
    """The YAML of a page, with the line that it begins in."""
    text = page.read_text(encoding="utf-8")
    return [
        (text[: found.start()].count("\n") + 1, found[1]) for found in re.finditer(r"```yaml\n(.*?)```", text, re.S)
    ]


BLOCKS = [pytest.param(block, id=f"{page.relative_to(ROOT)}:{line}") for page in PAGES for line, block in blocks(page)]
FIRST = blocks(PAGES[0])[0][1]


def whole(block):
    """A block as files of a configuration: itself, or after the first of the README, which says what data it is of."""
    return [block] if "dataset" in yaml.safe_load(block) else [FIRST, block]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The data, network and weights that the README speaks of, small."""
    draw, data = np.random.default_rng(1), tmp_path / "my_data"
    for (split, number_of_class, number), image in images().items():
        (folder := data / "flowers" / split / CLASSES[number_of_class]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number}.png")
    np.savez(data / "vectors.npz", x_train=draw.normal(size=(40, 8)), y_train=np.arange(40) % 4,
             x_test=draw.normal(size=(12, 8)), y_test=np.arange(12) % 4)  # fmt: skip
    np.savez(data / "head.npz", weight=draw.normal(size=(4, 8)), bias=np.zeros(4))
    (data / "emnist").mkdir()
    (data / "holiday").mkdir()
    Image.fromarray(draw.integers(0, 256, (40, 40), dtype=np.uint8)).save(data / "holiday/beach.png")
    (tmp_path / "networks.py").write_text(NETWORKS)
    torch.save({"state_dict": {f"network.{key}": value for key, value in weights().items()}}, data / "best.ckpt")
    (tmp_path / "results/denoise/models").mkdir(parents=True)
    from safetensors.torch import save_file

    denoiser = dncnn(channels=1, width=64, depth=12, fold=2).state_dict()
    save_file({f"network.{k}": v.contiguous() for k, v in denoiser.items()},
              tmp_path / "results/denoise/models/denoiser.safetensors")  # fmt: skip
    for variable, path in {"MY_DATA": data, "PHISCOPE_FACTORIES": ""}.items():
        monkeypatch.setenv(variable, str(path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(place, block):
    files = []
    for number, text in enumerate(whole(block)):
        files.append(place / f"{'flowers' if number == 0 else 'more'}.yaml")
        files[-1].write_text(text)
    return files


def snakemake(place, files, *arguments):
    command = [sys.executable, "-m", "snakemake", "-s", ROOT / "Snakefile", "--cores", "2", "--configfile", *files]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [str(each) for each in (*command, *arguments)], cwd=place, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout + done.stderr


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_a_configuration_as_it_stands(place, real_data, block):
    load(written(place, block), root=ROOT)


def test_blocks_are_found():
    assert len(blocks(PAGES[0])) == 2
    assert len(BLOCKS) >= 4


@pytest.mark.workflow
@pytest.mark.xdist_group("workflow")
def test_the_first_of_the_readme_runs_to_the_report(place):
    assert "Report: results/flowers/report.html" in snakemake(place, written(place, FIRST))


@pytest.mark.long
@pytest.mark.workflow
@pytest.mark.parametrize("block", [block for _, block in blocks(ROOT / "docs/configuration.md")])
def test_what_the_page_on_configurations_shows_runs_to_the_report(place, real_data, block):
    assert "Report: results/flowers/report.html" in snakemake(place, written(place, block))
