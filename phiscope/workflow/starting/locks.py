"""A file that one process holds while it lives, with a record of who that is.

The file lock (flock) goes with the process, however that ends; the record tells others whom they met, and stands in for
the lock on file systems without any. Locks of other machines are seen where the file system hands them on; where it
does not, a free lock says nothing about them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from phiscope.workflow.starting import processes
from phiscope.workflow.starting.processes import Process

_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EIO}


class State(Enum):
    """What is known of whoever held a lock last."""

    FREE = "nobody holds it"
    GONE = "its process ended without giving it back"
    LIVING = "its process runs"
    UNKNOWN = "its process was on another machine"


class Record(NamedTuple):
    """Who holds a lock, since when, for which start of a run, and whether by a file lock as well."""

    process: Process
    since: float  # seconds since 1970
    token: str
    locked: bool

    def words(self) -> str:
        since = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.since))
        return f"process {self.process.pid} on {self.process.host} since {since}"


class Lock:
    """A lock file, opened and locked if it could be; `state` says whose it was.

    Close it, with `close`, in any case. Raises OSError where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            self.supported, got = _locked(self._file)
            if not got or self._is_at(path):
                break
            os.close(self._file)  # somebody removed it after it was opened
        self.token, self.record = _read(self._file)
        self.state = self._judged(got)

    def _is_at(self, path: Path) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file), path.stat())
        except FileNotFoundError:
            return False

    def _judged(self, got: bool) -> State:
        if not got:
            return State.LIVING
        if self.record is None:
            return State.FREE
        here = processes.this()
        if self.supported and self.record.locked and self.record.process.same_kernel(here):
            return State.GONE
        running = processes.runs(self.record.process, here)
        return State.UNKNOWN if running is None else State.LIVING if running else State.GONE

    def keep(self, token: str) -> None:
        """Write down that this process holds it, for the start with that token."""
        self.token, self.record = token, Record(processes.this(), time.time(), token, self.supported)
        about = self.record._asdict() | {"process": self.record.process._asdict()}
        self._write(about)

    def close(self, *, ended: bool = False, remove: bool = False) -> None:
        """Give it back. ended: the record keeps the token alone; remove: the file goes. Does nothing a second time."""
        if self._file < 0:
            return
        with contextlib.suppress(OSError):  # what cannot be written, such as on a full disk, is free all the same
            if remove:
                self.path.unlink(missing_ok=True)
            elif ended:
                self._write({"token": self.token})
        os.close(self._file)
        self._file = -1

    def _write(self, about: dict[str, Any]) -> None:
        """Over what stands there: a reader who meets half of it finds one whole record at the beginning."""
        content = (json.dumps(about) + "\n").encode()
        os.pwrite(self._file, content, 0)
        os.ftruncate(self._file, len(content))


def holder(path: Path) -> tuple[State, Record | None]:
    """Who holds a lock, and what is known of them; nothing is made or changed."""
    if not path.is_file():
        return State.FREE, None
    lock = Lock(path)
    try:
        return lock.state, lock.record
    finally:
        lock.close()


def wait(path: Path, say: Callable[[str], None], pause: float = 0.5) -> Lock:
    """The lock, once nobody who lives holds it.

    `say` is told, once, who does, and that the file system has no locks.
    """
    met = 0
    while (lock := Lock(path)).state is State.LIVING:
        met += 1
        if met == 2:  # the first may have been somebody who only looked
            who = lock.record.words() if lock.record else "another process"
            say(f"waits for an earlier job on these files ({who})")
        lock.close()
        time.sleep(pause)
    if not lock.supported:
        say("the file system of the results has no file locks: jobs of an earlier start on other machines are not seen")
    return lock


def _locked(file: int) -> tuple[bool, bool]:
    """(whether the file system has locks, whether nobody else holds this one)."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return True, False
        if error.errno in _NO_LOCKS:
            return False, True
        raise
    return True, True


def _read(file: int) -> tuple[str, Record | None]:
    """The token of the last start, and who holds the lock where the record says that somebody does."""
    try:
        about, _ = json.JSONDecoder().raw_decode(os.pread(file, 65536, 0).decode())
        token = str(about.get("token", ""))
        if "process" not in about:
            return token, None
        process = Process.of(about["process"])
        return token, Record(process, float(about["since"]), token, bool(about["locked"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", None
