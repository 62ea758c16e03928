"""True tables agree with another solver, and whatever is falsified in them is contradicted."""

import numpy as np
import pandas as pd
import pytest

from phiscope import tables
from phiscope.experiments.geometry import disagreements as made
from phiscope.experiments.geometry import stored as kept
from phiscope.experiments.geometry.disagreements import (
    Asking,
    Hull,
    compared,
    disagreements,
    drawn,
    hulls_of_classes,
)
from phiscope.experiments.geometry.locations import locate
from phiscope.experiments.geometry.stored import Stored
from phiscope.geometry import hull
from phiscope.head import Head

ASKED = Asking("piqp", samples=6, projections=5, seed=0)
N, F, CLASSES = 12, 5, 4


@pytest.fixture
def features():
    return np.abs(np.random.default_rng(0).normal(size=(N, F))).astype(np.float32)


@pytest.fixture
def head():
    random = np.random.default_rng(1)
    return Head(random.normal(size=(F, CLASSES)), random.normal(size=CLASSES), "linear", 0.0)


@pytest.fixture
def located(features):
    return {("original", "test"): lambda samples: features[samples.to_numpy() - 100]}


def margins_of(features, head, samples):
    pieces = locate(features, head, samples, solver="newton").margins
    return pd.concat(map(pd.DataFrame, pieces)).assign(view="original", split="test")


@pytest.fixture
def margins(features, head):
    numbers = np.arange(100, 100 + N)
    return margins_of(features, head, {"sample": numbers, "label": np.zeros(N, int)})


@pytest.fixture
def vertices():
    return Stored(np.random.default_rng(2).normal(size=(200, F)).astype(np.float32), np.arange(500, 700))


@pytest.fixture
def hulls(features, vertices):
    projection = hull.project(3 * features, vertices.vectors)
    rows = pd.DataFrame(tables.hull_columns(projection, vertices.samples, "feature"))
    return rows.assign(view="original", split="test", sample=np.arange(100, 100 + N))


def found(margins, located, head, hulls, vertices, features):
    points = {"original": lambda samples: 3 * features[samples.to_numpy() - 100]}
    return disagreements(margins, located, head, [Hull(hulls, points, lambda: vertices)], ASKED)


def worst(rows, problem):
    """The rows of a kind, and whether one of them is contradicted and stands first."""
    assert rows["outcome"].iloc[0] == "disagrees"
    assert rows["problem"].iloc[0] == problem
    return rows.iloc[0]


def test_true_tables_agree(margins, located, head, hulls, vertices, features):
    rows = found(margins, located, head, hulls, vertices, features)
    assert rows.groupby("problem").size().to_dict() == {"margin": 6 * (CLASSES - 1), "hull": 5}
    assert set(rows["outcome"]) == {"agrees"}
    assert rows["relative_difference"].max() < 1e-11
    assert rows["relative_difference"].is_monotonic_decreasing
    known = rows[np.isfinite(rows["ours"])]
    assert (known["difference"] == known["ours"] - known["theirs"]).all()
    assert (known["tolerance"] < 1e-8 * known["ours"]).all()


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 - 1e-6, 3.0])
def test_a_margin_that_is_not_true_is_contradicted(margins, located, head, hulls, vertices, features, factor):
    margins["margin"] *= np.where(margins["other_class"] == 1, factor, 1.0)
    rows = found(margins, located, head, hulls, vertices, features)
    assert worst(rows, "margin")["ours"] / worst(rows, "margin")["theirs"] == pytest.approx(factor, rel=1e-9)
    finite = np.isfinite(rows["ours"])
    assert ((rows["outcome"] == "disagrees") == ((rows["other_class"] == 1) & finite)).all()


def test_a_flip_point_that_is_denied_is_contradicted(margins, located, head, hulls, vertices, features):
    assert (margins["status"] == "solved").any()
    margins["status"] = "infeasible"
    margins["margin"] = np.nan
    row = worst(found(margins, located, head, hulls, vertices, features), "margin")
    assert (row["ours"], row["difference"]) == (np.inf, np.inf)


