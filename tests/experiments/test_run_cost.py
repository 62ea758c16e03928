"""What a run will cost, from rates that are given."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from phiscope.experiments import run_cost
from phiscope.experiments.inversion.budget import SearchCost
from phiscope.experiments.run_cost import PartCost, Rates, as_text, measure, parts_of
from phiscope.models import split

RATES = Rates(
    forward=0.001, backward=0.002, price={"feature": 1e-9, "pixel": 1e-8}, startup=0.0, shape=(3, 4, 4), features=8,
    classes=5,
)  # fmt: skip
SEARCH = SearchCost(0.1, 0.2, 0.01, 16, 1e6, 2e7, 1e9, many=False)
WORK = {
    "views": [
        {"kind": "original", "steps": None, "images": 1000, "jobs": 2},
        {"kind": "pgd-full", "steps": 10, "images": 100, "jobs": 1},
        {"kind": "denoise", "steps": None, "images": 50, "jobs": 1},
    ],
    "located": {"images": 1150, "jobs": 4},
    "hulls": {"feature": {"queries": 200, "solves": 500, "jobs": 2}, "pixel": {"queries": 0, "solves": 0, "jobs": 0}},
    "vertices": 900,
    "inverted": {"jobs": 2, "balls": 1, "starts": 1, "backtracks": 2, "references": ["black"], "segment": 0},
    "closest": {"images": 20, "jobs": 1},
    "latent": None,
    "not_estimated": ["implicit"],
}


def parts(rates=RATES, work=WORK, search=SEARCH, made=(10, 1)) -> dict[str, PartCost]:
    return {part.part: part for part in parts_of(work, rates, search, made)}


def test_each_part_is_its_units_times_their_rates():
    cost = parts()
    assert cost["attacks"].hours * 3600 == pytest.approx(100 * 10 * 0.003)
    assert cost["features and margins"].hours * 3600 == pytest.approx(1150 * (0.001 + 4 * 7e-9 * 5 * 8))
    assert cost["hulls in feature space"].hours * 3600 == pytest.approx(
        200 * 3.1 * 900e-9 + 500 * (1.1e-4 + 8 * 1.7e-6)
    )
    assert cost["inversions"].hours * 3600 == pytest.approx(10 * SEARCH.pair(WORK["inverted"]))
    assert cost["balls"].hours * 3600 == pytest.approx(SEARCH.ball(WORK["inverted"]))
    assert cost["closest images on the boundary"].hours * 3600 == pytest.approx(20 * 130 * 0.003)


def test_what_is_not_foretold_has_no_hours_but_its_place_on_disk():
    assert parts()["views by other networks"] == PartCost("views by other networks", None, 4 * 50 * 48 / 1e9, 1)


def test_every_job_has_to_start():
    started = parts(replace(RATES, startup=36.0))
    assert started["views"].hours == pytest.approx(2 * 0.01)
    assert started["balls"].hours - parts()["balls"].hours == pytest.approx(0.01)


def test_a_part_without_jobs_costs_nothing():
    empty = parts()["hulls in pixel space"]
    assert (empty.hours, empty.gigabytes, empty.jobs, empty.memory) == (0, 0, 0, None)


def test_what_the_budget_allows_is_what_counts():
    assert parts(made=(0, 0))["inversions"].hours == 0
    assert parts(made=(5, 0))["inversions"].hours == pytest.approx(parts()["inversions"].hours / 2)


def test_a_run_that_inverts_nothing_has_no_such_part():
    assert not {"inversions", "balls"} & parts(work=WORK | {"inverted": None}, search=None).keys()
    none = {"closest": {"images": 0, "jobs": 0}}
    assert "closest images on the boundary" not in parts(work=WORK | none)


def test_trainings_in_latent_space_are_a_part_of_their_own():
    work = WORK | {"latent": {"dimension": 10, "latents": 25e6}}
    found = parts_of(work, replace(RATES, startup=36.0), SEARCH, (10, 1), {"fit_generator": 3000, "encode_a_0": 528})
    assert found[-1] == PartCost("latent space", pytest.approx(1.0), 1.0, 2)
    assert "latent space" not in parts()


def test_an_attack_that_stops_is_cheaper_than_one_that_goes_on():
    def passes(kind, steps=None):
        return run_cost._passes({"kind": kind, "steps": steps}, 10)

    assert passes("pgd-first") < passes("pgd-full") == (40, 40)
    assert passes("deepfool", 10) == pytest.approx((0.11 * 10 * 2, 0.11 * 10 * 9))
    assert passes("noise") == (0, 0)


def test_the_table_that_is_printed():
    rows = [PartCost("views", 1.234, 0.5, 1200), PartCost("balls", None, 0.0, 2, 3.21e9)]
    assert as_text(rows, ["latent"], "Left out.") == (
        "estimate of the long parts  core hours  GB on disk   jobs  GB of memory\n"
        "views                              1.2         0.5  1,200             -\n"
        "balls                                -           0      2           3.2\n"
        "together                           1.2         0.5  1,202              \n"
        "not estimated: latent\n"
        "Left out.\n"
    )


def test_an_image_that_is_too_large_to_invert_is_still_timed():
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 2))
    images = torch.rand(8, 1, 4, 4)
    feature_map = split(network, images[:2])
    assert run_cost._at_a_time(feature_map, images, 1e9) == 16
    assert run_cost._at_a_time(feature_map, images, 1.0) == 1
    assert measure(feature_map, images, 1.0, startup=0.0).forward > 0


def test_rates_are_measured():
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 20), nn.ReLU(), nn.Linear(20, 3)
    )
    images = torch.rand(8, 1, 8, 8)
    rates = measure(split(network, images[:2]), images, 1e9, startup=1.5)
    assert (rates.startup, rates.shape, rates.features, rates.classes) == (1.5, (1, 8, 8), 20, 3)
    assert min(rates.forward, *rates.price.values()) > 0
    # A price is a product of 20 or of 64 numbers.
    assert rates.price["pixel"] < 1e-6
