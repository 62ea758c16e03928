"""Messages are one line that can be printed, whatever names they speak of."""

import pickle

import pytest

from phiscope.datasets.stamps import ChangedFileError
from phiscope.errors import DataError, PhiscopeError, shown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("weights/best.pt, 3 × 3 μ", "weights/best.pt, 3 × 3 μ"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("a\x1b[2Jb\x00", "a\\x1b[2Jb\\x00"),
        ("cat\u202egnp.exe\u2066", "cat\\u202egnp.exe\\u2066"),
        ("a\u2028b\x85c", "a\\u2028b\\x85c"),
        ("caf\udce9", "caf\\xe9"),
        ("half \ud83d of a character", "half \\ud83d of a character"),
        ("<b>'\"&", "<b>'\"&"),
    ],
)
def test_what_cannot_be_printed_is_written_out(text, wanted):
    assert shown(text) == wanted
    assert str(DataError(text)) == wanted
    assert wanted.isprintable()
    assert shown(wanted) == wanted  # so that a message may quote another


def test_a_sentence_of_a_million_characters_keeps_its_beginning_and_its_end():
    said = str(PhiscopeError(f"where: {'k' * 10**6}; what to do"))
    assert said.startswith("where: kkk")
    assert said.endswith("kkk; what to do")
    assert len(said) < 2100


def test_errors_pass_between_processes():
    again = pickle.loads(pickle.dumps(ChangedFileError("a\nb")))
    assert type(again) is ChangedFileError
    assert str(again) == "a\\nb"