def test_a_flip_point_that_is_not_there_is_contradicted(features):
    """Class 2 is always one ahead of where the other two meet."""
    head = Head(np.repeat([[2.0, 1.0, 1.0]], F, axis=0), np.array([0.0, 1.0, 2.0]), "linear", 0.0)
    x = 2 + features[:1]
    who = {"sample": np.arange(1), "label": np.zeros(1, int)}
    rows = margins_of(x, head, who)
    located = {("original", "test"): lambda samples: x[samples.to_numpy()]}
    true = disagreements(rows, located, head, [], ASKED)
    assert true["outcome"].tolist() == ["agrees"] * 2
    assert sorted(np.isinf(true["ours"])) == [False, True]
    invented = {"status": "solved", "margin": 1.0, "primal_residual": 0.0, "dual_residual": 0.0, "duality_gap": 0.0}
    false = disagreements(rows.assign(**invented), located, head, [], ASKED)
    assert set(false["outcome"]) == {"disagrees"}


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 - 1e-6, 0.0])
def test_a_distance_that_is_not_true_is_contradicted(margins, located, head, hulls, vertices, features, factor):
    hulls["distance"] *= factor
    hulls["distance_lower"] *= factor
    rows = found(margins, located, head, hulls, vertices, features)
    assert worst(rows, "hull")["ours"] == pytest.approx(factor * worst(rows, "hull")["theirs"], rel=1e-9)
    assert (rows.loc[rows["problem"] == "hull", "outcome"] == "disagrees").all()


def test_a_point_that_is_not_the_nearest_is_contradicted(margins, located, head, hulls, vertices, features):
    """Another vertex as the whole support, with the distance to it: true of the point, false of the hull."""
    away = np.linalg.norm(3 * features[:, None].astype(float) - vertices.vectors[:3], axis=2)
    hulls["support_index"] = [np.array([500])] * N
    hulls["support_weight"] = [np.array([1.0])] * N
    hulls["distance"] = hulls["distance_lower"] = away[:, 0]
    rows = found(margins, located, head, hulls, vertices, features)
    assert (rows.loc[rows["problem"] == "hull", "outcome"] == "disagrees").all()
    assert (rows.loc[rows["problem"] == "hull", "difference"] > 0.1).all()


def test_hulls_of_classes_are_asked_for_from_all_classes_alike(margins, located, head, vertices, features):
    points, labels = {"original": lambda samples: 3 * features[samples.to_numpy() - 100]}, np.arange(200) % 3
    parts = []
    for label in range(3):
        own = vertices.only(labels == label)
        projection = hull.project(3 * features, own.vectors)
        parts.append(pd.DataFrame(tables.hull_columns(projection, own.samples, "feature")).assign(hull_class=label))
        parts[-1] = parts[-1].assign(view="original", split="test", sample=np.arange(100, 100 + N))
    rows = pd.concat(parts, ignore_index=True)
    hulls = hulls_of_classes(rows, points, vertices, labels, ASKED)
    again = disagreements(margins.iloc[:0], located, head, hulls, ASKED)
    assert sorted(again["hull_class"].value_counts()) == [1, 2, 2]
    assert set(again["outcome"]) == {"agrees"}
    rows.loc[rows["hull_class"] == 1, ["distance", "distance_lower"]] *= 0.99  # one class is told closer than it is
    again = disagreements(
        margins.iloc[:0], located, head, hulls_of_classes(rows, points, vertices, labels, ASKED), ASKED
    )
    assert set(again.loc[again["outcome"] == "disagrees", "hull_class"]) == {1}


