"""Small scripts in the place of SLURM's commands, which say what a test wants them to say."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from phiscope.workflow.slurm.commands import NEEDED

CONFIGURATION = "AccountingStorageType   = accounting_storage/{accounting}\nMinJobAge               = {age} sec\n"


class StandIn:
    """A cluster of one node `n1` with 4 processors and 8,000 MB in the partition `short`, which takes every job."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.folder = folder
        folder.mkdir()
        for name in NEEDED:
            self.says(name)
        self.configured()
        self.says("sinfo", "short*|1:00:00|4|8000|n1\nlong|2-00:00:00|4|8000|n1\nlong|2-00:00:00|16|64000|n2\n")
        self.says("srun", "n1\n")
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def says(self, command: str, output: str = "", error: str = "", code: int = 0) -> None:
        """Let a command of SLURM's write this and end so; how it is called is kept."""
        script = self.folder / command
        calls = shlex.quote(str(self.folder / f"{command}.calls"))
        script.write_text(
            f'#!/bin/sh\necho "$@" >> {calls}\nprintf %s {shlex.quote(output)}\nprintf %s {shlex.quote(error)} >&2\n'
            f"exit {code}\n"
        )
        script.chmod(0o755)

    def runs(self, command: str, script: str) -> None:
        """Let a command be this shell script."""
        (self.folder / command).write_text(f"#!/bin/sh\n{script}\n")

    def lacks(self, command: str) -> None:
        (self.folder / command).unlink()

    def configured(self, accounting: str = "slurmdbd", age: int = 300) -> None:
        self.says("scontrol", CONFIGURATION.format(accounting=accounting, age=age))

    def calls(self, command: str) -> list[str]:
        """How a command was called, in order."""
        path = self.folder / f"{command}.calls"
        return path.read_text().splitlines() if path.exists() else []
