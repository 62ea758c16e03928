"""Clusters for tests: a real SLURM of one machine, and commands that stand in for one."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cluster import machine
from tests.cluster import small as described
from tests.cluster.standin import StandIn


class Small(NamedTuple):
    """A finished local run of few jobs: its configuration, the folder it was started in, its results."""

    configuration: Path
    folder: Path
    results: Path


@pytest.fixture(scope="session")
def small(root, tmp_path_factory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    configuration = described.write(folder)
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", str(configuration)]
    done = subprocess.run(
        [*command, "--directory", str(folder)], cwd=root, env=environment | {"PYTHONPATH": str(root)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return Small(configuration, folder, folder / "results/small")


@pytest.fixture(scope="module")
def slurm():
    """The environment of a real cluster of one node with two processors; skipped where SLURM is not installed."""
    if missing := machine.missing():
        pytest.skip(f"no {', '.join(missing)} here: tools/install-debian-packages.sh installs SLURM on Debian")
    folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))  # short, since sockets have short names
    try:
        with machine.cluster(folder) as environment:
            yield environment
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def standin(tmp_path, monkeypatch):
    """Commands that answer as SLURM's do, first in PATH."""
    return StandIn(tmp_path / "standin", monkeypatch)
