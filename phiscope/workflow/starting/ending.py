"""An interrupted run ends its own jobs in seconds.

Snakemake waits for the jobs that run when it is told to end, or trusts that the terminal interrupts them too. A job may
be in a long loop of native code that does not hear of it, and its shell may be gone before it. So every process whose
environment has the token of this start is asked to end, and killed where it has not after some seconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

from phiscope.workflow.starting import places

_GRACE = 3.0  # seconds between asking and killing; a second signal makes it none
_AGAIN = 1.0  # seconds: signals that come sooner are the same one, sent twice as a terminal and a parent do
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SHELLS = {"sh", "bash", "dash", "ash", "zsh", "ksh"}


class Ending:
    """What signals do to a run from now on.

    stop: tells Snakemake to start no more jobs; called by a thread, once. None: jobs are not children of this process,
    and whoever started them ends them when KeyboardInterrupt is raised. Before `schedule` it is raised too.
    """

    def __init__(self, stop: Callable[[], None] | None) -> None:
        self._stop = stop
        self._scheduling = False
        self._first: float | None = None
        self._over, self._hurry = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._before: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        """Whether the run was told to end."""
        return self._first is not None

    @property
    def words(self) -> str:
        """What is left to say when KeyboardInterrupt has ended it."""
        return "Interrupted." if self._scheduling else "Interrupted before jobs were started."

    def schedule(self) -> None:
        """Jobs start now. Takes the signals anew, as Snakemake has taken SIGTERM for itself by now."""
        self._scheduling = True
        self._take()

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """While the body runs, signals end it; those that were ignored, as under nohup, still are."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._before = {number: signal.getsignal(number) for number in _SIGNALS}
        if self._stop is None:  # jobs of a cluster outlive the terminal that they were submitted from
            del self._before[signal.SIGHUP]
        self._take()
        try:
            yield
        finally:
            self._over.set()
            for number, before in self._before.items():
                signal.signal(number, before)
            if self._thread:
                self._thread.join()

    def _take(self) -> None:
        for number, before in self._before.items():
            if before is not signal.SIG_IGN:
                signal.signal(number, self._asked_to_end)

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        again = self._first is not None
        if self._first is not None and now - self._first < _AGAIN:
            return
        self._first = now
        if self._stop is None or not self._scheduling:
            raise KeyboardInterrupt
        if again:
            self._hurry.set()
            return
        self._thread = threading.Thread(target=self._end, daemon=True)
        self._thread.start()

    def _end(self) -> None:
        assert self._stop
        self._stop()
        asked: dict[Any, float] = {}
        while not self._over.wait(0.1):
            now = time.monotonic()
            late = now - _GRACE if not self._hurry.is_set() else now
            for process in jobs():
                since = asked.setdefault(process, now)
                if since <= late and since < now:
                    _signal(process, kill=True)
                elif since == now and not _is_shell(process):
                    _signal(process, kill=False)


def interrupts_are_a_line() -> None:
    """From now on an interrupt that nobody handles, such as while the workflow is read, is a line and no traceback."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print("Interrupted before jobs were started.", file=sys.stderr)
        else:
            before(kind, error, traceback)

    sys.excepthook = hook


def jobs() -> list[Any]:
    """Processes of this start, as psutil has them: its children, and what has its token in the environment."""
    import psutil

    own, token = os.getpid(), os.environ.get(places.TOKEN)
    try:
        found = set(psutil.Process(own).children(recursive=True))
    except psutil.Error:
        found = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if token and process.pid != own and process.environ().get(places.TOKEN) == token:
                found.add(process)
    return list(found)


def _is_shell(process: Any) -> bool:
    """A shell that waits for its child: it ends by itself, and before the child if it is told to."""
    import psutil

    try:
        return process.name() in _SHELLS and bool(process.children())
    except psutil.Error:
        return False


def _signal(process: Any, *, kill: bool) -> None:
    import psutil

    with contextlib.suppress(psutil.Error):
        process.kill() if kill else process.terminate()
