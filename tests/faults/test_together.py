"""Two starts in one folder, and a job that outlives its head."""

import os
import signal

import psutil
import pytest

from tests.faults.starts import left_behind, snakemake, until

TARGET = "results/slow/data/train.safetensors"
COMMAND = snakemake(TARGET, "--configfile", "slow.yaml")

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("faults")]


def test_a_second_start_says_who_works_and_one_after_a_kill_waits_for_the_orphan(start, folder):
    (folder / "wait").touch()
    first = start(*COMMAND)
    first.wait_until((folder / "busy").exists, 90)
    (folder / "other.yaml").write_text((folder / "slow.yaml").read_text() + "seed: 1\n")
    for command in (snakemake("--configfile", "other.yaml"), ("-m", "phiscope", "clean", "slow", "--yes")):
        said = start(*command).end(code=1)
        assert f"phiscope: results/slow is being worked on by process {first.process.pid} on " in said
    assert first.process.poll() is None

    [job] = first.jobs()
    first.signal(signal.SIGKILL)
    again = start(*COMMAND)
    log = folder / "results/slow/logs/prepare_dataset/train.log"
    again.wait_until(lambda: "waits for an earlier job" in log.read_text() if log.is_file() else False, 90)
    assert f"waits for an earlier job on these files (process {job.pid} on " in log.read_text()
    assert f"An earlier start is gone (process {first.process.pid} on " in again.said
    assert f"A job of an earlier start still runs (process {job.pid} on " in again.said
    assert is_alive(job)
    (folder / "wait").unlink()
    again.end()
    assert not is_alive(job)
    assert left_behind(folder) == []


def is_alive(process):
    """A process that has ended stays in the list where nobody collects orphans, as in some containers."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.mark.long
def test_a_lock_of_snakemakes_that_nobody_accounts_for_is_a_sentence(start, folder):
    """As an older version leaves it."""
    (folder / ".snakemake/locks").mkdir(parents=True)
    (folder / ".snakemake/locks/0.output.lock").write_text(f"{TARGET}\n")
    said = start(*COMMAND).end(code=1)
    assert "phiscope: another Snakemake process makes files of results/slow in this folder" in said
    start(*COMMAND[:-2], "--unlock", *COMMAND[-2:]).end()
    start(*COMMAND).end()


@pytest.mark.long
def test_a_living_start_is_not_unlocked(start, folder):
    (folder / "wait").touch()
    first = start(*COMMAND)
    first.wait_until((folder / "busy").exists, 90)
    said = start(*COMMAND[:-2], "--unlock", *COMMAND[-2:]).end(code=1)
    assert "is being worked on by process" in said
    (folder / "wait").unlink()
    first.end()


@pytest.mark.long
def test_of_two_starts_at_once_one_works(start, folder):
    (folder / "wait").touch()
    both = [start(*COMMAND) for _ in range(2)]
    until(lambda: any(each.process.poll() is not None for each in both), 90)
    (folder / "wait").unlink()
    codes = sorted(each.process.wait(90) for each in both)
    assert codes == [0, 1]
    assert os.path.isfile(folder / TARGET)
