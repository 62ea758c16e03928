"""What the plan says of a rule: its script, the parameters of its jobs, and what they rest on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

Parameters = Mapping[str, Any]  # of a rule; a function among them takes the wildcards of a job


class Rule(NamedTuple):
    """script: below scripts/, without its ending; parameters: by the plan; modules: chosen by name at run time.

    chosen_by: the wildcard that modules are chosen by, where one rule serves jobs that rest on different ones.
    threaded: whether its jobs compute on the threads of the configuration; the others compute on one.

    The jobs of a rule rest on their script, on every module of the library that the script imports, and on these
    modules. Where parameters depend on the wildcards of a job, they are functions of an argument named `wildcards`.
    """

    script: str
    parameters: Callable[[Plan], Parameters] = lambda plan: {}
    modules: Callable[[Plan, Mapping[str, str]], Iterable[str]] = lambda plan, wildcards: ()
    chosen_by: str = ""
    threaded: bool = False


def resolved(parameters: Parameters, wildcards: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of the job with these wildcards."""
    known = SimpleNamespace(**wildcards)
    return {key: value(known) if callable(value) else value for key, value in parameters.items()}


class Reported(str):
    """Text that Snakemake writes into the page of `--report`, inside a script: a tag in it would end that."""

    def __repr__(self) -> str:
        return str.__repr__(self).replace("<", "\\x3c")


def reported(value: Any) -> Any:
    """Parameters of a rule with results in Snakemake's report, which shows their `repr`; as they are in all else."""
    if isinstance(value, Mapping):
        return {reported(key): reported(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(reported, value))
    return Reported(value) if isinstance(value, str) and "<" in value else value


def digest(parameters: Parameters) -> str:
    """Changes when one of the values does."""
    return hashlib.sha256(json.dumps(parameters, sort_keys=True, default=str).encode()).hexdigest()[:16]
