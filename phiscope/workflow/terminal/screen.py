"""The lines of a run, from its events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from phiscope.workflow.terminal import log, words
from phiscope.workflow.terminal.pace import Pace

_PATIENCE = 30.0  # seconds without a line until those are named that run; doubled every time, up to:
_PATIENCE_AT_MOST = 600.0


class Job(NamedTuple):
    """A job that was started. target: whether it makes nothing, as the rule that only names what is wanted."""

    number: int
    rule: str
    words: str
    logs: Sequence[str]
    begun: float
    target: bool
    memory_mb: int | None = None


class Screen:
    """Writes one line for every finished step, and a block for every failed one.

    write: of one line. clock: of now, in seconds. jobs_left: how many jobs of every rule are left, running ones
    included; None where that is not known. foretold: core-seconds of a job, by rule, where an estimate has them. May be
    called from one thread at a time.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        clock: Callable[[], float],
        jobs_left: Callable[[], Mapping[str, int] | None] = lambda: None,
        whole_logs: bool = False,
        foretold: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        self._write, self._clock, self._jobs_left, self._whole_logs = write, clock, jobs_left, whole_logs
        self._foretold = foretold
        self._pace = Pace()
        self._jobs: dict[int, Job] = {}
        self._finished: list[int] = []  # since the last line about progress
        self._failures: list[str] = []  # errors that a block about their job may follow
        self._interrupted = False
        self._begun = self._last = clock()
        self._patience = _PATIENCE
        self._done, self._total = 0, 0
        self._failed: set[int] = set()

    def say(self, text: str) -> None:
        self._write(text)
        self._last = self._clock()

    def provided(self, cores: int | None) -> None:
        self._pace.cores = cores

    def planned(self, jobs: Mapping[str, int]) -> None:
        """The run begins: how many jobs of every rule it has."""
        self._total, self._begun = sum(jobs.values()), self._clock()
        self._pace.plan(jobs)
        cores = self._pace.cores
        self.say(f"{words.steps(self._total)} to do" + (f", on {cores} core{'s' * (cores > 1)}." if cores else "."))

    def started(
        self, number: int, rule: str, message: str | None, wildcards: Mapping[str, str], *, threads: int = 1,
        logs: Sequence[str] = (), target: bool = False, memory_mb: int | None = None,
    ) -> None:  # fmt: skip
        now = self._clock()
        self._jobs[number] = Job(number, rule, words.step(rule, message, wildcards), logs, now, target, memory_mb)
        self._pace.start(number, rule, threads, now)

    def finished(self, number: int) -> None:
        self._pace.finish(number, self._clock())
        self._finished.append(number)
        self._failed.discard(number)  # a second try went well

    def progressed(self, done: int, total: int) -> None:
        """So many steps are done of so many; the finished ones since the last time get their line."""
        if self._total and total > self._total:
            self.say(f"Now that more is known, there are {words.steps(total)}.")
        self._done, self._total = done, total
        for place, number in enumerate(self._finished, start=done - len(self._finished) + 1):
            self._step(self._jobs.pop(number, None), place)
        self._finished.clear()

    def _step(self, job: Job | None, place: int) -> None:
        if job and job.target:
            self.say(f"{place} of {self._total}, all there after {words.after(self._clock() - self._begun)}.")
            return
        parts = [f"{place} of {self._total}", job.words if job else "a step"]
        seconds = self._pace.left(self._clock(), self._total - place, self._jobs_left(), self._foretold())
        self.say(", ".join([*parts, words.left(seconds)] if seconds is not None else parts))
        for line in [line for path in (job.logs if job else ()) for line in log.told(Path(path))]:
            self.say(f"  {line}")
        self._patience = _PATIENCE

    def waited(self) -> None:
        """Some time has passed: if nothing was said for long, say what runs and how far it is."""
        now = self._clock()
        if now - self._last < self._patience or not self._jobs:
            return
        self._patience = min(2 * self._patience, _PATIENCE_AT_MOST)
        for job in self._jobs.values():
            line = next(filter(None, (log.progress(Path(name)) for name in job.logs)), None)
            self.say(
                f"  still running after {words.after(now - job.begun)}: {job.words}" + (f" ({line})" if line else "")
            )

    def hold(self, error: str) -> None:
        """An error about a job of which `job_failed` will tell more; said as it is if that does not follow."""
        self._failures.append(error)

    def job_failed(self, number: int, rule: str, logs: Sequence[str], told: str | None = None) -> None:
        """One block: what failed, why, and where to read more. told: what others say of it, as a cluster does.

        A job that ends because the run was interrupted did not fail.
        """
        error = self._failures.pop(0) if self._failures else ""
        self._pace.drop(number)
        job = self._jobs.pop(number, None)
        if self._interrupted:
            return
        self._failed.add(number)
        self.say("")
        self.say(f"Failed: {job.words if job else rule.replace('_', ' ')} (rule {rule})")
        paths = [Path(name) for name in logs]
        reasons = [line for path in paths for line in log.reason(path, self._whole_logs)]
        for line in filter(None, [*reasons, log.ended(error, rule, job.memory_mb if job else None), told]):
            self.say(f"  {line}")
        for path in paths:
            self.say(f"  log: {path}" if path.is_file() else f"  log: {path} was not written; see above")
        self.say("")

    def group_failed(self, logs: Sequence[str]) -> None:
        """Some of the jobs that a cluster started together failed; `job_failed` or `left_undone` follows for each."""
        if not self._interrupted:
            self.say("")
            self.say("Failed: one of the jobs that were started together, as told below")
            for path in logs:
                self.say(f"  log: {path}")

    def left_undone(self, number: int) -> None:
        """A job that did not fail itself, in a group of which another one did."""
        self._pace.drop(number)
        self._jobs.pop(number, None)

    def interrupted(self) -> None:
        """Whoever started the run ends it; said once."""
        if self._interrupted:
            return
        self._interrupted = True
        self.say("Interrupted: ending the jobs that run. The same command goes on from here.")

    def stopped(self) -> None:
        """The run ends without all it should have made."""
        if self._interrupted:
            self._failures.clear()
        self.release()
        failed = f", {len(self._failed)} failed" if self._failed else ""
        self.say(f"Stopped: {self._done} of {words.steps(self._total)} done{failed}.")

    def release(self) -> None:
        """Say the errors that nothing followed on."""
        for error in self._failures:
            self.say(error)
        self._failures.clear()
