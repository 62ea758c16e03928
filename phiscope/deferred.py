"""Names that a package hands on, each imported when it is first asked for: PEP 562."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def deferred(package: str, names: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """The `__getattr__` of a package that hands on `names`: a module of it -> what is taken from that module.

        if TYPE_CHECKING:
            from phiscope.geometry.hull.solve import project as project
        else:
            __getattr__ = deferred(__name__, {"phiscope.geometry.hull.solve": ("project",)})

    The table stands there as a literal: `phiscope.workflow.code` reads it, to know what a script rests on that takes a
    name from the package. No name may be that of a module in the package: once imported, the module would hide it.
    """
    origin = {name: module for module, taken in names.items() for name in taken}

    def attribute(name: str) -> Any:
        if name not in origin:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(origin[name]), name)
        setattr(sys.modules[package], name, value)  # from now on found without asking here
        return value

    return attribute
