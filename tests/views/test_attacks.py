"""The attacks as views: their options reach the attack, and chunks change nothing."""

import dataclasses

import numpy as np
import pytest
import torch

from phiscope.attacks import judge
from phiscope.experiments.denoising.network import Denoiser
from phiscope.features import extract
from phiscope.geometry import hull
from phiscope.head import Head
from phiscope.models import build, split
from phiscope.views import VIEWS
from phiscope.views.source import Source

LINF = {"norm": "linf", "epsilon": 0.1, "steps": 15}


@pytest.fixture
def needs(source):
    torch.manual_seed(1)
    arguments = {"channels": 3, "classes": 4, "widths": [4, 8]}
    network = build("phiscope.models.classifier:small_resnet", arguments, {"mean": [0.5] * 3, "deviation": [0.3] * 3})
    with torch.no_grad():  # logits around zero, so that boundaries are near
        network.network.linear.bias -= network.eval()(torch.from_numpy(source.pixels)).mean(0)
    feature_map = split(network, torch.from_numpy(source.pixels[:2]))
    training = np.random.default_rng(0).uniform(0, 1, (40, 3, 6, 7)).astype(np.float32)
    head = Head(feature_map.weight.numpy(), feature_map.bias.numpy(), feature_map.layer, 0.0)
    return {"classifier": network, "head": head, "training_features": extract(feature_map, training)}


def hull_distance(needs, images):
    feature_map = split(needs["classifier"], torch.from_numpy(images[:2]))
    return hull.project(extract(feature_map, images), needs["training_features"], threads=1).distance


def test_first_stops_where_full_goes_on(source, needs):
    first, full = (VIEWS[name].load()(source, **needs, **LINF) for name in ("pgd-first", "pgd-full"))
    assert (full["iterations"] == 15).all()
    assert (first["iterations"] < 15).any()
    stopped, ended = (judge(needs["classifier"], source.images, found["images"]) for found in (first, full))
    assert (ended.lead > stopped.lead).all()
    assert max(ended.linf.max(), stopped.linf.max()) <= 0.1 + 1e-6


def test_steps_reach_across_the_ball_unless_given(source, needs):
    found = VIEWS["pgd-full"].load()(source, **needs, **LINF | {"steps": 1})
    moved = np.abs(found["images"] - source.pixels)
    assert moved.max() == pytest.approx(0.1)  # 2.5 epsilon, cut to the ball
    short = VIEWS["pgd-full"].load()(source, **needs, **LINF | {"steps": 1}, step=0.01)
    assert np.abs(short["images"] - source.pixels).max() == pytest.approx(0.01, rel=1e-4)


@pytest.fixture
def blurred():
    """120 grey images, a network on them, and a denoiser that blurs, which hides what changes from pixel to pixel."""
    torch.manual_seed(1)
    blur = torch.nn.Conv2d(1, 1, 3, padding=1, padding_mode="replicate", bias=False)
    blur.weight.data.fill_(1 / 9)
    pixels = np.random.default_rng(4).uniform(0.2, 0.8, (120, 1, 8, 8)).astype(np.float32)
    network = build("phiscope.models.classifier:small_resnet", {"channels": 1, "classes": 4, "widths": [4, 8]}, None)
    denoiser = Denoiser(blur, channels=1)
    with torch.no_grad():
        network.network.linear.bias -= denoiser.before(network).eval()(torch.from_numpy(pixels)).mean(0)
    feature_map = split(network, torch.from_numpy(pixels[:2]))
    head = Head(feature_map.weight.numpy(), feature_map.bias.numpy(), feature_map.layer, 0.0)
    needs = {
        "classifier": network,
        "head": head,
        "training_features": extract(feature_map, pixels),
        "denoiser": denoiser,
    }
    return Source(pixels, samples=np.arange(120), labels=np.zeros(120, int), seed=0), needs


def test_an_attack_through_the_denoiser_beats_both_more_often_than_one_that_does_not_know_of_it(blurred):
    source, needs = blurred
    make, epsilon = VIEWS["pgd-full"].load(), 0.03
    both = needs["denoiser"].before(needs["classifier"])
    plain, through = (
        judge(both, source.images, make(source, **needs, **LINF | {"epsilon": epsilon}, through=name)["images"])
        for name in (None, "network")
    )
    assert through.success.mean() > plain.success.mean() + 0.2
    assert (through.lead >= plain.lead).mean() > 0.9
    assert through.linf.max() <= epsilon + 1e-6


def test_the_hull_penalty_is_about_what_the_classifier_sees(blurred):
    source, needs = blurred
    made = [make_full(source, needs, weight, "network") for weight in (0.0, 50.0)]
    plain, away = (hull_distance(needs, needs["denoiser"](images).clip(0, 1)) for images in made)
    assert (away > plain).mean() > 0.65  # by chance once in 2,000


def make_full(source, needs, weight, through):
    return VIEWS["pgd-full"].load()(source, **needs, **LINF, hull_penalty=weight, through=through)["images"]


def test_a_random_start_does_not_depend_on_the_chunk(source, needs):
    make = VIEWS["pgd-full"].load()
    whole = make(source, **needs, **LINF, random_start=True)["images"]
    part = dataclasses.replace(source, images=source.images[2:], samples=source.samples[2:], labels=source.labels[2:])
    alone = make(part, **needs, **LINF, random_start=True)["images"]
    assert np.mean(np.abs(alone - whole[2:]) < 1e-5) > 0.99  # signs of gradients near zero may differ by rounding
    assert np.abs(whole - make(source, **needs, **LINF)["images"]).max() > 0.01


def test_the_hull_penalty_moves_away_from_the_hull(source, needs):
    make = VIEWS["pgd-full"].load()
    plain, away = (make(source, **needs, **LINF, hull_penalty=weight)["images"] for weight in (0.0, 50.0))
    assert (hull_distance(needs, away) > hull_distance(needs, plain)).mean() >= 0.8


def test_deepfool_takes_its_options(source, needs):
    make = VIEWS["deepfool"].load()
    found = make(source, classifier=needs["classifier"])
    assert judge(needs["classifier"], source.images, found["images"]).success.all()
    assert (make(source, classifier=needs["classifier"], steps=1)["iterations"] == 1).all()
