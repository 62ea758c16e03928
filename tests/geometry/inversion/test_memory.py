"""Batches are sized by memory: by what a network keeps, and by what a machine, a control group or SLURM leaves."""

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.arrays import generator
from phiscope.errors import DataError
from phiscope.geometry.inversion import invert, memory
from phiscope.geometry.inversion.memory import Batch, Footprint, batch_that_fits, footprint

LARGE = Footprint(saved=2_000, widest=100, jacobian=10_000, vector=50)


def convolution():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 5))


def test_a_footprint_counts_what_backward_passes_keep_and_no_weights():
    each = footprint(convolution(), torch.zeros(1, 1, 6, 6))
    image, map_ = 36 * 4, 4 * 36 * 4
    # The image for the convolution, slopes of the ReLU, and what the linear layer reads.
    assert image + 2 * map_ <= each.saved <= 2 * image + 3 * map_
    assert (each.widest, each.jacobian, each.vector) == (map_, 5 * 36 * 4, 36 * 8)


def test_a_footprint_is_of_the_image_not_of_the_weights():
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 4000), nn.ReLU(), nn.Linear(4000, 2))
    assert footprint(network, torch.zeros(1, 1, 4, 4)).saved < 16 * 4000 * 4


def test_the_usual_batch_where_there_is_room():
    assert batch_that_fits(LARGE, 1e9) == Batch(16, 128)


@pytest.mark.parametrize("images", [8, 4, 2, 1])
def test_halved_until_it_fits(images):
    needed = LARGE.needed(Batch(images, 8 * images))
    assert batch_that_fits(LARGE, needed) == Batch(images, 8 * images)
    assert batch_that_fits(LARGE, needed - 1).images <= max(images // 2, 1)


def test_a_group_of_one_before_giving_up():
    assert batch_that_fits(LARGE, LARGE.needed(Batch(1, 1))) == Batch(1, 1)


def test_no_room_for_one_image_is_said_in_a_sentence():
    with pytest.raises(DataError, match=r"one image needs .* GB and .* GB are free; run fewer jobs at a time"):
        batch_that_fits(LARGE, LARGE.needed(Batch(1, 1)) - 1)


def test_less_memory_changes_nothing_but_rounding():
    network, images = convolution(), generator(1).uniform(0.2, 0.8, (5, 1, 6, 6))
    with torch.no_grad():
        targets = network(torch.from_numpy(generator(2).uniform(0.2, 0.8, images.shape)).float()).double().numpy()
    network.double = lambda: __import__("copy").deepcopy(network).to(torch.float64)
    least = footprint(network, torch.zeros(1, 1, 6, 6)).needed(Batch(1, 1))
    roomy, tight = (invert(network, targets, images, memory=size) for size in (1e9, least))
    assert (roomy.status == tight.status).all()
    np.testing.assert_allclose(roomy.distance, tight.distance, rtol=1e-3)


def test_without_images_there_is_nothing_to_do():
    nothing = invert(convolution(), np.empty((0, 5)), np.empty((0, 1, 6, 6)))
    assert (nothing.image.shape, len(nothing.status)) == ((0, 1, 6, 6), 0)


def test_memory_of_the_machine(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 100 kB\nMemAvailable:   60 kB\n")
    assert memory._machine(tmp_path / "meminfo") == 60 * 1024
    assert memory._machine(tmp_path / "absent") > 2**20


def test_memory_of_control_groups_is_the_least_that_is_left(tmp_path):
    (tmp_path / "cgroup").write_text("0::/outer/inner\n")
    for name, limit in (("outer", "5000"), ("outer/inner", "max")):
        group = tmp_path / "fs" / name
        group.mkdir(parents=True)
        for file, text in (("memory.max", limit), ("memory.current", "3000"), ("memory.stat", "inactive_file 400")):
            (group / file).write_text(text)
    assert memory._control_group(tmp_path / "cgroup", tmp_path / "fs") == 2400
    assert memory._control_group(tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"SLURM_MEM_PER_NODE": "2"}, 2 * 2**20),
        ({"SLURM_MEM_PER_NODE": "0"}, None),
        ({"SLURM_MEM_PER_CPU": "3", "SLURM_CPUS_ON_NODE": "2"}, 6 * 2**20),
    ],
)
def test_memory_of_slurm(environment, expected):
    assert memory._slurm(environment) == expected


def test_jobs_at_a_time_share(monkeypatch):
    monkeypatch.setattr(memory, "_machine", lambda: 1000.0)
    monkeypatch.setattr(memory, "_control_group", lambda path: None)
    monkeypatch.setattr(memory, "_slurm", lambda environment: 500.0)
    assert memory.free_memory() == 2 * memory.free_memory(jobs=2) == 400.0
