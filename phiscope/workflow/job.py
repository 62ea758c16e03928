"""What surrounds the work of a script: its log, and errors said in one sentence."""

from __future__ import annotations

import contextlib
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from phiscope.errors import PhiscopeError
from phiscope.workflow.threads import use


class _Tee:
    """Writes to the terminal and to the log; answers everything else as the terminal does."""

    depth = 0  # jobs that run now, one inside another

    def __init__(self, terminal: TextIO, log: TextIO) -> None:
        self._terminal, self._log = terminal, log

    def write(self, text: str) -> int:
        self._log.write(text)
        return self._terminal.write(text)

    def flush(self) -> None:
        self._log.flush()
        self._terminal.flush()

    def __getattr__(self, name: str):
        return getattr(self._terminal, name)


@contextlib.contextmanager
def job(log: str | Path, threads: int = 1) -> Iterator[None]:
    """Run the body on `threads` threads, with what it prints in the rule's log too.

    A PhiscopeError ends the job with its one sentence; any other error is a bug and keeps its traceback. Inside another
    job, as a part of a chain, the body runs as it is: the outer job does all of this.
    """
    use(threads)
    if _Tee.depth:
        yield
        return
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric")
    path = Path(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open("w") as file,
        contextlib.redirect_stdout(_Tee(sys.stdout, file)),
        contextlib.redirect_stderr(_Tee(sys.stderr, file)),
    ):
        _Tee.depth += 1
        try:
            yield
        except PhiscopeError as error:
            file.write(f"phiscope: {error}\n")
            sys.exit(f"phiscope: {error}")
        except Exception:
            file.write(traceback.format_exc())
            raise
        finally:
            _Tee.depth -= 1


def progress_bar(description: str) -> Callable[[int, int], None]:
    """A function of (done, total) that shows them on the terminal."""
    from tqdm import tqdm

    bar = tqdm(desc=description, mininterval=1.0)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show
