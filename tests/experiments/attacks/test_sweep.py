"""Attacks over their settings where features are pixels, so that margins and hull distances are known."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from phiscope import stats, tables
from phiscope.detection import Training
from phiscope.experiments.attacks.sweep import AttackSetting, Scene, settings_of, sweep, thresholds_of
from phiscope.experiments.geometry.class_hulls import Spanning
from phiscope.head import Head
from phiscope.models import split
from phiscope.stats.intervals import Resampling

OPTIONS = {
    "overshoots": [0, 0.5],
    "confidences": [0, 0.2],
    "penalties": [0, 1.0],
    "norm": "l2",
    "epsilon": 0.5,
    "steps": 20,
}


@pytest.fixture(scope="module")
def scene():
    """Class 1 where the first of two pixels is above 0.5; training samples span the square [0.1, 0.9]²."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(2, 2))
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([[-1.0, 0.0], [1.0, 0.0]]))
        network[1].bias.copy_(torch.tensor([0.5, -0.5]))
    feature_map = split(network, torch.rand(2, 1, 1, 2), head="1")
    head = Head(feature_map.weight.numpy(), feature_map.bias.numpy(), layer="1", lower_bound=None)
    corners = np.array([[0.1, 0.1], [0.1, 0.9], [0.9, 0.1], [0.9, 0.9]], np.float32)
    labels = np.array([0, 0, 1, 1])
    training = Training(corners, labels, head.logits(corners), head.weight, head.bias, np.full(4, 0.4))
    spanning = Spanning(corners, labels, np.arange(4), np.zeros(4))
    return Scene(network, feature_map, head, spanning, training, {"margin": -0.05, "hull": 0.05}, classes=2)


@pytest.fixture(scope="module")
def rows(scene):
    pixels = np.array([[0.3, 0.5], [0.4, 0.8], [0.8, 0.2]], np.float32).reshape(3, 1, 1, 2)
    return sweep(scene, pixels, np.array([4, 7, 9]), np.array([0, 0, 1]), OPTIONS)


def test_it_fits_the_table(rows, tmp_path):
    tables.write(rows, "attack_sweep", tmp_path / "sweep.parquet", {})
    read = tables.read(tmp_path / "sweep.parquet")
    assert len(read) == 3 * len(settings_of(OPTIONS)) == 3 * 7
    assert read["asked"].unique().tolist() == [2]


def test_margins_are_the_distance_of_the_first_pixel_from_the_boundary(rows):
    by_setting = rows[rows["success"]].set_index(["attack", "overshoot"])["margin"]
    assert rows.loc[rows["attack"] != "pgd-first", "success"].all()
    assert by_setting["bisected"].max() < 1e-6
    # DeepFool goes (1 + overshoot) of the way to the boundary: half of the way beyond it.
    np.testing.assert_allclose(by_setting[("deepfool", 0.5)], [0.1, 0.05, 0.15], atol=1e-3)


def test_pgd_leads_by_what_it_is_asked_for(rows):
    pgd = rows[rows["attack"] == "pgd-first"]
    assert pgd["success"].all()
    assert (pgd["lead"] >= pgd["confidence"]).all()
    # Two logits that grow by one for one of the first pixel: the lead is twice the margin.
    np.testing.assert_allclose(pgd["lead"], 2 * pgd["margin"], atol=1e-5)


def test_detectors_flag_what_exceeds_their_thresholds(rows):
    assert ((rows["margin"] < 0.05) == rows["seen_by"].str.contains("margin")).all()
    assert ((rows["distance"] > 0.05) == rows["seen_by"].str.contains("hull")).all()
    assert set(rows["seen_by"]) >= {"", "margin"}


def test_thresholds_let_at_most_a_twentieth_of_the_genuine_through():
    scores = pd.DataFrame({"detector": "margin", "score": [*range(40), np.nan]})
    threshold = thresholds_of(scores)["margin"]
    assert (scores["score"] > threshold).sum() == 2
    assert thresholds_of(scores[:19])["margin"] == 18  # of 19 none may be flagged


def test_bisection_needs_an_attack_to_begin_with():
    assert settings_of(OPTIONS | {"overshoots": [], "confidences": [1]}) == [
        AttackSetting("pgd-first", confidence=1.0, hull_penalty=0.0),
        AttackSetting("pgd-first", confidence=1.0, hull_penalty=1.0),
    ]


def test_what_it_comes_to(rows):
    """The frames of figures and sentences, of the table that was just made."""
    standing = pd.DataFrame({"view": "original", "margin": [0.01, 0.2, 0.3], "distance": [0.0, 0.02, 0.1]})
    options = Resampling(resamples=20)
    found = stats.sweep_summary(rows, standing, np.array([1e-3, 0.2]), None, options).set_index("key")
    assert found.loc["bisected_below_genuine", ["value", "n"]].tolist() == [1.0, 3]
    overshoots = stats.overshoots(rows, np.array([1e-3, 0.2]), options).set_index(["attack", "overshoot", "key"])
    assert overshoots.loc[("deepfool", 0.5, "below_0"), "value"] == 0.0
    front = stats.attack_front(rows, standing, options)
    assert front["rate"].tolist() == [1.0] * 4
    assert front["front"].any()
