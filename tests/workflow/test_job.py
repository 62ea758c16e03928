import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from phiscope.errors import DataError
from phiscope.workflow import job as module
from phiscope.workflow.cost import read_cost, without_cost
from phiscope.workflow.job import job, progress_bar, tell


def given(log):
    """What a script has of Snakemake, with a log and nothing else."""
    return SimpleNamespace(log=[str(log)], input=[], params={}, config={})


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    monkeypatch.delenv(module.TOLD, raising=False)


def text(log):
    """A log's lines without the cost, which must be the last."""
    lines = log.read_text().splitlines()
    assert without_cost(lines) == lines[:-1]
    return lines[:-1]


def test_all_output_goes_to_the_log_and_none_to_the_terminal(tmp_path, capfd):
    with job(given(tmp_path / "logs/a.log")):
        print("from Python")
        print("as an error", file=sys.stderr)
        os.write(1, b"from a library in C\n")
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    assert text(tmp_path / "logs/a.log") == ["from Python", "as an error", "from a library in C", "from a child"]
    assert capfd.readouterr() == ("", "")


def test_output_comes_back_afterwards(tmp_path, capfd):
    with job(given(tmp_path / "a.log")):
        pass
    print("after")
    assert capfd.readouterr().out == "after\n"


def test_an_error_for_the_user_is_its_sentence_alone(tmp_path):
    with pytest.raises(SystemExit, match="^phiscope: file x: expected y$"), job(given(tmp_path / "a.log")):
        raise DataError("file x: expected y")
    assert text(tmp_path / "a.log") == ["phiscope: file x: expected y"]


def test_a_bug_keeps_its_traceback(tmp_path):
    with pytest.raises(ValueError, match="invalid literal"), job(given(tmp_path / "a.log")):
        int("x")
    assert text(tmp_path / "a.log")[-1].startswith("ValueError: invalid literal")


@pytest.mark.parametrize("error", [DataError("file x: expected y"), ValueError("a bug")])
def test_a_terminal_that_reads_logs_is_told_nothing_twice(tmp_path, monkeypatch, error):
    monkeypatch.setenv(module.TOLD, "1")
    with pytest.raises(SystemExit) as end, job(given(tmp_path / "a.log")):
        raise error
    assert end.value.code == 1
    assert str(error) in text(tmp_path / "a.log")[-1]


def test_an_interrupted_job_ends_without_a_traceback(tmp_path):
    with pytest.raises(SystemExit) as end, job(given(tmp_path / "a.log")):
        raise KeyboardInterrupt
    assert end.value.code == 130
    assert text(tmp_path / "a.log") == ["interrupted"]


def test_lines_for_the_terminal_are_marked_in_the_log(tmp_path):
    with job(given(tmp_path / "a.log")):
        tell("views  2 h\ntogether  3 h\n")
    assert text(tmp_path / "a.log") == ["terminal: views  2 h", "terminal: together  3 h"]


def test_a_job_inside_another_adds_to_its_log_and_sets_its_own_threads(tmp_path):
    with job(given(tmp_path / "a.log")):
        print("outer", os.environ["OMP_NUM_THREADS"])
        with job(given(tmp_path / "b.log"), 3):
            print("inner", os.environ["OMP_NUM_THREADS"])
    assert text(tmp_path / "a.log") == ["outer 1", "inner 3"]
    assert not (tmp_path / "b.log").exists()


def test_a_failed_job_says_its_cost_too(tmp_path):
    with pytest.raises(SystemExit), job(given(tmp_path / "a.log")):
        raise DataError("file x: expected y")
    assert read_cost(tmp_path / "a.log").processor_s > 0


def progress_of(monkeypatch, capsys, *steps):
    """What is printed for steps (seconds since the start, done, total)."""
    clock = iter([0.0, *(float(seconds) for seconds, _, _ in steps)])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    show = progress_bar("Hull")
    for _, done, total in steps:
        show(done, total)
    return capsys.readouterr().out.splitlines()


def test_progress_is_a_line_every_ten_seconds_and_at_the_end(monkeypatch, capsys):
    steps = [(2, 10, 1500), (11, 55, 1500), (13, 60, 1500), (22, 1400, 1500), (23, 1500, 1500)]
    assert progress_of(monkeypatch, capsys, *steps) == [
        "Hull: 55 of 1,500 after 11 s",
        "Hull: 1,400 of 1,500 after 22 s",
        "Hull: 1,500 of 1,500 after 23 s",
    ]


def test_what_is_quick_reports_no_progress(monkeypatch, capsys):
    assert progress_of(monkeypatch, capsys, (1, 5, 10), (2, 10, 10)) == []
