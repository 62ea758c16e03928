"""The terminal as Snakemake runs it, on a workflow of two rules; and what happens when the terminal itself fails."""

import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("logger")]

SNAKEFILE = """
rule all:
    input:
        "out/one.txt",

rule one:
    output:
        "out/one.txt",
    log:
        "logs/one.log",
    message:
        "Hull distances, test samples 0000000-0000500"
    script:
        "one.py"
"""
SCRIPT = """
from pathlib import Path
from phiscope.errors import DataError
from phiscope.workflow.job import job

with job(snakemake):
    print("a word for the log")
    {body}
    Path(snakemake.output[0]).write_text("done")
"""


@pytest.fixture
def run(tmp_path, root):
    """Snakemake's exit status and all that it says, for a job with this body; `broken` makes the terminal fail."""

    def run(body, *arguments, broken="", logger=("--logger", "phiscope")):
        (tmp_path / "Snakefile").write_text(SNAKEFILE)
        (tmp_path / "one.py").write_text(SCRIPT.format(body=body))
        (tmp_path / "start.py").write_text(f"{broken}\nfrom snakemake.cli import main\nmain()\n")
        environment = os.environ | {"PYTHONPATH": str(root)}
        command = [sys.executable, tmp_path / "start.py", "--cores", "1", "--rerun-triggers", "mtime"]
        command += ["--latency-wait", "1", *logger, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_run_is_a_line_per_step(run, tmp_path):
    status, said = run("pass")
    assert status == 0
    assert said.splitlines() == [
        "2 steps to do, on 1 core.",
        "1 of 2, hull distances, 500 test samples",
        said.splitlines()[-1],
    ]
    assert said.splitlines()[-1].startswith("2 of 2, all there after ")
    assert (tmp_path / "logs/one.log").read_text().startswith("a word for the log\ncost: {")
    assert run("pass") == (0, "Nothing to be done (all requested files are present and up to date).\n")


FAILURE = """
Failed: hull distances, 500 test samples (rule one)
  data: expected y
  log: logs/one.log

Stopped: 0 of 2 steps done, 1 failed.
"""


def test_a_failure_is_said_once(run):
    status, said = run("raise DataError('data: expected y')")
    assert status == 1
    assert said == "2 steps to do, on 1 core.\n" + FAILURE


def test_without_the_plugin_a_failure_has_its_sentence_and_no_output_of_jobs(run):
    status, said = run("raise DataError('data: expected y')", logger=())
    assert status == 1
    assert said.count("phiscope: data: expected y") == 1
    assert "a word for the log" not in said


def test_a_bug_shows_its_traceback_once(run):
    status, said = run("int('x')")
    assert status == 1
    assert said.count("ValueError: invalid literal for int()") == 1
    assert "one.py" in said


def test_a_missing_output_is_explained(run):
    status, said = run("raise SystemExit(0)")
    assert status == 1
    assert said.count("MissingOutputException") == 1
    assert "out/one.txt (missing locally" in said
    assert said.endswith("Stopped: 0 of 2 steps done.\n")


def test_a_dry_run_says_what_would_run_and_why(run):
    status, said = run("pass", "--dry-run")
    assert status == 0
    assert said.count("Job stats:") == 1
    assert "This was a dry-run" in said
    assert "Building DAG" not in said
    status, said = run("pass", "--dry-run", "--quiet", "host")
    assert "Hull distances, test samples 0000000-0000500" in said
    assert "Reason: Missing output files: out/one.txt" in said


def test_quiet_is_quiet(run):
    assert run("pass", "--quiet", "all") == (0, "")


BROKEN = """
from phiscope.workflow.terminal.screen import Screen
def fail(self, *arguments, **options):
    raise RuntimeError("the terminal is broken")
Screen.{method} = fail
"""


@pytest.mark.parametrize("method", ["planned", "started", "finished", "progressed", "say", "release"])
def test_a_broken_terminal_ends_no_run(run, tmp_path, method):
    status, said = run("pass", broken=BROKEN.format(method=method))
    assert status == 0
    assert (tmp_path / "out/one.txt").read_text() == "done"
    if method != "release":
        assert said.count("phiscope's terminal failed (RuntimeError('the terminal is broken'))") == 1
        assert "2 of 2 steps (100%) done" in said


def test_jobs_say_their_failures_themselves_where_the_terminal_is_broken(run):
    status, said = run("raise DataError('data: expected y')", broken=BROKEN.format(method="planned"))
    assert status == 1
    assert said.count("phiscope: data: expected y") == 1


FULL = """
import io, sys
class Full(io.StringIO):
    def write(self, text):
        raise OSError(28, "No space left on device")
sys.stderr = Full()
"""


def test_a_terminal_that_cannot_be_written_to_ends_no_run(run, tmp_path):
    status, _ = run("pass", broken=FULL)
    assert status == 0
    assert (tmp_path / "out/one.txt").read_text() == "done"
