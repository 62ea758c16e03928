"""What commands about runs share: finding one, and handing it to Snakemake."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from phiscope.errors import ConfigError
from phiscope.factories import FOLDERS
from phiscope.workflow.places import project
from phiscope.workflow.record import RESULTS as RESULTS
from phiscope.workflow.record import folder_of as folder_of
from phiscope.workflow.record import recorded as recorded
from phiscope.workflow.starting.refusals import refusal

_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def become_snakemake(arguments: Sequence[str | Path]) -> NoReturn:
    """Go on as Snakemake on this project's workflow, so that signals to this process are signals to it."""
    command = _command(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.execv(command[0], command)


def snakemake(arguments: Sequence[str | Path], *, environment: dict[str, str] | None = None) -> int:
    """Start Snakemake on this project's workflow; its exit code. Signals are handed on, and it is waited for."""
    with subprocess.Popen(_command(arguments), env=os.environ | (environment or {})) as started:
        kept = {each: signal.signal(each, lambda number, _: started.send_signal(number)) for each in _HANDED_ON}
        try:
            return started.wait()
        finally:
            for each, before in kept.items():
                signal.signal(each, before)


def _command(arguments: Sequence[str | Path]) -> list[str]:
    """Of Snakemake. Raises ConfigError where it could not write its own files, on which it fails with a traceback."""
    given = [str(part) for part in arguments]
    folder = Path(next((given[n + 1] for n, each in enumerate(given[:-1]) if each in ("-d", "--directory")), "."))
    try:
        (folder / ".snakemake").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder / ".snakemake") as file:
            file.write(b"\0")
    except OSError as error:
        raise ConfigError(refusal(error, folder.resolve()) or f"{folder.resolve()}: {error}") from error
    return [sys.executable, "-m", "snakemake", "-s", str(project() / "Snakefile"), *given]


def beside(files: Sequence[str]) -> dict[str, str]:
    """The environment in which factories beside these files are found."""
    return {FOLDERS: os.pathsep.join(dict.fromkeys(str(Path(file).parent) for file in files))}
