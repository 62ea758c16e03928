"""The fingerprint of the job of Snakemake's that makes a file: what `phiscope.workflow.stamps` compares with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from phiscope.workflow.chain import Named
from phiscope.workflow.plan.rule import digest

_DERIVED = {"input", "output", "threads", "resources"}  # what Snakemake does not count as a parameter of a job

_SAME_TIME = 1e-3  # seconds: less than any two writes of a file are apart


class Fingerprints:
    """Path -> the fingerprint of the job that makes it: of the parameters that Snakemake reruns it for.

    Of a job of several parts each output has that of its part. read: files that parameters are read from, so that
    fingerprints change with them. unknown: what is raised where parameters cannot be known yet.
    """

    def __init__(
        self,
        rules: Iterable[Any],
        read: Iterable[str] = (),
        unknown: tuple[type[Exception], ...] = (FileNotFoundError,),
    ) -> None:
        self._unknown = unknown
        self._outputs = [(str(output).partition("{")[0], output, rule) for rule in rules for output in rule.output]
        self._read = list(read)
        self._states: list[tuple[int, int] | None] = []
        self._known: dict[str, str] = {}
        self._others: set[str] = set()

    def __call__(self, path: str) -> str | None:
        """None where no rule makes the path, or where its parameters cannot be known yet."""
        if (states := [_state(file) for file in self._read]) != self._states:
            self._states = states
            self._known.clear()
        if path not in self._known and path not in self._others:
            rules = (rule for start, output, rule in self._outputs if path.startswith(start) and output.match(path))
            if rule := next(rules, None):
                self._known |= self._of_outputs(rule, path)
            else:
                self._others.add(path)
        return self._known.get(path)

    def of(self, paths: Iterable[str]) -> dict[str, str]:
        """Of those paths that a rule makes."""
        return {path: known for path in paths if (known := self(path)) is not None}

    def _of_outputs(self, rule: Any, path: str) -> dict[str, str]:
        """Of every output of the job of a rule that makes a path."""
        named = rule.get_wildcards(path)
        try:
            parameters = _parameters(rule, named)
        except self._unknown:
            return {}
        if "parts" not in parameters:
            return {str(output.apply_wildcards(named)): digest(parameters) for output in rule.output}
        return {
            given.format(**named | part["wildcards"]): part["fingerprint"]
            for part in parameters["parts"]
            for given in part["gives"].values()
        }


def _parameters(rule: Any, named: Mapping[str, str]) -> dict[str, Any]:
    wildcards = Named(named)
    return {
        name: value(wildcards) if callable(value) else value
        for name, value in rule.params._allitems()
        if not (callable(value) and _DERIVED & set(_arguments(value)))
    }


def _state(file: str) -> tuple[int, int] | None:
    """Changes when a file is written."""
    try:
        about = os.stat(file)
    except FileNotFoundError:
        return None
    return about.st_mtime_ns, about.st_ino


def _arguments(function: Any) -> tuple[str, ...]:
    code = getattr(function, "__code__", None) or function.__func__.__code__
    return code.co_varnames[: code.co_argcount]


def is_noted(workflow: Any, path: str, file: Callable[[str], Any]) -> bool:
    """Whether Snakemake has a note about a file as it is now, which says the time that the file has.

    What a job wrote whose end nobody saw has no note, or that of a job before it. file: Snakemake's class of paths.
    """
    note = workflow.persistence.metadata(file(path))
    return note is not None and note.endtime is not None and abs(note.endtime - os.stat(path).st_mtime) < _SAME_TIME


def before_planning(workflow: Any, begin: Callable[[], Iterable[str]]) -> None:
    """Call `begin` before the jobs of a start are planned, and not where none will run, as in a dry run.

    begin: gives files that are to be made even if nothing that is missing needs them. Snakemake reads the Snakefile
    before it says what it will do, and asks nobody before it plans: so this puts itself before its function.
    """
    build = workflow._build_dag

    def begun() -> None:
        runs = workflow.executor_plugin is not None and not (workflow.dryrun or workflow.touch)
        if workflow.is_main_process and runs:
            workflow.dag.forcefiles.update(begin())
        build()

    workflow._build_dag = begun
