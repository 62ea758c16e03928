"""Functions of the user, named as `package.module:function`, or as `file.py:function` beside the configuration."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

from phiscope.errors import DataError
from phiscope.factories import function_of

_IMPORTING = Lock()


@cache
def function(name: str, where: str) -> Callable[..., Any]:
    """What the name stands for. Raises DataError naming the option `where` it was given.

    Images are transformed on several threads: one of them imports the module, and the others wait until it is whole.
    """
    try:
        with _IMPORTING:
            found = function_of(name)
    except (Exception, SystemExit) as error:  # whatever importing somebody's module raises
        raise DataError(
            f"{where}: cannot find {name!r} ({type(error).__name__}: {error}); expected `package.module:function`, "
            "installed or beside the configuration, or `file.py:function`"
        ) from error
    if not callable(found):
        raise DataError(f"{where}: {name!r} is {type(found).__name__}; expected a function")
    return found
