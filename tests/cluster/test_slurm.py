"""Runs by a real SLURM on this machine, as docs/cluster.md says, killed in the middle and started again."""

import shutil
import subprocess

import pytest

from tests.cluster.runs import ClusterRun, documented, jobs
from tools.compare import compare

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("cluster")]
# The executor asks for the states of jobs after so many seconds, 10 s later each time that none has ended.
OFTEN = ["--slurm-init-seconds-before-status-checks", "2"]


def differences(one, other):
    """Of the tables that both runs have."""
    return [each for each in compare(one, other) if not each.what.startswith("only the old")]


def test_a_killed_head_goes_on_and_gives_the_tables_of_a_local_run(root, slurm, small, tmp_path):
    run = ClusterRun(root, tmp_path, small.configuration, slurm)
    program, *options = run.command(documented(root, "slurm"), *OFTEN)
    command = [program, "results/small/tables/margins.parquet", *options]
    head = tmp_path / "results/small/models/head.safetensors"
    run.kill_when(command, lambda: head.exists() and jobs(slurm, "RUNNING"))
    before = jobs(slurm)
    run.finish(command)
    after = jobs(slurm)
    assert differences(small.results, tmp_path / "results/small") == []
    assert len(list((tmp_path / "results/small/tables").glob("*.parquet"))) > 3
    assert set(before) < set(after)
    # A job that was waiting when its head was killed leaves the work to the next start's.
    assert set(jobs(slurm, "FAILED", "TIMEOUT", "OUT_OF_MEMORY")) <= set(before)
    asked = subprocess.run(["squeue", "--states=all", "--noheader", "-o", "%m %l"], env=slurm, capture_output=True)
    assert b"4:00:00" not in asked.stdout  # the partition's own limit, which a job without one gets
    logs = {path.stem for path in (tmp_path / "results/small/logs/slurm").rglob("*.log")}
    assert logs <= set(before)  # those of jobs whose head was killed stay, others that went well do not
    print(f"\n{len(before)} jobs were submitted before the head was killed, {len(after)} in all")


def test_a_refused_partition_is_one_line_before_any_job(root, slurm, small, tmp_path):
    run = ClusterRun(root, tmp_path, small.configuration, slurm)
    command = run.command(documented(root, "slurm"))
    refused = [word.replace("slurm_partition=short", "slurm_partition=nope") for word in command]
    before = jobs(slurm)
    assert run.start(refused).wait(timeout=120) == 1
    assert jobs(slurm) == before
    lines = [line for line in run.said().splitlines() if "SLURM" in line]
    assert lines == [
        "SLURM: there is no partition 'nope'; expected one of short, as in --default-resources slurm_partition=short"
    ]
    assert "Traceback" not in run.said()


@pytest.mark.long
def test_the_tiny_preset_with_a_head_killed_three_times(root, slurm, finished, tmp_path):
    run = ClusterRun(root, tmp_path, root / "presets/tiny.yaml", slurm)
    command = run.command(documented(root, "slurm"), *OFTEN)
    for count in (2, 9, 16):
        run.kill_when(command, lambda count=count: len(jobs(slurm, "COMPLETED")) >= count, seconds=1800)
    run.finish(command, seconds=3600)
    assert list(compare(finished.results, tmp_path / "results/tiny")) == []


@pytest.fixture(autouse=True)
def _room(tmp_path):
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)
