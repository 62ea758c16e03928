"""The folder of a run belongs to one start of Snakemake at a time, its head."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from phiscope.errors import PhiscopeError
from phiscope.workflow.starting import leftovers, places
from phiscope.workflow.starting.locks import Lock, Record, State
from phiscope.workflow.starting.refusals import refusal


@contextlib.contextmanager
def alone(results: str | Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold results/<run>/ while the body starts jobs; `say` is told what an earlier start left.

    Jobs find in their environment which start they belong to. At the end, temporary files of killed jobs are removed.
    Raises PhiscopeError, in a sentence, where another start that may be alive holds the folder, or where it cannot be
    written.
    """
    lock = _claimed(results)
    before = os.environ.get(places.TOKEN)
    try:
        left = lock.record if lock.state is State.GONE else None
        lock.keep(secrets.token_hex(8))
        os.environ[places.TOKEN] = lock.token
        if not lock.supported:
            say(f"The file system of {results} has no file locks: starts on other machines are not seen.")
        if left:
            leftovers.unlock(results)
            say(f"An earlier start is gone ({left.words()}): its lock was removed, and this one goes on.")
        if living := leftovers.orphans(results):
            say(_waiting(living))
        elif left:
            leftovers.sweep(results)
        yield
    finally:
        leftovers.sweep(results, lock.token)
        lock.close(ended=True)
        os.environ.pop(places.TOKEN, None)
        if before is not None:
            os.environ[places.TOKEN] = before


def forget(results: str | Path) -> None:
    """Take the lock from whoever held it last. Raises PhiscopeError where that is known to be alive."""
    lock = _opened(results)
    try:
        if lock.state is State.LIVING:
            raise PhiscopeError(_held(results, lock.record))
        lock.close(ended=True)
    finally:
        lock.close()


def require_free(results: str | Path) -> None:
    """Raises PhiscopeError where somebody who may be alive works on a run, a job of a start that was killed too."""
    if places.of_run(results).is_file():
        _claimed(results).close()
    if living := leftovers.orphans(results):
        raise PhiscopeError(f"{results}: a job of an earlier start still runs ({living[0].words()}); wait for it")


def _claimed(results: str | Path) -> Lock:
    """The lock, not written to yet."""
    for _ in range(3):
        lock = _opened(results)
        if lock.state in (State.FREE, State.GONE):
            return lock
        lock.close()
        time.sleep(0.3)  # it may have been somebody who only looked
    if lock.state is State.LIVING:
        raise PhiscopeError(_held(results, lock.record))
    assert lock.record
    raise PhiscopeError(
        f"{results} was last worked on by {lock.record.words()}, and whether that still runs cannot be seen from this "
        "machine; if it does not, the same command with --unlock removes its lock"
    )


def _opened(results: str | Path) -> Lock:
    try:
        return Lock(places.of_run(results))
    except OSError as error:
        raise PhiscopeError(refusal(error, results) or f"{results} cannot be written: {error}") from error


def _held(results: str | Path, record: Record | None) -> str:
    who = record.words() if record else "another process"
    end = f" or end it (kill {record.process.pid} there)" if record else ""
    own = "or give this run a name of its own: --config run=NAME"
    return f"{results} is being worked on by {who}; wait for that{end}, {own}"


def _waiting(living: list[Record]) -> str:
    several = len(living) > 1
    who = "; ".join(record.words() for record in living[:5]) + ("; ..." if len(living) > 5 else "")
    jobs = f"{len(living)} jobs of an earlier start still run" if several else "A job of an earlier start still runs"
    return f"{jobs} ({who}): new ones that write the same files wait for {'them' if several else 'it'}."
