"""Ctrl-C and its like: the run's own jobs end in seconds, native loops too, and the same command goes on."""

import signal
import time

import pytest

from tests.faults.starts import Start, left_behind, snakemake

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("faults")]

READER = '''
"""A few digits; the training split after a loop of machine code that no signal handler of Python interrupts."""
from pathlib import Path

import numpy as np
from numba import njit

HERE = Path(__file__).parent


@njit
def spin(x):
    while x > 0:
        x = x * 1.0000001 % 3 + 1
    return x


def read(path, split):
    if split == "train" and (HERE / "loops").exists():
        spin(-1.0)  # compiles it
        (HERE / "looping").touch()
        spin(1.0)
    draw = np.random.default_rng(0)
    return draw.random((40, 8, 8)), np.arange(40) % 4
'''
CONFIG = "run: looped\ndataset: {path: ., reader: 'slow.py:read'}\n"
TARGET = "results/looped/data/train.safetensors"
SECONDS = 10  # for the jobs to end in, of which three are what they are given to end by themselves

WAYS = {
    "the head alone, as kill -INT does": (signal.SIGINT, False),
    "the group, as a terminal does": (signal.SIGINT, True),
    "the head alone is told to terminate": (signal.SIGTERM, False),
    "the group is told to terminate": (signal.SIGTERM, True),
    "the terminal closes": (signal.SIGHUP, True),
}
QUICK = ["the head alone, as kill -INT does", "the group is told to terminate"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "slow.py").write_text(READER)
    (tmp_path / "looped.yaml").write_text(CONFIG)
    (tmp_path / "loops").touch()
    return tmp_path


@pytest.fixture
def start(folder):
    started = []

    def start(*command):
        started.append(Start(folder, *command))
        return started[-1]

    yield start
    for each in started:
        each.kill()


def commands():
    return {
        "snakemake": snakemake(TARGET, "--configfile", "looped.yaml"),
        "phiscope run": ("-m", "phiscope", "run", "looped.yaml", "--cores", "1", "--", "--until", "prepare_dataset"),
    }


def interrupted(started, way, folder):
    """Seconds until nothing of a start is left after a signal that comes while its job is in the loop."""
    started.wait_until((folder / "looping").exists, 90)
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


@pytest.mark.parametrize(
    ("command", "way"), [*CASES, *(pytest.param(*each, marks=pytest.mark.long) for each in LONG)]
)
def test_an_interrupted_run_ends_its_jobs_and_goes_on_afterwards(start, folder, command, way):
    started = start(*commands()[command])
    assert interrupted(started, way, folder) < SECONDS
    assert started.process.returncode not in (0, None)
    assert "Interrupted: ending the jobs that run. The same command goes on from here." in started.said
    assert "Traceback" not in started.said
    assert "Failed" not in started.said
    assert left_behind(folder) == []
    (folder / "loops").unlink()
    said = start(*commands()[command]).end()
    assert "read and check the train images" in said
    assert "earlier start" not in said  # it ended as it should
    assert left_behind(folder) == []


def test_a_second_signal_does_not_wait(start, folder):
    started = start(*commands()["snakemake"])
    started.wait_until((folder / "looping").exists, 90)
    started.signal(signal.SIGINT)
    time.sleep(1.5)
    begun = time.monotonic()
    started.signal(signal.SIGINT)
    started.process.wait(60)
    assert time.monotonic() - begun < 1.4  # less than what is left of the time to end by themselves
    assert not started.living()


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
