"""Every case in a process of its own: what was said, how long it took, how much memory it took beside the libraries."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

from phiscope.errors import PhiscopeError
from tests.hostile.case import CASES, Case

CANARY = "PHISCOPE_CANARY"  # a file that code in a hostile file would write
_MOST = 8 * 2**30  # bytes of addresses that a case may take: what asks for more fails, and the machine lives on
_SECONDS = int(os.environ.get("HOSTILE_SECONDS", 60))


@dataclass(frozen=True)
class Outcome:
    """how: refused, accepted, traceback, died or hung. said: the sentence, what was read, or a traceback's end."""

    name: str
    how: str
    said: str
    path: str
    warned: str = ""
    seconds: float = 0.0
    peak: float = 0.0  # MiB beside what the process had before
    ran: bool = False


def outcomes(names: list[str]) -> list[Outcome]:
    return [_outcome(CASES[name]) for name in names]


def _outcome(case: Case) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    folder.chmod(0o755)  # some cases are read as another user
    os.environ[CANARY] = str(folder / "canary")
    try:
        (folder / "data").mkdir()
        found = in_child(lambda: _asked(case, folder / "data"))
        return Outcome(case.name, **{"path": str(folder / "data")} | found, ran=(folder / "canary").exists())
    finally:
        for each in folder.rglob("*"):
            if each.is_dir() and not each.is_symlink():
                each.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)


def _asked(case: Case, folder: Path) -> dict:
    path = case.make(folder)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, used = _memory("VmRSS"), _memory("VmSize")
    resource.setrlimit(resource.RLIMIT_AS, (used + _MOST, used + _MOST))
    output, begun = io.StringIO(), time.perf_counter()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            how, said = "accepted", case.ask(path)
        except PhiscopeError as error:
            how, said = "refused", str(error)
        except BaseException:
            how, said = "traceback", traceback.format_exc()[-600:]
    return {
        "how": how,
        "said": said,
        "path": str(path),
        "warned": output.getvalue()[:500],
        "seconds": time.perf_counter() - begun,
        "peak": (_memory("VmHWM") - before) / 2**20,
    }


def _memory(name: str) -> int:
    """A number of this process as Linux counts it, in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) * 1024


def in_child(function) -> dict:
    """What a function returns, in JSON, from a process that is ended after a minute."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    if not (child := os.fork()):
        try:
            os.setsid()
            os.close(reading)
            kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            with open(writing, "w") as file:
                try:
                    json.dump(function(), file)
                except BaseException:
                    os.write(kept, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(writing)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(_SECONDS)
    with open(reading) as file:
        text = file.read()
    signal.alarm(0)
    _, status = os.waitpid(child, 0)
    if text:
        return json.loads(text)
    hung = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"how": "hung" if hung else "died", "said": f"status {status}", "seconds": float(_SECONDS)}
