"""What commands about runs share: finding one, and handing it to Snakemake."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from phiscope.errors import ConfigError, ResultError
from phiscope.factories import FOLDERS
from phiscope.files import require_unchanged, stamp_of
from phiscope.workflow.places import project
from phiscope.workflow.record import ANY_RUN
from phiscope.workflow.record import RESULTS as RESULTS
from phiscope.workflow.record import folder_of as folder_of
from phiscope.workflow.record import recorded as recorded
from phiscope.workflow.starting.refusals import refusal

_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def command_of(about: Mapping[str, Any]) -> str:
    """The command that makes a run what it is recorded to be, for the current folder."""
    files = [os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file for file in about["files"]]
    changes = [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in about.get("changes", {}).items()]
    return shlex.join(["phiscope", "run", *files, *(["--config", *changes] if changes else [])])


def require_whole(paths: Iterable[str | Path], folder: Path) -> None:
    """Raise ResultError naming the first file that is damaged, and the command that makes it anew; folder: the run's.

    All bytes are read. What is not there is not looked at.
    """
    for path in map(Path, paths):
        if path.is_file() and (why := damage(path)):
            raise ResultError(f"{path} is damaged ({why}); {_maker(folder)} makes it anew")


def _maker(folder: Path) -> str:
    try:
        return f"`{command_of(recorded(folder))}`"
    except ResultError:
        return ANY_RUN


def damage(path: Path) -> str | None:
    """What is wrong with a file, as a clause; None where nothing is."""
    try:
        require_unchanged(path)
        stamp_of(path)
    except (OSError, ValueError) as error:
        return str(error)
    return None


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
