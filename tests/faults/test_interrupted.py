"""Ctrl-C and its like: the run's own jobs end in seconds, native loops too, and the same command goes on."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from phiscope.workflow.starting import ending, places
from tests.faults.starts import ROOT, left_behind, snakemake
from tests.workflow.project import copied

TARGET = "results/slow/data/train.safetensors"
pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("faults")]

SECONDS = 10  # for the jobs to end in, of which three are what they are given to end by themselves

WAYS = {
    "the head alone, as kill -INT does": (signal.SIGINT, False),
    "the group, as a terminal does": (signal.SIGINT, True),
    "the head alone is told to terminate": (signal.SIGTERM, False),
    "the group is told to terminate": (signal.SIGTERM, True),
    "the terminal closes": (signal.SIGHUP, True),
}
QUICK = ["the head alone, as kill -INT does", "the group is told to terminate"]


def commands():
    return {
        "snakemake": snakemake(TARGET, "--configfile", "slow.yaml"),
        "phiscope run": ("-m", "phiscope", "run", "slow.yaml", "--cores", "1", "--", "--until", "prepare_dataset"),
    }


def interrupted(started, way, folder):
    """Seconds until nothing of a start is left after a signal that comes while its job is in the loop."""
    started.wait_until((folder / "busy").exists, 90)
    time.sleep(0.3)
    number, group = WAYS[way]
    begun = time.monotonic()
    started.signal(number, group=group)
    started.process.wait(60)
    took = time.monotonic() - begun
    assert not started.living()
    return took


CASES = [("snakemake", way) for way in QUICK] + [("phiscope run", "the group, as a terminal does")]
LONG = [(command, way) for command in commands() for way in WAYS if (command, way) not in CASES]


@pytest.mark.parametrize(("command", "way"), [*CASES, *(pytest.param(*each, marks=pytest.mark.long) for each in LONG)])
def test_an_interrupted_run_ends_its_jobs_and_goes_on_afterwards(start, folder, command, way):
    (folder / "loop").touch()
    started = start(*commands()[command])
    assert interrupted(started, way, folder) < SECONDS
    assert started.process.returncode not in (0, None)
    assert "Interrupted: ending the jobs that run. The same command goes on from here." in started.said
    assert "Traceback" not in started.said
    assert "Failed" not in started.said
    assert left_behind(folder) == []
    (folder / "loop").unlink()
    said = start(*commands()[command]).end()
    assert "read and check the train images" in said
    assert "earlier start" not in said  # it ended as it should
    assert left_behind(folder) == []


MAKE = "import os; os.execvp('make', ['make', '-o', '.venv/ready', 'run', 'CORES=1'])"


@pytest.mark.long
@pytest.mark.parametrize("way", ["the group, as a terminal does", "the head alone is told to terminate"])
def test_make_run_ends_and_goes_on_too(start, folder, way):
    """The head is make here, which hands on SIGTERM, and waits at SIGINT."""
    copied(ROOT, folder / "project")
    shutil.copy(ROOT / "Makefile", folder / "project")
    shutil.move(folder / "slow.py", folder / "project")
    shutil.move(folder / "slow.yaml", folder / "project/config.yaml")
    (folder / "project/.venv").symlink_to(sys.prefix)
    (folder / "project/loop").touch()
    here = {"PYTHONPATH": str(folder / "project")}
    started = start("-c", MAKE, where=folder / "project", environment=here)
    assert interrupted(started, way, folder / "project") < SECONDS
    assert "Interrupted: ending the jobs that run. The same command goes on from here." in started.said
    assert left_behind(folder) == []
    (folder / "project/loop").unlink()
    again = start("-c", MAKE, where=folder / "project", environment=here)
    again.wait_until(lambda: "2 of " in again.said, 200)
    assert "earlier start" not in again.said


STUBBORN = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
)


@pytest.fixture
def stubborn(monkeypatch):
    """A job that does not end when it is asked to."""
    monkeypatch.setenv(places.TOKEN, "this")
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process
        process.kill()


@pytest.mark.parametrize(("grace", "again"), [(0.3, False), (600.0, True)])
def test_a_job_is_killed_when_its_time_is_over_or_at_a_second_signal(stubborn, monkeypatch, grace, again):
    monkeypatch.setattr(ending, "_GRACE", grace)
    monkeypatch.setattr(ending, "_AGAIN", 0.2)
    stopped = []
    run = ending.Ending(lambda: stopped.append(True))
    with run.listening():
        run.schedule()
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)  # at once: the same, from a parent that hands on what it got itself
        with pytest.raises(subprocess.TimeoutExpired):
            stubborn.wait(0.2)
        if again:
            with pytest.raises(subprocess.TimeoutExpired):
                stubborn.wait(0.5)
            os.kill(os.getpid(), signal.SIGINT)
        assert stubborn.wait(20) == -signal.SIGKILL
    assert stopped == [True]


@pytest.mark.parametrize("scheduling", [False, True])
def test_where_jobs_are_not_children_whoever_started_them_ends_them(stubborn, scheduling):
    """As the executors of clusters do at KeyboardInterrupt; a job of this machine's is left to them too."""
    run = ending.Ending(None)

    def signalled():
        with run.listening():
            if scheduling:
                run.schedule()
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        signalled()
    assert run.asked
    assert stubborn.poll() is None


def test_an_interrupt_that_nobody_handles_is_a_line():
    """As while the workflow is read, before the run knows of it."""
    code = "from phiscope.workflow.starting.ending import interrupts_are_a_line; interrupts_are_a_line(); "
    done = subprocess.run([sys.executable, "-c", code + "raise KeyboardInterrupt"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "Interrupted before jobs were started.\n")
    done = subprocess.run([sys.executable, "-c", code + "raise ValueError"], capture_output=True, text=True)
    assert done.stderr.startswith("Traceback")


def test_a_signal_that_is_ignored_stays_so():
    """As SIGHUP is under nohup, and SIGINT behind `&` in a script."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = ending.Ending(lambda: None)
        with run.listening():
            os.kill(os.getpid(), signal.SIGHUP)
        assert not run.asked
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_before_the_first_job_is_a_line(start, folder):
    code = (
        "import os, signal, sys\n"
        "from phiscope.workflow.starting import head\n"
        "alone = head.alone\n"
        "def interrupted(*given):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return alone(*given)\n"
        "head.alone = interrupted\n"
        "from snakemake.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    (folder / "start.py").write_text(code)
    started = start("start.py", *commands()["snakemake"][2:])
    assert started.process.wait(60) == 130
    assert "Interrupted before jobs were started" in started.said
    assert "Traceback" not in started.said
