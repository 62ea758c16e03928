"""A run by a cluster, as docs/cluster.md says to start it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

FENCE = re.compile(r"^```\n(.*?)^```", re.M | re.S)
QUICK = ["--latency-wait", "10"]  # on one machine no file system is late


def documented(root: Path, profile: str) -> list[str]:
    """The words of the command in docs/cluster.md that names a profile."""
    blocks = FENCE.findall((root / "docs/cluster.md").read_text())
    found = [block for block in blocks if f"profiles/{profile}" in block]
    assert len(found) == 1, found
    return shlex.split(found[0])


class ClusterRun:
    """Starts of one run in a folder, from a checkout."""

    def __init__(self, root: Path, folder: Path, configuration: Path, environment: Mapping[str, str]) -> None:
        self.root, self.folder, self.configuration = root, folder, configuration
        # As it comes first in PATH where an environment is activated.
        path = f"{Path(sys.executable).parent}:{environment['PATH']}"
        self.environment = dict(environment) | {
            "PATH": path,
            "PYTHONPATH": f"{root}:{environment.get('PYTHONPATH', '')}",
        }
        self.environment.pop("OMP_NUM_THREADS", None)
        self.output = folder / "head.out"

    def command(self, documented: list[str], *more: str) -> list[str]:
        """The documented command for this configuration and folder."""
        own = [str(self.configuration) if word.startswith("presets/") else word for word in documented]
        return [*own, "--directory", str(self.folder), *QUICK, *more]

    def start(self, command: list[str]) -> subprocess.Popen:
        with self.output.open("a") as file:
            return subprocess.Popen(
                command, cwd=self.root, env=self.environment, stdout=file, stderr=file, start_new_session=True
            )

    def finish(self, command: list[str], seconds: float = 900, meanwhile: Callable[[], bool] | None = None) -> str:
        """Run to the end; gives what this start said. meanwhile: what is so at some time before the end."""
        before = len(self.said())
        head = self.start(command)
        try:
            if meanwhile:
                self._wait(head, meanwhile, seconds)
            code = head.wait(timeout=seconds)
        finally:
            head.kill()
        assert code == 0, self.said()[-6000:]
        return self.said()[before:]

    def kill_when(self, command: list[str], ready: Callable[[], bool], seconds: float = 600) -> None:
        """Start, and kill the head as soon as `ready`, which looks at what is there, says so."""
        head = self.start(command)
        try:
            self._wait(head, ready, seconds)
        finally:
            head.kill()
            head.wait()

    def _wait(self, head: subprocess.Popen, ready: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not ready():
            assert head.poll() is None, f"the head ended too early:\n{self.said()[-6000:]}"
            assert time.monotonic() < until, self.said()[-6000:]
            time.sleep(0.1)

    def said(self) -> str:
        return self.output.read_text() if self.output.exists() else ""


def jobs(environment: Mapping[str, str], *states: str) -> list[str]:
    """Numbers of the jobs that SLURM knows in these states; in any, where none is named."""
    options = ["--noheader", "--format=%i", f"--states={','.join(states) or 'all'}"]
    done = subprocess.run(["squeue", *options], env=dict(environment), capture_output=True, text=True, check=True)
    return done.stdout.split()
