import pytest

from phiscope.errors import DataError
from phiscope.workflow.job import job


def test_output_goes_to_the_terminal_and_the_log(tmp_path, capsys):
    with job(tmp_path / "logs/a.log"):
        print("one line")
    assert (tmp_path / "logs/a.log").read_text() == "one line\n"
    assert capsys.readouterr().out == "one line\n"


def test_an_error_for_the_user_is_its_sentence_alone(tmp_path):
    with pytest.raises(SystemExit, match="^phiscope: file x: expected y$"), job(tmp_path / "a.log"):
        raise DataError("file x: expected y")
    assert (tmp_path / "a.log").read_text() == "phiscope: file x: expected y\n"


def test_a_bug_keeps_its_traceback(tmp_path):
    with pytest.raises(ValueError, match="invalid literal"), job(tmp_path / "a.log"):
        int("x")
    assert "ValueError" in (tmp_path / "a.log").read_text()
