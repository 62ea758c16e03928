"""Clusters for tests: a real SLURM of one machine, and commands that stand in for one."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.cluster import machine
from tests.cluster.standin import StandIn


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
