"""What another solver says, in a table for the page and in a sentence for the last job."""

import pandas as pd
import pytest

from phiscope import stats, tables


@pytest.fixture
def rows():
    """Three margins, one of them without an answer, and two projections; as the table has them, the largest first."""
    about = {
        "view": "noise",
        "split": "test",
        "solver": "piqp",
        "ours_error": 0.0,
        "theirs_error": 0.0,
        "hull_class": None,
    }
    frame = pd.DataFrame(
        [
            ("hull", 3, "feature", None, None, 2.0, 2.5, -0.5, 1.0, 0.25, "agrees"),
            ("margin", 7, "feature", None, 4, 1.5, 1.5, 1e-9, 2e-9, 1e-10, "agrees"),
            ("margin", 7, "feature", None, 5, float("inf"), float("inf"), 0.0, 1e-12, 0.0, "agrees"),
            ("hull", 3, "pixel", "blur", None, 2.0, 2.0, 0.0, 1e-12, 0.0, "agrees"),
            ("margin", 7, "feature", None, 6, 1.0, None, None, None, None, "theirs_failed"),
        ],
        columns=[
            *("problem", "sample", "space", "hull_of", "other_class", "ours", "theirs", "difference", "tolerance"),
            *("relative_difference", "outcome"),
        ],
    )  # fmt: skip
    return frame.assign(**about)


def contradicted(rows, place):
    rows.loc[place, "outcome"] = "disagrees"
    return pd.concat([rows.loc[[place]], rows.drop(place)], ignore_index=True)


def test_what_agrees(rows):
    opinion = stats.second_opinion(rows)
    assert (opinion.compared, opinion.contradicted) == (4, 0)
    assert opinion.sentence == (
        "2 margins and 2 projections onto hulls, solved once more by piqp: none contradicts its certificate"
    )
    table = opinion.rows.set_index("problem")
    assert table.index.tolist() == [
        "projections onto hulls in feature space", "margins", "projections onto hulls in pixel space",
    ]  # fmt: skip
    assert table["solved"].tolist() == [1, 2, 1]
    assert table["no_answer"].tolist() == [0, 1, 0]
    assert table.loc["margins", "largest"] == 1e-10
    assert table.loc["margins", "allowed"] == pytest.approx(2e-10)
    assert table.loc["margins", "where"] == "margin of test sample 7 of noise to class 4"


def test_the_largest_contradiction_is_named(rows):
    opinion = stats.second_opinion(contradicted(rows, 1))
    assert (opinion.compared, opinion.contradicted) == (4, 1)
    assert opinion.sentence == (
        "of 2 margins and 2 projections onto hulls, solved once more by piqp, 1 contradicts its certificate; the "
        "largest: margin of test sample 7 of noise to class 4, 1.5 by ours and 1.5 by piqp, 1.0e−09 apart where their "
        "certificates allow 2.0e−09; one of the solvers is wrong, and distances of this kind are not to be trusted "
        "before that is explained"
    )
    hull = stats.second_opinion(contradicted(rows, 3)).sentence
    assert "distance of test sample 3 of noise from the hull in pixel space, hull of blur" in hull


def test_hulls_of_classes_are_a_kind_of_their_own(rows):
    of_class = rows.loc[[0]].assign(hull_class=6)
    opinion = stats.second_opinion(pd.concat([rows, of_class], ignore_index=True))
    table = opinion.rows.set_index("problem")
    assert table.loc["projections onto hulls of classes in feature space", "solved"] == 1
    where = table.loc["projections onto hulls of classes in feature space", "where"]
    assert where == "distance of test sample 3 of noise from the hull in feature space, hull of class 6"
    assert table.loc["projections onto hulls in feature space", "solved"] == 1


def test_where_nothing_was_asked(rows):
    opinion = stats.second_opinion(rows.iloc[:0])
    assert (opinion.compared, opinion.contradicted, len(opinion.rows)) == (0, 0, 0)
    assert opinion.sentence == "no problem was solved once more by another solver"


def test_a_kind_that_the_other_solver_never_solved(rows):
    opinion = stats.second_opinion(rows[rows["outcome"] == "theirs_failed"])
    assert opinion.rows["no_answer"].tolist() == [1]
    assert opinion.compared == 0


def test_the_table_holds_what_is_asked_of_it(rows, tmp_path):
    tables.write(rows, "disagreements", tmp_path / "d.parquet", {})
    again = tables.read(tmp_path / "d.parquet")
    assert stats.second_opinion(again).sentence == stats.second_opinion(rows).sentence
