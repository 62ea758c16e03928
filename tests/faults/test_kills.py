"""SIGKILL at seeded moments, of a job, of the head, of all processes: the same command goes on, and no value differs.

One run for each seed: it is killed in the three ways, in an order of the seed's, and started again after each.

    pytest -n 0 tests/faults/test_kills.py -rP | grep ^killed    # twenty seeds, sixty moments
"""

import random
import re
import signal
import time
from pathlib import Path

import pytest

from tests.faults.starts import Start, left_behind, snakemake, until
from tools.compare import compare

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("kills")]

CONFIG = """
run: small
dataset:
  path: digits
  reader: features
  options: {components: 8}
  limit: {train: 200, test: 60}
"""
TABLE = "results/small/tables/hulls.parquet"  # it needs features, margins and the head, which other tables are made of
COMMAND = snakemake(TABLE, "--configfile", "small.yaml")
SEEDS = range(20)
KINDS = ("job", "head", "group")
STEPS = 2  # at most so many are waited for before a kill, of the nine of the run


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of a run that nobody disturbed."""
    folder = prepared(tmp_path_factory.mktemp("undisturbed"))
    Start(folder, *COMMAND).end(600)
    assert left_behind(folder) == []
    return folder


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in SEEDS if seed)])
def test_a_killed_run_goes_on(undisturbed, tmp_path, seed):
    draw = random.Random(seed)
    folder, started, gone = prepared(tmp_path), [], False
    try:
        for kind in draw.sample(KINDS, len(KINDS)):
            begun = time.monotonic()
            started.append(Start(folder, *COMMAND))
            steps, delay = draw.randrange(STEPS + 1), draw.uniform(0, 2)
            started[-1].wait_until(lambda: done(started[-1]) >= steps, 300)  # noqa: B023
            time.sleep(delay)
            kill(started[-1], kind, draw)
            said = started[-1].said
            took = time.monotonic() - begun
            print(f"killed {kind}, seed {seed}: {delay:.2f} s after {done(started[-1])} steps, {took:.0f} s")
            assert "Traceback" not in said
            assert ("An earlier start is gone" in said) == gone
            gone = kind != "job"
        started.append(Start(folder, *COMMAND))
        said = started[-1].end(600)
        assert ("An earlier start is gone" in said) == gone
        until(lambda: not any(each.living() for each in started), 60)
        assert left_behind(folder) == []
        assert [str(one) for one in compare(undisturbed / "results/small", folder / "results/small")] == []
    finally:
        for each in started:
            each.kill()


def prepared(folder: Path) -> Path:
    (folder / "small.yaml").write_text(CONFIG)
    return folder


def done(started: Start) -> int:
    """Steps that a start says are done; -1 before the first job."""
    said = started.said
    return len(re.findall(r"^\d+ of \d+, ", said, re.M)) if "Results go to" in said else -1


def kill(started: Start, kind: str, draw: random.Random) -> None:
    """Kill it now. A job is waited for where none runs."""
    if kind == "job":
        until(lambda: bool(started.jobs()), 120)
        draw.choice(sorted(started.jobs(), key=lambda job: job.pid)).kill()
        assert started.process.wait(120) == 1
        assert "It was killed from outside (SIGKILL), as happens where memory runs out" in started.said
    else:
        started.signal(signal.SIGKILL, group=kind == "group")
        started.process.wait()
