"""A place that a configuration names, and what its text becomes in this environment."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from phiscope.errors import ConfigError

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


class NamedPlace(NamedTuple):
    """A place that a configuration names: where it says so, what it says, what it is.

    made: what a run makes of it, below its folder; once that is there, and the run was started with the same words,
    the place may be gone, such as for a run that was copied to where the data are not.
    """

    where: str
    text: str
    what: str
    made: str = ""


def expanded(named: NamedPlace) -> str:
    place = os.path.expanduser(os.path.expandvars(named.text))
    if left := _VARIABLE.search(place):
        variable = left[1] or left[2]
        raise ConfigError(
            f"config: {named.where}: got {named.text!r}, but the environment has no variable {variable}; set it "
            f"(export {variable}=...), or write the path itself"
        )
    return place
