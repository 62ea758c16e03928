"""A copy of a training image is never outside the hull of the training set, whatever chunk it is in."""

import runpy

import numpy as np
import pytest
import torch
from torch import nn

from phiscope import tables
from phiscope.experiments.geometry.noise import measured
from phiscope.features import extract
from phiscope.files import write_arrays
from phiscope.head import Head
from phiscope.models import split

COPIES = [3, 17, 64, 99]


@pytest.fixture(scope="module")
def feature_map():
    """Wide enough that sums are rounded in another way in another batch."""
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(2048, 64), nn.ReLU())
    return split(nn.Sequential(body, nn.Linear(64, 10)).eval(), torch.rand(2, 1, 8, 8))


@pytest.fixture(scope="module")
def images():
    """Training images, and test images of which all but the last two are copies."""
    random = np.random.default_rng(0)
    train = random.integers(0, 256, (100, 1, 8, 8), dtype=np.uint8)
    others = random.integers(0, 256, (2, 1, 8, 8), dtype=np.uint8)
    return train, np.concatenate([train[COPIES], others])


def positions(root, folder, feature_map, images, size):
    """Of test samples, one of them a job, by the script that projects; size: of the batches, None for the fixed one."""
    train, test = images
    project = runpy.run_path(str(root / "scripts/geometry/project_feature_hull.py"))["project"]
    noise = measured(feature_map, np.concatenate([train, test]))
    Head(feature_map.weight.numpy(), feature_map.bias.numpy(), feature_map.layer, None, noise).save(folder / "head")
    write(folder / "train", extract(feature_map, train), range(100))
    found = []
    for sample, image in enumerate(test):
        write(folder / "test", extract(feature_map, image[None], size=size), [sample])
        project(
            vectors=folder / "test", names={"view": "original", "split": "test"}, training=folder / "train",
            head=folder / "head", hull_of=None, most=None, tolerance=1e-6, threads=1,
            config={"run": "copies", "seed": 0, "device": "cpu"}, output=folder / "hulls.parquet",
        )  # fmt: skip
        found += tables.read(folder / "hulls.parquet")["position"].tolist()
    return found


def write(path, features, samples):
    write_arrays({"features": features, "samples": np.array(samples), "labels": np.zeros(len(samples), int)}, path)


def test_with_one_sample_a_job_its_features_are_those_of_its_original(root, tmp_path, feature_map, images):
    assert positions(root, tmp_path, feature_map, images, None) == ["within_tolerance"] * 4 + ["outside"] * 2


def test_with_features_computed_another_way_it_is_within_their_noise(root, tmp_path, feature_map, images):
    alone, whole = (extract(feature_map, images[1], size=size) for size in (1, None))
    assert (alone != whole).any()
    found = positions(root, tmp_path, feature_map, images, 1)
    assert set(found[:4]) <= {"within_noise", "within_tolerance"}
    assert found[4:] == ["outside"] * 2