def test_where_one_has_no_answer_nothing_is_contradicted(margins, located, head, monkeypatch):
    margins["status"] = "failed"
    assert set(disagreements(margins, located, head, [], ASKED)["outcome"]) == {"ours_failed"}
    margins["status"], margins["margin"] = "solved", margins["margin"].fillna(1.0)
    monkeypatch.setattr(made.their_margins, "minimum", lambda *problem, **options: None)
    rows = disagreements(margins, located, head, [], ASKED)
    assert set(rows["outcome"]) == {"theirs_failed"}
    assert rows["theirs"].isna().all()


def test_nothing_is_asked_where_nothing_is_wanted_or_there(margins, located, head, hulls, vertices):
    for rows in (
        disagreements(margins, located, head, [], ASKED._replace(samples=0)),
        disagreements(margins.iloc[:0], {}, head, [Hull(hulls.iloc[:0], {}, lambda: vertices)], ASKED),
    ):
        assert len(rows) == 0
        assert "outcome" in rows


def test_classes_of_one_weight_have_no_boundary_to_ask_for(margins, located, head):
    margins["status"] = "degenerate_pair"
    assert len(disagreements(margins, located, head, [], ASKED)) == 0


def test_many_classes_are_asked_for_as_far_as_operations_go(margins, located, head, monkeypatch):
    monkeypatch.setattr(made, "MOST_OPERATIONS", 5 * made.their_margins.operations(F, CLASSES) + 1)
    assert len(disagreements(margins, located, head, [], ASKED)) == 5


def test_every_view_has_as_many_as_the_others():
    rows = pd.DataFrame({"view": ["a"] * 100 + ["b"] * 3 + ["c"] * 50, "sample": range(153)})
    counts = drawn(rows, 33, ["view"], np.random.default_rng(0))["view"].value_counts()
    assert counts.to_dict() == {"a": 15, "c": 15, "b": 3}
    assert not drawn(rows, 33, ["view"], np.random.default_rng(0)).equals(
        drawn(rows, 33, ["view"], np.random.default_rng(1))
    )


@pytest.mark.parametrize(
    ("ours", "error", "lower", "upper", "outcome", "difference"),
    [
        (1.0, 0.0, 1.0, 1.0, "agrees", 0.0),
        (1.0, 1e-7, 1.0 + 1e-8, 1.0 + 2e-8, "agrees", -2e-8),
        (1.0, 0.0, 0.9, 2.0, "theirs_failed", np.nan),
        (3.0, 0.5, 0.9, 2.0, "disagrees", 1.0),  # theirs proves little, but that ours is too far
        (0.5, 0.0, 0.9, 2.0, "disagrees", -0.4),
        (0.5, 0.0, 0.9, np.inf, "disagrees", -0.4),
        (1.0, 0.0, 0.9, np.inf, "theirs_failed", np.nan),
        (np.inf, 0.0, np.inf, np.inf, "agrees", 0.0),
        (np.inf, 0.0, 0.9, np.inf, "theirs_failed", np.nan),
        (np.inf, 0.0, 1.0, 1.0, "disagrees", np.inf),
        (np.nan, 0.0, 1.0, 1.0, "ours_failed", np.nan),
    ],
)
def test_how_two_distances_are_compared(ours, error, lower, upper, outcome, difference):
    row = compared(ours, error, lower, upper, 1.0, 1e-15)
    assert row["outcome"] == outcome
    assert row["difference"] == pytest.approx(difference, nan_ok=True)


def test_pixels_of_eight_bits_are_read_in_parts(monkeypatch):
    monkeypatch.setattr(kept, "_CELLS", 7)
    images = np.arange(40, dtype=np.uint8).reshape(10, 1, 2, 2)
    stored = Stored(images, np.arange(10))
    parts = list(stored.blocks())
    assert [first for first, _ in parts] == list(range(10))
    expected = (images.reshape(10, 4) / np.float32(255)).astype(np.float64)
    assert (np.concatenate([block for _, block in parts]) == expected).all()
    assert (stored.rows(np.array([3, 1])) == expected[[3, 1]]).all()
    assert stored.places([9, 77]).tolist() == [9, -1]
