"""What the terminal says of jobs that SLURM ended, alone and in a group."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from phiscope.workflow.cost import Cost, line
from phiscope.workflow.terminal import log
from phiscope.workflow.terminal.screen import Screen
from snakemake_logger_plugin_phiscope import LogHandler

ENDED = "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2030-01-01T00:00:00 DUE TO TIME LIMIT ***"
OF_SLURM = f"Building DAG of jobs...\nrule locate:\n{ENDED}\nWorkflowError:\nAt least one job did not complete.\n"


@pytest.fixture
def logs(tmp_path):
    """Logs of a job that ended well, one that failed, one that was cut short; of SLURM; one that was not written."""
    texts = {
        "well": f"done\n{line(Cost(1, 1, 1, 1))}",
        "failed": f"phiscope: no such file\n{line(Cost(1, 1, 1, 1))}",
        "cut": "Train: 3 of 10\n",
        "slurm/7": OF_SLURM,
    }
    for name, text in texts.items():
        path = tmp_path / f"{name}.log"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return lambda *names: [str(tmp_path / f"{name}.log") for name in names]


@pytest.fixture
def terminal():
    """The plugin without its threads, and the lines that it writes."""
    lines = []
    handler = LogHandler.__new__(LogHandler)
    handler._screen, handler._quiet, handler.lines = Screen(lines.append, lambda: 0.0), set(), lines
    return handler


def error(event, **about):
    return SimpleNamespace(event=event, msg="", levelno=40, **about)


def failed(number, log, indent=False, told=None):
    return error(LogEvent.JOB_ERROR, jobid=number, rule_name="locate", log=log, rule_msg=told, indent=indent)


def test_slurms_reason_stands_beside_the_log_of_the_job(terminal, logs):
    told = "SLURM-job '7' failed, SLURM status is: 'TIMEOUT'."
    terminal._show(failed(1, logs("cut", "slurm/7"), told=told))
    assert terminal.lines[1:-1] == [
        "Failed: locate (rule locate)",
        "  Train: 3 of 10",
        f"  {ENDED}",
        f"  {told}",
        *(f"  log: {path}" for path in logs("cut", "slurm/7")),
    ]


def test_of_a_group_those_are_told_that_failed(terminal, logs):
    terminal._show(error(LogEvent.GROUP_ERROR, groupid="report", aux_logs=logs("slurm/7"), job_error_info=[]))
    for number, name in enumerate(("well", "failed", "absent")):
        terminal._show(failed(number, logs(name), indent=True))
    said = "\n".join(terminal.lines)
    assert said.count("Failed: locate") == 1
    assert "no such file" in said
    assert "was not written" not in said
    assert f"log: {logs('slurm/7')[0]}" in said


def test_names_in_lines_move_nothing_on_the_terminal(terminal):
    shown = []
    terminal._stream = SimpleNamespace(write=shown.append, flush=lambda: None)
    terminal._write("class ant\u202egnp \x1b[2J\x07, תשע")
    assert shown == ["class ant\\u202egnp \\u001b[2J\\u0007, תשע\n"]


@pytest.mark.parametrize(("name", "told"), [("well", False), ("failed", True), ("cut", True), ("absent", False)])
def test_logs_tell_who_failed(logs, name, told):
    assert log.shows_failure(Path(logs(name)[0])) is told
