"""A look as people read it, and as it is kept."""

import json
from dataclasses import replace

import pytest

from phiscope.experiments.models.in_words import doubts, duration, heading, lines, rows, sentences
from phiscope.experiments.models.record import BetterReading, Check, Order
from tests.experiments.models.seen import check


@pytest.mark.parametrize(
    "seen",
    [
        check(),
        check(accuracy=None, outputs=None),
        check(order=Order((1, 0, 2), 0.9, "another order"), doubts=("it is wrong", "it is late"), stated=0.9),
        check(reading=BetterReading("upside down", "turn them", 100, 0.9, 0.1), training=("network.drop",)),
    ],
)
def test_what_is_written_is_read(tmp_path, seen):
    seen.write(tmp_path / "check.json")
    assert Check.read(tmp_path / "check.json") == seen


def test_outputs_stand_beside_their_classes(tmp_path):
    check().write(tmp_path / "check.json")
    kept = json.loads((tmp_path / "check.json").read_text())
    assert kept["outputs"][1] == {"output": 1, "class": "bee", "images": 90, "answers": 80, "right": 80}
    assert kept["accuracy"]["share"] == 0.9
    check(order=Order((1, 2, 0), 0.9, "another order")).write(tmp_path / "check.json")
    assert json.loads((tmp_path / "check.json").read_text())["order"]["columns"] == [2, 0, 1]
    check(accuracy=None, outputs=None).write(tmp_path / "check.json")
    assert json.loads((tmp_path / "check.json").read_text())["outputs"][1] == {"output": 1, "class": "bee"}


def test_sentences_say_what_was_seen():
    said = " ".join(sentences(check(stated=0.917)))
    for words in (
        "Images are 3x8x8, stored as 8-bit integers from 0 to 255: pixels from 0 to 1 in [0, 1], −2 to 2 after",
        "300 test and 3,000 training images of 3 classes",
        "the linear layer 'network.fc', found somehow: 16 features, none of which can be negative, to 3 outputs",
        "features move by 0 of their length between two passes, 1e-07 between batches of 32 and 16, and 2e-07",
        "right on 90.0 % of 300 test images; always answering the most frequent class is right on 40.0 %",
        "its file states 91.7 %",
        "An image takes 2 ms, one pass of all 3,300 images 7 s.",
    ):
        assert words in said
    affine = replace(check().head, form="affine map", returns="softmax", non_negative=False)
    assert "an affine map of what flows into 'network.fc' before a softmax" in " ".join(sentences(check(head=affine)))
    assert "right on" not in " ".join(sentences(check(accuracy=None)))
    names = tuple(f"n{k}" for k in range(76))
    assert "fewer than 4 images of a class do not tell" in " ".join(sentences(check(classes=names, outputs=None)))
    assert "do not tell" not in said
    still = replace(check().passes, halves=0.0, alone=0.0)
    assert "features do not move at all" in " ".join(sentences(check(passes=still)))


def test_the_table_of_outputs():
    assert heading(check()) == ("output", "class", "images", "answers", "right")
    assert rows(check()) == ("", [("0", "ant", "120", "150", "118"), ("1", "bee", "90", "80", "80"),
                                  ("2", "cow", "90", "70", "72")])  # fmt: skip
    assert rows(check(outputs=None))[1][2] == ("2", "cow")
    many = check(classes=tuple(f"n{k}" for k in range(1000)), outputs=((2, 2, 2),) * 990 + ((2, 0, 0),) * 10)
    title, table = rows(many)
    assert title == "20 of 1000 outputs, those whose class is missed most"
    assert len(table) == 20
    assert {row[0] for row in table} >= set(map(str, range(990, 1000)))


def test_lines_fit_a_terminal():
    seen = check(doubts=("something is wrong, " * 10 + "on 50 % of the images",), stated=0.5)
    printed = [*lines(seen), *doubts(seen)]
    assert max(map(len, printed)) <= 110
    assert not any(line.strip().startswith("%") for line in printed)
    assert "Doubtful: something is wrong" in "\n".join(printed)
    assert doubts(check()) == ["Nothing here is to doubt."]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "less than a second"), (12, "12 s"), (240, "4 min"), (12600, "3.5 h")]
)
def test_durations(seconds, words):
    assert duration(seconds) == words
