"""Averages converge as they must, orthogonal ones need no order, and what is short is said."""

import numpy as np
import pytest

from phiscope.experiments.latent.numbers import TrainingLatents, bases_of, convergence_rows, entry_rows
from phiscope.latent.sets import LatentSets
from tests.experiments.latent import toy


@pytest.fixture(scope="module")
def made():
    z, labels = toy.latents(100)
    drawn_z, drawn_labels = toy.latents(50, seed=2)
    drawn = LatentSets(drawn_z, drawn_labels, np.full(len(drawn_z), 2), ((3, 2, 40),))
    return bases_of(TrainingLatents(z, labels, labels), drawn, size=50, classes=4, seed=0)


def test_every_basis_names_the_labels_whatever_their_order(made):
    bases, numbers = made
    assert set(bases.by_name) == {"gram-schmidt", "gram-schmidt-random", "lowdin", "lowdin-unit"}
    order = numbers[numbers["quantity"] == "order"]
    assert (order["value"] == 1).all()
    assert order.groupby("kind").size().eq(20).all()


def test_orthogonal_averages_are_well_conditioned(made):
    condition = made[1][made[1]["quantity"] == "condition"].set_index("x")["value"]
    assert condition.loc[1.0] == 1
    assert condition.loc[4.0] < 1.2
    orthogonality = made[1][made[1]["quantity"] == "orthogonality"]["value"]
    assert orthogonality.max() < 1e-12


def test_what_is_short_is_said(made):
    short = made[1][made[1]["quantity"] == "short"]
    assert short[["kind", "x", "value"]].to_numpy().tolist() == [["set 2", 3.0, 40]]


def test_entries_of_normal_latents_are_normal_and_a_shift_is_seen():
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(2), 2000)
    z = random.normal(size=(4000, 6)) * 2 + np.array([0.0, 1.0])[labels, None]
    sets = LatentSets(z, labels, np.full(4000, 2), ())
    rows = {(row["quantity"], row["x"]): row["value"] for row in entry_rows(sets)}
    assert rows["entry_mean_error", 0.0] == pytest.approx(2 / np.sqrt(2000 * 6), rel=0.1)
    assert abs(rows["entry_mean", 0.0]) < 4 * rows["entry_mean_error", 0.0]
    assert rows["entry_mean", 1.0] == pytest.approx(1, abs=0.1)
    assert rows["entry_deviation", 1.0] == pytest.approx(2, rel=0.05)
    assert rows["entry_kurtosis", 0.0] == pytest.approx(0, abs=0.2)


def test_entries_that_go_together_have_the_error_of_one():
    """Six copies of one number per latent are worth one, not six."""
    z = np.tile(np.random.default_rng(0).normal(size=(2000, 1)), 6)
    sets = LatentSets(z, np.zeros(2000, int), np.ones(2000, int), ())
    rows = {row["quantity"]: row["value"] for row in entry_rows(sets)}
    assert rows["entry_mean_error"] == pytest.approx(1 / np.sqrt(2000), rel=0.1)


def test_halves_of_independent_latents_differ_as_one_over_the_root_of_their_number():
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 5000)
    sets = LatentSets(random.normal(size=(20000, 6)), labels, np.full(20000, 2), ())
    rows = {(row["quantity"], row["x"]): row["value"] for row in convergence_rows(sets, 4)}
    for size in (25.0, 100.0, 1000.0):
        assert rows["convergence_average", size] == pytest.approx(np.sqrt(2 / size), rel=0.35)
        assert rows["convergence_expected", size] == pytest.approx(np.sqrt(2 / size), rel=0.1)
