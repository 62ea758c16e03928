"""How a file of a run is opened: by the name of a function, imported when it is used.

Apart from the registry of artifacts, so that what opens a few of them does not rest on all.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple


class Artifact(NamedTuple):
    """path: below results/<run>/, with {wildcards} where there are several; opener: `module:function` of a path.

    placed: whether the opener takes the device that a network is put on as well.
    """

    path: str
    opener: str
    placed: bool = False

    def open(self, path: str | Path, device: str = "cpu") -> Any:
        """What lies at that path; the module that opens it is imported now."""
        module, _, name = self.opener.partition(":")
        opener: Callable[..., Any] = attrgetter(name)(import_module(module))
        return opener(path, device) if self.placed else opener(path)
