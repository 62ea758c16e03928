"""Columns: values of the tables at their rows, nothing invented where there is none, whatever the run has."""

import numpy as np
import pandas as pd
import pytest

from phiscope.explorer.columns import NO_VALUE, QUANTITIES, Frames, columns_of, percentiles
from phiscope.explorer.frames import _with_source
from phiscope.explorer.listed import as_listed, contradicted
from phiscope.explorer.questions import questions_of
from phiscope.tables.schemas import SCHEMAS

CLASSES = ("ant", "bee", "<b>")


@pytest.fixture
def rows():
    """Three samples as they are, two of them under an attack."""
    return pd.DataFrame(
        {
            "view": ["original"] * 3 + ["pgd"] * 2,
            "split": "test",
            "sample": [4, 7, 9, 4, 9],
            "label": [0, -1, 2, 0, 2],
            "predicted": [0, 1, 1, 1, 2],
            "margin": [2.0, 0.5, np.inf, 0.1, 0.2],
            "closest_class": [1, 0, -1, 0, 1],
            "margin_noise": 1e-6,
            "confidence": [0.99, 0.5, 0.995, 0.6, 0.7],
            "file": ["a.png", None, "c.png", "a.png", "c.png"],
        }
    )


def hulls(samples, view="original", **more):
    return pd.DataFrame(
        {
            "view": view, "sample": samples, "distance": [1.0 + k for k in range(len(samples))], "distance_lower": 0.9,
            "noise": 1e-6, "position": "outside", "support_size": 2, "duality_gap": 1e-9, "status": "converged",
            "projected_class": np.nan,
        }
        | more
    )  # fmt: skip


def by_name(columns):
    return {column.name: column for column in columns}


