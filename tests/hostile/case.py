"""A hostile file, what is asked of it, and what has to be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Make = Callable[[Path], Path]  # writes into an empty folder; the path that a configuration would name
Ask = Callable[[Path], str]  # reads it as a run does; what came of it, in words


@dataclass(frozen=True)
class Case:
    """says: what the one sentence has to hold, as a regular expression; gives: instead, what an accepted file leads to.

    long: whether it takes more than a second.
    """

    name: str
    kind: str
    make: Make
    ask: Ask
    says: str = ""
    gives: str = ""
    long: bool = False


CASES: dict[str, Case] = {}


def case(
    name: str, kind: str, ask: Ask, says: str = "", *, gives: str = "", long: bool = False
) -> Callable[[Make], Make]:
    """Decorates the function that makes the file."""

    def register(make: Make) -> Make:
        add(name, kind, make, ask, says, gives=gives, long=long)
        return make

    return register


def add(name: str, kind: str, make: Make, ask: Ask, says: str = "", **more: Any) -> None:
    assert name not in CASES, name
    CASES[name] = Case(name, kind, make, ask, says, **more)
