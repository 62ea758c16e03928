"""Functions of the user's own, named as `package.module:function`."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from phiscope.errors import DataError


@cache
def function(name: str, where: str) -> Callable[..., Any]:
    """What the name stands for. Raises DataError naming the option `where` it was given."""
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise DataError(
            f"{where}: cannot find {name!r} ({error}); expected `package.module:function` of an installed package"
        ) from error
    if not callable(found):
        raise DataError(f"{where}: {name!r} is {type(found).__name__}; expected a function")
    return found


def content_of(name: str) -> str | None:
    """A hash of the file that holds the function; None where it stands in none."""
    module = sys.modules[function(name, "dataset.options.transform").__module__]
    file = getattr(module, "__file__", None)
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file and Path(file).is_file() else None
