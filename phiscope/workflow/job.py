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
from typing import Any, TextIO

from phiscope.errors import PhiscopeError
from phiscope.files import Stamp, stamping
from phiscope.workflow.cost import cost_so_far, counting_startup, line
from phiscope.workflow.stamps import networks, require_own
from phiscope.workflow.threads import use

TOLD = "PHISCOPE_TOLD"  # set by a terminal that reads errors from the logs: jobs need not repeat them
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
    path.parent.mkdir(parents=True, exist_ok=True)
    with counting_startup() as startup, path.open("w", buffering=1, encoding="utf-8") as file, _output_to(file):
        _running.append(path)
        try:
            with stamping(_checked(given)):
                yield
        except PhiscopeError as error:
            file.write(f"phiscope: {error}\n")
            sys.exit(1 if TOLD in os.environ else f"phiscope: {error}")
        except KeyboardInterrupt:  # as from a terminal, which sends it to the jobs too
            file.write("interrupted\n")
            sys.exit(130)
        except Exception:
            file.write(traceback.format_exc())
            if TOLD in os.environ:
                sys.exit(1)
            raise
        finally:
            _running.remove(path)
            _flush()
            file.write(line(cost_so_far(startup())))


def _checked(given: Any) -> Stamp | None:
    """What the job stamps its files with, once its inputs are seen to be whole and the run's own."""
    inputs, expected = list(given.input), given.params.get("expected")
    if expected is None:  # not started by the project's Snakefile
        return None
    require_own(inputs, expected, f"results/{given.config['run']}")
    made_by = given.params.get("made_by")
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
        stream.flush()
