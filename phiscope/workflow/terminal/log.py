"""What the log of a job says of its failure, and how far a running job is."""

from __future__ import annotations

import re
from pathlib import Path

from phiscope.workflow.cost import read_cost, without_cost
from phiscope.workflow.job import TERMINAL

_STATUS = re.compile(r"non-zero exit status (\d+)")
_SIGNAL = re.compile(r"died with <Signals\.(\w+)")
_OF_SLURM = re.compile(r"slurmstepd: error:|srun: error: .*(?:Killed|Out Of Memory)")
_TAIL = 65536  # bytes that are read from the end
_SENTENCE = "phiscope: "
_SHOWN = 8  # lines of a traceback
_WIDE = 100  # characters: what is longer than this is no line about progress


def reason(log: Path, everything: bool = False) -> list[str]:
    """The sentence that a job ended with, or the last lines of its traceback; [] where the log says nothing.

    everything: all lines. A log of SLURM's holds Snakemake's words on a job too, which are said already.
    """
    lines = [line for line in lines_of(log) if line.strip()]
    if everything:
        return lines
    if "slurm" in log.parts:
        return [line for line in lines if _OF_SLURM.match(line)]
    sentence = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith(_SENTENCE)), None)
    if sentence is not None:  # the last thing in the log; it may go on over lines
        return [lines[sentence].removeprefix(_SENTENCE), *lines[sentence + 1 :]]
    return lines[-_SHOWN:]


def ended(error: str, rule: str = "", memory_mb: int | None = None) -> str | None:
    """How a job ended, from Snakemake's words on it, where it is not the ordinary failure that its log explains.

    memory_mb: what its rule asks for, where it asks.
    """
    status, signal = (found[1] if (found := each.search(error)) else None for each in (_STATUS, _SIGNAL))
    if status == "137" or signal == "SIGKILL":
        if memory_mb:
            return (
                "It was killed from outside (SIGKILL), as happens where memory runs out: its rule asks for "
                f"{memory_mb:,} MB; --set-resources {rule}:mem_mb={2 * memory_mb} asks for more."
            )
        return (
            "It was killed from outside (SIGKILL), as happens where memory runs out; its rule has no limit of its own. "
            "With fewer --cores fewer jobs share the memory."
        )
    if signal or status not in (None, "1"):
        return f"It ended with {signal or f'exit status {status}'}."
    return None


def told(log: Path) -> list[str]:
    """Lines that a finished job wants to be read on the terminal."""
    return [line.removeprefix(TERMINAL) for line in lines_of(log) if line.startswith(TERMINAL)]


def progress(log: Path) -> str | None:
    """The last line of a running job's log, where it is short enough to be one about progress."""
    lines = [line.strip() for line in lines_of(log) if line.strip()]
    return lines[-1] if lines and len(lines[-1]) <= _WIDE else None


def lines_of(log: Path) -> list[str]:
    """The last lines of a log without what it cost; [] where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(-min(_TAIL, file.seek(0, 2)), 2)
            return without_cost(file.read().decode(errors="replace").splitlines())
    except OSError:
        return []


def shows_failure(log: Path) -> bool:
    """Whether a job ended with an error, or was cut short, by its log; not where it wrote none."""
    lines = lines_of(log)
    return log.is_file() and (
        read_cost(log) is None or any(line.startswith((_SENTENCE, "Traceback")) for line in lines)
    )
