"""A run with one sample a job: copies of training images touch the hull of the training set, as in one chunk."""

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_digits

from phiscope import tables
from phiscope.head import Head
from tests.workflow.project import copied

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow"), pytest.mark.long]

TRAIN, COPIES = 8, [5, 2, 7]


@pytest.fixture(scope="module")
def results(root, tmp_path_factory):
    project = copied(root, tmp_path_factory.mktemp("single"))
    images = np.round(load_digits().images[:20, None] * 255 / 16).astype(np.uint8)
    train, test = images[:TRAIN], np.concatenate([images[COPIES], images[18:]])
    labels = {"y_train": np.arange(TRAIN) % 2, "y_test": np.array([*(np.array(COPIES) % 2), 0, 1])}
    np.savez(project.folder / "few.npz", x_train=train, x_test=test, **labels)
    config = {
        "run": "tiny",
        "chunk_size": 1,
        "dataset": {"path": str(project.folder / "few.npz"), "reader": "npz"},
        "classifier": {"arguments": {"channels": 1, "classes": 2, "widths": [32, 64]}, "training": {"epochs": 1}},
        "views": dict.fromkeys(["hull-pixel", "noise", "deepfool", "pgd-first", "pgd-full"]),
        "inversions": {"samples": 0},
        "report": {"title": "Single samples", "samples": []},
    }
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(config))
    done = project.snakemake("--", "results/tiny/tables/hulls.parquet", "results/tiny/tables/margins.parquet")
    assert done.returncode == 0, done.stderr[-4000:]
    return project.results


def test_a_copy_is_never_outside(results):
    assert len(list((results / "chunks/vectors/original/test").iterdir())) == 5
    hulls = tables.read(results / "tables/hulls.parquet").sort_values(["space", "sample"])
    positions = {space: rows["position"].tolist() for space, rows in hulls.groupby("space")}
    expected = ["within_tolerance"] * len(COPIES) + ["outside"] * 2
    assert positions == {"feature": expected, "pixel": expected}
    noise = hulls.groupby("space")["noise"]
    assert noise.min()["feature"] > 0 == noise.max()["pixel"]


def test_its_noise_was_measured(results):
    noise = Head.load(results / "models/head.safetensors").noise
    assert noise.images == TRAIN + 5
    assert 2**-24 <= noise.features < 1e-5
