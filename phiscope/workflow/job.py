"""What surrounds the work of a script: its log with the cost at the end, and errors said in one sentence."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

from phiscope.errors import PhiscopeError
from phiscope.files import Stamp, stamping
from phiscope.workflow.cost import cost_so_far, counting_startup, line
from phiscope.workflow.stamps import SAME_COMMAND, networks, require_own
from phiscope.workflow.starting import jobs
from phiscope.workflow.starting.refusals import refusal, refusing
from phiscope.workflow.threads import use

TOLD = "PHISCOPE_TOLD"  # set by a terminal that reads errors from the logs: jobs need not repeat them
# Tells the workflow to compute nothing, and to take what is there as it is; its value is the command that computes it.
DRAWN_ALONE = "PHISCOPE_DRAWN_ALONE"
TERMINAL = "terminal: "  # what lines of a log begin with that a terminal shows when the job has ended
_PAUSE = 10.0  # seconds between two lines about progress

_running: list[Path] = []  # the log of the job that this process does now


@contextlib.contextmanager
def job(given: Any, threads: int = 1) -> Iterator[None]:
    """Run the body on so many threads, with everything that it prints in the rule's log, and nothing on the terminal.

    given: `snakemake` of the script. Its inputs are looked at first (`phiscope.workflow.stamps`), and what the body
    writes says what made it.

    A PhiscopeError ends the job with its one sentence; any other error is a bug and keeps its traceback. Both stand in
    the log, and on the terminal unless that reads logs. The last line of the log says what the job cost. Inside another
    job, as a part of a chain, only the threads are set: the outer job does the rest.
    """
    use(threads)
    if _running:
        yield
        return
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric")
    path = Path(given.log[0])
    with counting_startup() as startup, jobs.opened(path) as file, _output_to(file), jobs.ended_by_signals():
        _running.append(path)
        try:
            with jobs.alone(path, _say), stamping(_checked(given)):
                yield
        except PhiscopeError as error:
            _end_with(file, str(error))
        except KeyboardInterrupt:  # as from whoever ends the run
            _write(file, "interrupted\n")
            sys.exit(130)
        except Exception as error:
            if sentence := refusal(error, path.parent):
                _end_with(file, sentence)
            written = _write(file, traceback.format_exc())
            if sentence := refusing(path.parent):  # which libraries do not always say
                _end_with(file, sentence)
            if TOLD in os.environ and written:
                sys.exit(1)
            raise
        finally:
            _running.remove(path)
            _flush()
            _write(file, line(cost_so_far(startup())))


def _end_with(file: TextIO, sentence: str) -> NoReturn:
    """End the job with a sentence: in the log, and on the terminal unless that reads it there."""
    written = _write(file, f"phiscope: {sentence}\n")
    sys.exit(1 if TOLD in os.environ and written else f"phiscope: {sentence}")


def _write(file: TextIO, text: str) -> bool:
    """Write to the log; whether that was possible, as it is not on a full disk."""
    try:
        file.write(text)
        file.flush()
    except OSError:
        return False
    return True


def _say(text: str) -> None:
    print(text, flush=True)


def _checked(given: Any) -> Stamp | None:
    """What the job stamps its files with, once its inputs are seen to be whole and the run's own."""
    expected, made_by = (getattr(given.params, name, None) for name in ("expected", "made_by"))
    if expected is None:  # not started by the project's Snakefile
        return None
    inputs = list(given.input)
    command = os.environ.get(DRAWN_ALONE)
    remedy = f"`{command}` makes it anew" if command else SAME_COMMAND
    require_own(inputs, expected, f"results/{given.config['run']}", remedy)
    return Stamp(made_by, networks(inputs)) if made_by else None


def tell(text: str) -> None:
    """Print lines that the terminal of the run shows too, when this job has ended."""
    for each in text.splitlines():
        print(f"{TERMINAL}{each}", flush=True)


def progress_bar(description: str) -> Callable[[int, int], None]:
    """A function of (done, total) that prints them as a line, at most every ten seconds and at the end.

    What ends within ten seconds prints nothing.
    """
    begun = time.monotonic()
    last = begun

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PAUSE or (done >= total and last > begun):
            last = now
            print(f"{description}: {done:,} of {total:,} after {now - begun:.0f} s", flush=True)

    return show


@contextlib.contextmanager
def _output_to(file: TextIO) -> Iterator[None]:
    """Send standard output and errors to `file`: of Python, of libraries in other languages, of child processes."""
    _flush()
    kept = {number: os.dup(number) for number in (1, 2)}
    try:
        for number in kept:
            os.dup2(file.fileno(), number)
        with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
            yield
    finally:
        for number, saved in kept.items():
            os.dup2(saved, number)
            os.close(saved)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # no room
            stream.flush()
