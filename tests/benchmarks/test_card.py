"""The parts `card` and `encoded` at sizes that take no time, on the processor."""

import hashlib

import numpy as np
import pytest
import torch

from benchmarks import agreement, card_hull, encoded, textures
from benchmarks.made import Mixture
from phiscope.arrays import choose_device
from phiscope.datasets import load
from phiscope.workflow.configuration import resolve


def test_a_mixture_is_rectified_and_the_same_for_a_seed():
    first, again, other = (Mixture(16, "cpu", seed).draw(50) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert first.min() == 0
    assert not np.array_equal(first, other)


def test_the_hull_of_a_mixture_and_its_gaps_in_float64():
    row = card_hull.measure(400, 12, 16, "cpu", 1)
    assert row["converged"] == 1
    assert row["relative_gap_max_in_float64"] <= card_hull.TOLERANCE
    assert row["relative_gap_max_of_100_verified_apart"] <= row["relative_gap_max_in_float64"] * (1 + 1e-6) + 1e-12


def test_a_gap_that_is_open_is_seen():
    random = np.random.default_rng(0)
    points, vertices = random.normal(size=(8, 5)) + 4, random.normal(size=(40, 5))
    projection = card_hull.project(points, vertices)
    projection.nearest[3] = vertices[0]
    gaps = card_hull.relative_gaps(projection, points, torch.from_numpy(vertices))
    assert (gaps > 1e-3).tolist() == [False] * 3 + [True] + [False] * 4


def test_selection_is_timed_beside_the_product():
    row = card_hull.selecting(3000, 8, "cpu")
    assert 0 < row["product_s"] < row["with_selection_s"] + 1


def test_a_difference_above_its_claim_is_said():
    assert [agreement._row("x", 1, value, 1.0, "")["holds"] for value in (1.0, 1.1)] == ["yes", "NO"]


def test_textures_differ_and_are_written_once(tmp_path, monkeypatch):
    monkeypatch.setattr(textures, "PICTURES", 1)
    textures.write_images(tmp_path, 40)
    files = sorted(tmp_path.rglob("*.jpg"))
    contents = {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert len(contents) == len(files) == 40
    files[0].write_bytes(b"kept")
    textures.write_images(tmp_path, 40)
    assert files[0].read_bytes() == b"kept"
    test = load(tmp_path, "train").images
    assert test.shape == (36, 3, textures.SIDE, textures.SIDE)


def test_the_configuration_of_the_encoded_run_is_one(tmp_path):
    config = resolve([encoded.configuration(tmp_path / "images", tmp_path / "weights.safetensors")], name="encoded")
    assert config["views"]["original"]["spaces"] == ["feature"]


@pytest.mark.parametrize(("wanted", "there"), [("auto", "cuda"), ("cuda:1", "cuda:1"), ("cpu", "cpu")])
def test_a_card_computes_in_full_float32(wanted, there, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    try:
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.allow_tf32 = True
        assert choose_device(wanted) == there
        full = torch.get_float32_matmul_precision() == "highest" and not torch.backends.cudnn.allow_tf32
        assert full == (wanted != "cpu")
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]
