"""Starts of a run that tests kill: in sessions of their own, whose processes are found by their environment."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
MARK = "PHISCOPE_TEST_START"


class Start:
    """One start of a run below a folder, with all its processes in a session of its own.

    command: what is started, in the environment's Python, such as ("-m", "phiscope", "run", "a.yaml"); before: what
    that is given to as arguments, such as ("nice",).
    """

    def __init__(
        self, folder: Path, *command: str, environment: dict[str, str] | None = None, before: tuple[str, ...] = ()
    ) -> None:
        self.mark, self.folder = uuid.uuid4().hex, folder
        self._output = Path(tempfile.gettempdir(), f"phiscope-said-{self.mark}.txt")
        variables = {"PYTHONPATH": str(ROOT), MARK: self.mark, "OMP_NUM_THREADS": "1"}
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [*before, sys.executable, *command], cwd=folder, env=os.environ | variables | (environment or {}),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self._output.read_text()

    def living(self) -> list[psutil.Process]:
        """All processes of this start, the head among them."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                pass
        return found

    def jobs(self) -> list[psutil.Process]:
        """Python processes that run a script of the workflow."""
        found = []
        for process in self.living():
            try:
                line = process.cmdline()
                if len(line) > 1 and "python" in line[0] and "/.snakemake/scripts/" in line[1]:
                    found.append(process)
            except psutil.Error:
                pass
        return found

    def wait_until(self, so: Callable[[], bool], seconds: float = 60) -> None:
        until(lambda: so() or self.process.poll() is not None, seconds)
        assert so(), self.said

    def signal(self, number: signal.Signals, *, group: bool = False) -> None:
        os.killpg(self.process.pid, number) if group else self.process.send_signal(number)

    def end(self, seconds: float = 120, *, code: int = 0) -> str:
        """What was said, once it has ended with that code, and without a traceback."""
        assert self.process.wait(seconds) == code, self.said
        assert "Traceback" not in self.said
        return self.said

    def kill(self) -> None:
        """Everything, whatever a test has left of it."""
        for process in self.living():
            process.kill()
        self.process.wait(30)
        self._output.unlink(missing_ok=True)


def until(so: Callable[[], bool], seconds: float) -> None:
    """Wait for something to become so; AssertionError where it has not by then."""
    last = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < last, f"not so after {seconds} s"
        time.sleep(0.05)


def snakemake(*arguments: str) -> tuple[str, ...]:
    return ("-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "1", *arguments)


def left_behind(folder: Path) -> list[Path]:
    """What no finished or interrupted start leaves: temporary files, locks of jobs, Snakemake's locks."""
    found = [path for path in folder.rglob("*") if path.name.endswith((".tmp", ".lock"))]
    return [path for path in found if path.is_file()]
