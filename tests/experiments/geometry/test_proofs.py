"""A true table is confirmed, and whatever is falsified in it shows in the number that speaks of it."""

import numpy as np
import pandas as pd
import pytest

from phiscope import tables
from phiscope.experiments.geometry.proofs import Points, proof, proofs
from phiscope.experiments.geometry.slopes import slopes
from phiscope.geometry import hull
from phiscope.head import Head

SQUARE = Points(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), np.array([10, 11, 12, 13]))
QUERIES = Points(np.array([[2.0, 0.5], [0.5, 3.0], [0.5, 0.5]]), np.array([5, 6, 7]))


@pytest.fixture
def rows():
    projection = hull.project(QUERIES.vectors, SQUARE.vectors)
    frame = pd.DataFrame(tables.hull_columns(projection, SQUARE.samples, "feature"))
    return frame.assign(view="original", split="test", sample=QUERIES.samples)


def test_true_projections_are_confirmed(rows):
    row = proof(rows, QUERIES, SQUARE)
    assert (row["n"], row["touching"]) == (3, 1)  # the third lies inside the square
    assert max(row["relative_gap"], row["distance_error"], row["weight_error"]) < 1e-9


def test_the_order_of_the_points_does_not_matter(rows):
    turned = Points(QUERIES.vectors[::-1], QUERIES.samples[::-1])
    assert proof(rows, turned, SQUARE)["distance_error"] < 1e-9


def test_a_distance_that_is_not_that_of_its_support_shows(rows):
    rows.loc[0, "distance"] *= 1.1
    assert proof(rows, QUERIES, SQUARE)["distance_error"] > 0.01


def test_coefficients_that_do_not_sum_to_one_show(rows):
    rows.at[1, "support_weight"] = rows["support_weight"][1] * 1.01
    assert proof(rows, QUERIES, SQUARE)["weight_error"] == pytest.approx(0.01, rel=1e-6)


def test_a_point_that_is_not_the_nearest_shows_in_the_gap(rows):
    first = rows.iloc[:1].copy()
    first["support_index"], first["support_weight"] = [np.array([11])], [np.array([1.0])]
    first["distance"] = np.hypot(1, 0.5)  # to the corner; (1, 0.5) is nearer
    assert proof(first, QUERIES, SQUARE)["relative_gap"] > 0.1


def test_every_view_and_space_is_looked_at_and_no_more_than_asked(rows):
    pixel = rows.assign(space="pixel")
    noise = rows.assign(view="noise")
    processed = rows.assign(view="noise", hull_of="noise")
    frame = proofs(
        pd.concat([rows, noise, pixel]), processed, {"original": lambda: QUERIES, "noise": lambda: QUERIES},
        lambda: SQUARE, {"noise": lambda: SQUARE}, (lambda: QUERIES, lambda: SQUARE), 2,
    )  # fmt: skip
    assert frame[["view", "space", "n"]].to_numpy().tolist() == [
        ["original", "feature", 2],
        ["noise", "feature", 2],
        ["noise, hull of noise", "feature", 2],
        ["original", "pixel", 2],
    ]


def test_hulls_of_classes_are_looked_at_each_by_itself(rows):
    """Two classes span the upper and the lower side of the square; one row too many would have another support."""
    known = SQUARE._replace(labels=np.array([0, 0, 1, 1]))
    parts = []
    for label in (0, 1):
        members = known.labels == label
        projection = hull.project(QUERIES.vectors, known.vectors[members])
        part = pd.DataFrame(tables.hull_columns(projection, known.samples[members], "feature"))
        parts.append(part.assign(view="original", split="test", sample=QUERIES.samples, hull_class=label))
    classes = pd.concat(parts).sort_values(["sample", "hull_class"], ignore_index=True)

    def seen(classes):
        pixels = (lambda: QUERIES, lambda: SQUARE)
        return proofs(rows, None, {"original": lambda: QUERIES}, lambda: known, {}, pixels, 4, classes).iloc[-1]

    row = seen(classes)
    assert (row["view"], row["space"], row["n"]) == ("original, hulls of classes", "feature", 4)
    assert max(row["relative_gap"], row["distance_error"], row["weight_error"]) < 1e-9
    classes.loc[3, "distance"] *= 2  # of the second sample
    assert seen(classes)["distance_error"] > 0.1
    assert len(proofs(rows, None, {"original": lambda: QUERIES}, lambda: known, {}, (None, None), 4, classes[:0])) == 1


def test_slopes_of_a_known_head():
    head = Head(np.diag([3.0, 1.0]), np.zeros(2), "linear", None)
    test, train = np.array([[0.0, 0.0], [0.0, 9.0]]), np.array([[1.0, 0.0], [0.0, 5.0]])
    row = slopes(head, test, train, seed=0).iloc[0]
    assert row["constant"] == pytest.approx(3)
    assert row["largest_ratio"] == pytest.approx(3)  # from the first test sample along the first axis
    assert (row["from_samples"], row["of_samples"]) == (2, 2)


def test_slopes_of_too_many_pairs_are_those_of_drawn_samples():
    head, train = Head(np.diag([3.0, 1.0]), np.zeros(2), "linear", None), np.array([[1.0, 0.0]])
    test = np.array([[0.0, 0.0], *([[1.0, 8.0]] * 7)])  # one of eight sees the steepest pair
    rows = [slopes(head, test, train, seed=seed, most=9).iloc[0] for seed in range(40)]
    assert {(row["from_samples"], row["of_samples"]) for row in rows} == {(1, 8)}
    steepest = sum(row["largest_ratio"] == pytest.approx(3) for row in rows)
    assert 1 <= steepest <= 15
    assert slopes(head, test, train, seed=0, most=9).equals(
        rows[0].to_frame().T.astype(slopes(head, test, train, seed=0).dtypes)
    )
