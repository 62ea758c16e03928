"""A head whose logits are the features: the boundary of classes i and j is x_i = x_j, (x_i - x_j) / √2 away."""

import numpy as np
import pytest

from phiscope import tables
from phiscope.experiments.geometry import locations
from phiscope.experiments.geometry.locations import locate
from phiscope.head import Head

HEAD = Head(np.eye(3), np.zeros(3), "linear", None)
FEATURES = np.array([[3.0, 1.0, 0.0], [0.0, 2.0, 5.0]], np.float32)
SAMPLES = {"sample": np.array([40, 7]), "label": np.array([0, 1])}


def located(features, head, samples, **options):
    """With the pieces of the margins in one."""
    found = locate(features, head, samples, solver="newton", **options)
    pieces = list(found.margins)
    return found._replace(margins={key: np.concatenate([piece[key] for piece in pieces]) for key in pieces[0]})


@pytest.fixture(scope="module")
def location():
    return located(FEATURES, HEAD, SAMPLES)


def test_the_closest_boundary_is_that_of_the_second_largest_logit(location):
    assert location.features["predicted"].tolist() == [0, 2]
    assert location.features["closest_class"].tolist() == [1, 1]
    np.testing.assert_allclose(location.features["margin"], np.array([2, 3]) / np.sqrt(2))
    np.testing.assert_allclose(location.features["logits"], FEATURES)


def test_every_other_class_has_a_row_of_its_sample(location):
    assert location.margins["sample"].tolist() == [40, 40, 7, 7]
    assert location.margins["label"].tolist() == [0, 0, 1, 1]
    assert location.margins["predicted"].tolist() == [0, 0, 2, 2]
    assert location.margins["other_class"].tolist() == [1, 2, 0, 1]
    # On the way to the furthest class the one between stays below, so that nothing but the boundary binds.
    np.testing.assert_allclose(location.margins["margin"], np.array([2, 3, 5, 3]) / np.sqrt(2), rtol=1e-9)
    assert set(location.margins["status"]) == {"solved"}
    assert max(np.abs(location.margins[key]).max() for key in ("primal_residual", "duality_gap")) < 1e-9


def test_a_bound_on_features_makes_the_way_longer():
    """Of (1, 0) the boundary x_0 = x_1 is met at (½, ½); with both at least 0.8 only at (0.8, 0.8)."""
    head = Head(np.eye(2), np.zeros(2), "linear", 0.8)
    features = locate(np.array([[1.0, 0.0]]), head, {}, solver="newton").features
    assert features["margin"].tolist() == pytest.approx([np.hypot(0.2, 0.8)])


def test_columns_are_those_of_the_tables(location, tmp_path):
    names = {"view": "original", "split": "test"}
    for name in ("features", "margins"):
        columns = getattr(location, name)
        columns = columns | tables.constant(names, len(columns["sample"]))
        tables.write(columns, name, tmp_path / f"{name}.parquet", {})
    assert tables.read(tmp_path / "features.parquet")["sample"].tolist() == [40, 7]


@pytest.mark.parametrize("classes", [None, 2])
def test_pieces_hold_every_row_once(monkeypatch, classes):
    """However few rows a piece may have; the samples of a class may be in one piece then."""
    random = np.random.default_rng(0)
    features, head = random.normal(size=(20, 5)).astype(np.float32), Head(np.eye(5), np.zeros(5), "linear", None)
    samples = {"sample": random.permutation(20), "label": np.zeros(20, int)}
    whole = located(features, head, samples, classes=classes).margins
    monkeypatch.setattr(locations, "_ROWS", 12)
    pieces = list(locate(features, head, samples, solver="newton", classes=classes).margins)
    assert len(pieces) == (7 if classes is None else 4)
    parts = {key: np.concatenate([piece[key] for piece in pieces]) for key in whole}
    orders = [np.lexsort((each["other_class"], each["sample"])) for each in (whole, parts)]
    for key in ("sample", "other_class", "rank", "margin", "classes_solved", "others_at_least"):
        np.testing.assert_array_equal(whole[key][orders[0]], parts[key][orders[1]])


def test_no_samples_are_a_piece_without_rows():
    pieces = list(locate(FEATURES[:0], HEAD, {"sample": np.empty(0, int)}, solver="newton").margins)
    assert [len(piece["margin"]) for piece in pieces] == [0]
