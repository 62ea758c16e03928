"""Averages converge as they must, orthogonal ones need no order, and what is short is said."""

import numpy as np
import pytest

from phiscope.experiments.latent.numbers import TrainingLatents, bases_of, convergence_rows
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


def test_halves_of_independent_latents_differ_as_one_over_the_root_of_their_number():
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 5000)
    sets = LatentSets(random.normal(size=(20000, 6)), labels, np.full(20000, 2), ())
    rows = {(row["quantity"], row["x"]): row["value"] for row in convergence_rows(sets, 4)}
    for size in (25.0, 100.0, 1000.0):
        assert rows["convergence_average", size] == pytest.approx(np.sqrt(2 / size), rel=0.35)
        assert rows["convergence_expected", size] == pytest.approx(np.sqrt(2 / size), rel=0.1)
