"""A vision transformer on a hundred photographs of 224 pixels, from a folder to the report, by configuration alone."""

import re
import shutil

import numpy as np
import pytest
import torch
import yaml
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_images

from phiscope import tables
from tests.models import large_networks
from tests.workflow.project import Project, copied

pytestmark = [pytest.mark.long, pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

CONFIG = {
    "run": "tiny",
    "dataset": {"reader": "folder", "options": {"size": 256, "crop": 224, "interpolation": "bicubic"}},
    "classifier": {
        "factory": "large_networks.py:vit",
        "arguments": {"classes": 5, "width": 96, "depth": 3},
        "normalise": {"mean": [0.45], "deviation": [0.25]},
    },
    "views": {
        "noise": {"samples": 10},
        "deepfool": {"samples": 10},
        "pgd-first": {"samples": 10, "epsilon": 0.01, "steps": 10},
        "pgd-full": {"samples": 10, "epsilon": 0.01, "steps": 10},
    },
    "latent": {"enabled": False},
    "denoising": {"enabled": False},
    "implicit": {"enabled": False},
    "inversions": {"samples": 0},
    "report": {"title": "Photographs", "samples": [3]},
}


def write_photographs(folder) -> None:
    """60 training and 40 test images of five classes, no two of one size, cut from five photographs."""
    china, flower = load_sample_images().images
    photographs = {"astronaut": data.astronaut(), "cat": data.chelsea(), "china": china, "coffee": data.coffee()}
    random = np.random.default_rng(0)
    for name, photograph in (photographs | {"flower": flower}).items():
        for split, count in (("train", 12), ("test", 8)):
            (place := folder / split / name).mkdir(parents=True)
            for k in range(count):
                height, width = random.integers(120, 290, 2)
                top, left = (random.integers(0, side - size) for side, size in zip(photograph.shape, (height, width)))
                cut = photograph[top : top + height, left : left + width]
                Image.fromarray(cut).save(place / f"{k}.jpg", quality=92)


@pytest.fixture(scope="module")
def finished(root, tmp_path_factory) -> Project:
    project = copied(root, tmp_path_factory.mktemp("photographs"))
    write_photographs(project.folder / "photographs")
    shutil.copy(large_networks.__file__, project.folder / "presets/large_networks.py")
    torch.manual_seed(0)
    network = large_networks.vit(**CONFIG["classifier"]["arguments"])
    torch.save({"state_dict": network.state_dict()}, project.folder / "vit.pt")
    config = CONFIG | {
        "dataset": CONFIG["dataset"] | {"path": str(project.folder / "photographs")},
        "classifier": CONFIG["classifier"] | {"weights": {"path": str(project.folder / "vit.pt")}},
    }
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(config))
    done = project.snakemake()
    assert done.returncode == 0, done.stderr[-4000:]
    return project


def test_the_report_is_there_with_its_numbers(finished):
    page = (finished.results / "report.html").read_text()
    assert "Photographs" in page
    features = tables.read(finished.results / "features/original/test.parquet")
    assert len(features) == 40
    hulls = tables.read(finished.results / "tables/hulls.parquet")
    pixels = hulls[(hulls.view == "original") & (hulls.space == "pixel")]
    assert len(pixels) == 40
    assert (pixels.distance > 1).all()
    assert (pixels.distance_lower > 0.999 * pixels.distance).all()
    attacks = tables.read(finished.results / "tables/attacks.parquet").groupby("view")
    assert attacks.size().to_dict() == {"deepfool": 10, "pgd-first": 10, "pgd-full": 10}
    assert attacks.success.mean()["deepfool"] == 1


def test_no_job_takes_much_memory(finished):
    logs = finished.results / "logs"
    peaks = {log: float(re.search(r'"peak_mb": ([\d.]+)', log.read_text())[1]) for log in logs.rglob("*.log")}
    assert len(peaks) > 15
    assert max(peaks.values()) < 2000
