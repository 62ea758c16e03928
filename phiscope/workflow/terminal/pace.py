"""How long a run will still take, from how long its jobs took so far.

    work left = Σ over the jobs left of mean(core-seconds of finished jobs of that rule)
    time left = work left / cores that were busy on average

A rule of which no job has finished counts as what the estimate of the run foretells of it, or else as the mean of all
jobs. The mean is a guess, so nothing is said before the run has gone on for a while and, once, a quarter of the jobs
left were of rules that were measured.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_BASIS = 0.25  # share of the jobs left whose rule was measured
_BEGUN = 10.0  # seconds: shorter than this says nothing about a rate


class Running(NamedTuple):
    """A job that runs: its rule, the cores it occupies, seconds on the clock when it began."""

    rule: str
    cores: int
    begun: float


class Pace:
    """Durations of the jobs of one run. Times are seconds on any clock."""

    def __init__(self) -> None:
        self.cores: int | None = None  # None: as many as there are jobs, as on a cluster
        self._running: dict[int, Running] = {}
        self._sums: defaultdict[str, float] = defaultdict(float)  # core-seconds of finished jobs
        self._counts: Counter[str] = Counter()
        self._begun: float | None = None
        self._planned: Counter[str] = Counter()
        self._based, self._left = False, 0  # whether there was a basis when so many jobs were left

    def plan(self, jobs: Mapping[str, int]) -> None:
        """How many jobs of every rule are to be done, at the start."""
        self._planned = Counter(jobs)

    def start(self, job: int, rule: str, threads: int, now: float) -> None:
        self._begun = now if self._begun is None else self._begun
        self._running[job] = Running(rule, min(threads, self.cores) if self.cores else 1, now)

    def finish(self, job: int, now: float) -> float | None:
        """Seconds that a job took; None if its start was not seen."""
        running = self._running.pop(job, None)
        if running is None:
            return None
        self._sums[running.rule] += (now - running.begun) * running.cores
        self._counts[running.rule] += 1
        return now - running.begun

    def drop(self, job: int) -> None:
        """A job failed: it takes no more time and says nothing about others."""
        self._running.pop(job, None)

    def left(
        self,
        now: float,
        total_left: int,
        jobs_left: Mapping[str, int] | None = None,
        foretold: Mapping[str, float] = MappingProxyType({}),
    ) -> float | None:
        """Seconds until all jobs are done; None where nothing can be said yet.

        jobs_left: how many of every rule are left, the running ones among them. Where that is not known, `total_left`
        are, of rules that follow from the plan; what a checkpoint added to it counts as not measured. foretold:
        core-seconds of a job, of rules whose jobs are estimated one by one.
        """
        if total_left <= 0:  # as at the end of a run that was to stop before (`--until`)
            return None
        of_rule = Counter(jobs_left) if jobs_left is not None else self._planned - self._counts
        total_left = total_left if jobs_left is None else of_rule.total()
        if self._begun is None or now - self._begun < _BEGUN or not self._counts or total_left <= 0:
            return None
        measured = {rule: count for rule, count in of_rule.items() if self._counts[rule] or rule in foretold}
        # A basis stays one as jobs are done; what a checkpoint adds may need a new one.
        self._based = (self._based and total_left <= self._left) or sum(measured.values()) >= _BASIS * total_left
        self._left = total_left
        if not self._based:
            return None
        mean = sum(self._sums.values()) / self._counts.total()

        def expected(rule: str) -> float:
            return self._mean_of(rule) if self._counts[rule] else foretold.get(rule, mean)

        work = sum(count * expected(rule) for rule, count in of_rule.items())
        work += max(total_left - sum(of_rule.values()), 0) * mean
        for running in self._running.values():
            work -= min(expected(running.rule), (now - running.begun) * running.cores)
        return max(work, 0.0) / self._busy(now)

    def _mean_of(self, rule: str) -> float:
        return self._sums[rule] / self._counts[rule]

    def _busy(self, now: float) -> float:
        """Cores that were busy on average: fewer than there are where jobs wait for each other."""
        assert self._begun is not None
        done = sum(self._sums.values()) + sum((now - each.begun) * each.cores for each in self._running.values())
        busy = done / max(now - self._begun, 1e-9)
        return max(min(busy, self.cores) if self.cores else busy, 0.1)
