"""The files of a job belong to one process at a time, and to the last start of its run."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from phiscope.errors import PhiscopeError
from phiscope.workflow.starting import locks, places
from phiscope.workflow.starting.refusals import refusal


@contextlib.contextmanager
def alone(log: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the files of the job with that log; wait for whoever writes them yet, a job of a start that was killed.

    Raises PhiscopeError where a later start of the run has taken over: it makes these files, perhaps otherwise.
    """
    path = places.of_job(log)
    if path is None:
        yield
        return
    lock = locks.wait(path, say)
    try:
        _require_latest(places.of_run(Path(*log.parts[:2])))
        lock.keep(os.environ.get(places.TOKEN, ""))
        yield
    finally:
        lock.close(remove=True)


def _require_latest(run: Path) -> None:
    """That this job belongs to the last start of the run, where both are known."""
    token = os.environ.get(places.TOKEN)
    try:
        latest = json.JSONDecoder().raw_decode(run.read_text())[0]["token"]
    except (OSError, ValueError, TypeError, KeyError):
        return
    if token and latest and token != latest:
        raise PhiscopeError("this job belongs to an earlier start of the run, which a later one has replaced")


@contextlib.contextmanager
def opened(log: Path) -> Iterator[TextIO]:
    """The log of a job, begun anew; a job of before that still writes to it keeps its own.

    Raises SystemExit, with a sentence, where the file system refuses it.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        file = log.open("w", buffering=1, encoding="utf-8")
    except OSError as error:
        sys.exit(f"phiscope: {refusal(error, log.parent) or error}")
    try:
        yield file
    finally:
        with contextlib.suppress(OSError):  # what is left to write finds no room
            file.close()


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM ends the body as Ctrl-C does, so that it cleans up; further signals do not disturb that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