def test_values_stand_at_their_rows(rows):
    own = by_name(columns_of(Frames(rows, {"hulls:feature": hulls([9, 4])}), CLASSES))
    assert np.array_equal(own["hull_distance"].values, [2, np.nan, 1, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(own["ambiguity"].values, [0, np.nan, np.inf, np.nan, np.nan], equal_nan=True)
    assert own["outcome"].values.tolist() == [0, NO_VALUE, 1, 1, 0]
    assert own["closest_class"].values.tolist() == [1, 0, NO_VALUE, 0, 1]
    assert own["closest_class"].categories == CLASSES
    assert own["file"].values == ["a.png", None, "c.png", "a.png", "c.png"]
    assert "hull_projected_class" not in own  # it says nothing


def test_units_and_descriptions_are_those_of_the_schemas(rows):
    own = by_name(columns_of(Frames(rows, {"hulls:feature": hulls([4]), "hulls:pixel": hulls([4])}), CLASSES))
    assert own["margin"].unit == own["hull_distance"].unit == "distance in feature space"
    assert own["pixel_hull_distance"].unit == "distance in pixel space"
    assert own["margin"].description.startswith("distance to the closest decision boundary")
    for quantity in QUANTITIES:
        assert quantity.field in SCHEMAS[quantity.table.partition(":")[0]].names


def test_a_run_with_nothing_but_features_has_its_columns(rows):
    own = by_name(columns_of(Frames(rows), CLASSES))
    assert {"sample", "view", "label", "predicted", "outcome", "confidence", "margin"} <= set(own)
    assert not [name for name in own if "hull" in name or "attack" in name]


def test_without_labels_nothing_is_right_or_wrong(rows):
    own = by_name(columns_of(Frames(rows.assign(label=-1)), CLASSES))
    assert "label" not in own
    assert set(own["outcome"].values) == {NO_VALUE}
    assert "errors" not in {question.key for question in questions_of(list(own.values()))}


def test_columns_of_the_data_set_become_numbers_categories_and_texts(rows):
    many = pd.DataFrame(
        {
            "age": [1.5, None, 3, 1.5, 3],
            "flag": [True, False, True, True, True],
            "place": ["x", None, "y", "x", "y"],
            "note": [f"note {k}" for k in range(5)],
        }
    )
    own = by_name(columns_of(Frames(rows, own=many), CLASSES))
    assert own["data_age"].kind == "number"
    assert (own["data_flag"].kind, own["data_flag"].categories) == ("category", ("no", "yes"))
    assert (own["data_place"].values.tolist(), list(own["data_place"].categories)) == ([0, -1, 1, 0, 1], ["x", "y"])
    long = pd.concat([rows] * 20, ignore_index=True).assign(sample=range(100), view="original")
    texts = pd.DataFrame({"note": [f"note {k}" for k in range(100)]})
    assert by_name(columns_of(Frames(long, own=texts), CLASSES))["data_note"].kind == "text"


def test_percentiles_are_of_the_samples_as_they_are(rows):
    scores = np.array([1.0, 2.0, 3.0, 2.5, np.nan])
    assert np.array_equal(percentiles(scores, rows), [100 / 6, 50, 500 / 6, 200 / 3, np.nan], equal_nan=True)


def test_an_infinite_score_is_a_score(rows):
    """As of a sample whose predicted class has no training sample, or that has no boundary."""
    scores = np.array([1.0, np.inf, np.inf, -np.inf, 2.0])
    assert percentiles(scores, rows).tolist() == [100 / 6, 200 / 3, 200 / 3, 0, 100 / 3]


@pytest.mark.parametrize("name", ["origin", " origin", "view", "dataset_of_mine"])
def test_a_data_set_may_name_its_columns_as_it_likes(rows, name):
    listed = pd.DataFrame({"dataset": None, "split": "test", "sample": [4, 7, 9], "file": ["a", "b", "c"]})
    own = rows.drop(columns="file")
    found, columns = _with_source(own, listed.assign(**{name: ["x", "y", "z"]}), dict.fromkeys(own["view"], "original"))
    assert list(columns) == [name]
    assert columns[name].tolist() == ["x", "y", "z", "x", "z"]
    assert found["file"].tolist() == ["a", "b", "c", "a", "c"]


def test_questions_list_who_they_ask_for(rows):
    attacks = pd.DataFrame({"view": "pgd", "sample": [4, 9], "success": [True, False], "success_8bit": [True, False]})
    attacks = attacks.assign(predicted_before=[0, 2], lead=0.1, l2=1.0, linf=0.1, iterations=3)
    scores = {"msp": rows[["view", "sample"]].assign(score=[3.0, 2.0, 1.0, 1.5, 9.0])}
    support = pd.DataFrame({"view": "original", "sample": [4, 7, 9], "same_weight": [0.2, 0.9, 0.1]})
    double = {"view": "original", "sample": 7, "train_sample": 70, "kind": "near", "pixel_rms": 0.1}
    doubles = pd.DataFrame([double])
    frames = Frames(
        rows,
        {"hulls:feature": hulls([4, 7, 9]), "attacks": attacks, "support:feature": support, "duplicates": doubles},
        scores,
    )
    columns = columns_of(frames, CLASSES)
    asked = {question.key: question.rows.tolist() for question in questions_of(columns)}
    assert asked == {
        "errors": [2],
        "ambiguous": [1, 0],  # an infinite margin is not ambiguous
        "outside": [2],
        "suspects": [2, 0],
        "unseen": [3],
        "duplicates": [1],
    }
    assert by_name(columns)["duplicate_of"].values.tolist() == [-1, 70, -1, -1, -1]


def test_the_page_lists_what_the_run_lists(rows):
    questions = questions_of(columns_of(Frames(rows, {"hulls:feature": hulls([4, 7, 9])}), CLASSES))
    inspect = pd.DataFrame(
        {"reason": ["error", "ambiguous", "error"], "rank": [2, 1, 1], "sample": [9, 4, 4], "why": ["b", "c", "a"]}
    )
    answered = {question.key: question for question in as_listed(questions, rows, inspect)}
    assert (answered["errors"].rows.tolist(), answered["errors"].whys) == ([0, 2], ("a", "b"))
    assert (answered["ambiguous"].rows.tolist(), answered["ambiguous"].whys) == ([0], ("c",))
    assert answered["outside"].rows.tolist() == []
    assert as_listed(questions, rows, None) == questions


def test_what_another_solver_contradicts_is_a_question(rows):
    told = {"view": ["original", "pgd", "pgd", "original"], "sample": [7, 9, 9, 4], "split": ["test"] * 3 + ["train"]}
    found = pd.DataFrame(told | {"outcome": ["agrees", "disagrees", "disagrees", "disagrees"]})
    (question,) = contradicted(rows, found, "test")
    assert question.rows.tolist() == [4]
    assert contradicted(rows, found.assign(outcome="agrees"), "test") == []
    assert contradicted(rows, None, "test") == []
