"""Several rules of the plan in one job: their scripts run one after another in one process.

Starting a process and importing libraries costs more than most jobs of a small run work. A chain pays that once, and
each of its parts still rests on its own parameters, code and inputs: see `phiscope.workflow.chain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phiscope.workflow.plan.rule import digest, reported, resolved

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

Files = str | list[str]
# A path or paths, with {wildcards} of the job; or a function of the plan with its counts, and of these wildcards.
Source = Files | Callable[["Plan", Any], Files]


@dataclass(frozen=True)
class Part:
    """One rule of a chain.

    inputs, outputs: by the names under which the script asks for them, in order; wildcards: those that are fixed
    here, beside those of the job.
    """

    rule: str
    inputs: Mapping[str, Source]
    outputs: Mapping[str, str]
    wildcards: Mapping[str, str] = field(default_factory=dict)


class Chain:
    """The job that runs parts in their order; a part may take what an earlier one has made."""

    def __init__(self, plan: Plan, parts: Iterable[Part]) -> None:
        self._plan = plan
        self.parts = list(parts)
        self.paths = [path for part in self.parts for path in part.outputs.values()]

    @staticmethod
    def _key(number: int, name: str) -> str:
        """An input or output of the part of that number, among those of the job."""
        return f"part{number}_{name}"

    def inputs(self, counted: Callable[[], Plan]) -> dict[str, Any]:
        """What the job waits for, by name; counted: gives the plan with its counts once they are known."""

        def asked(source: Callable[[Plan, Any], Files]) -> Callable[[Any], Files]:
            return lambda wildcards: source(counted(), wildcards)

        outside: dict[str, Any] = {}
        for number, part in enumerate(self.parts):
            for name, source in part.inputs.items():
                if callable(source):
                    outside[self._key(number, name)] = asked(source)
                elif kept := self._outside(source):
                    outside[self._key(number, name)] = kept
        return outside

    @property
    def outputs(self) -> dict[str, str]:
        """What the job leaves behind, by name."""
        return {self._key(n, name): path for n, part in enumerate(self.parts) for name, path in part.outputs.items()}

    @property
    def threads(self) -> int:
        """The most that a part computes on."""
        return self._plan.threads if any(self._plan.is_threaded(part.rule) for part in self.parts) else 1

    def described(self, wildcards: Any) -> list[dict[str, Any]]:
        """What `phiscope.workflow.chain.run` runs for the job with these wildcards, in order."""
        of_job = dict(wildcards.items())
        return [reported(self._described(n, part, of_job | dict(part.wildcards))) for n, part in enumerate(self.parts)]

    def _described(self, number: int, part: Part, wildcards: dict[str, str]) -> dict[str, Any]:
        passing = set(self._plan.views.not_kept)
        parameters = resolved(self._plan.parameters(part.rule, **wildcards), wildcards)
        return {
            "rule": part.rule,
            "script": self._plan.script_of(part.rule),
            "parameters": parameters,
            "fingerprint": digest(parameters),  # of what the part makes, see `phiscope.workflow.stamps`
            "wildcards": dict(part.wildcards),
            # Functions are asked by Snakemake, and their files are found among the inputs of the job, by this name.
            "takes": {n: {"input": self._key(number, n)} if callable(s) else s for n, s in part.inputs.items()},
            "gives": dict(part.outputs),
            "passing": any(path in passing for path in part.outputs.values()),  # goes when it was used
        }

    def _outside(self, source: Files) -> Files:
        """The files that no part of the chain makes."""
        if isinstance(source, str):
            return [] if source in self.paths else source
        return [path for path in source if path not in self.paths]
