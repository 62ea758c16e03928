"""Loops compiled by numba, kept where they outlive the checkout: beside the environment that they were compiled in."""

from __future__ import annotations

import hashlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from numba import config, njit
from numba.core.caching import _CacheLocator

Function = TypeVar("Function", bound=Callable[..., Any])

_NOT_KEPT = (
    "compiled loops cannot be kept, as neither the environment nor the user's cache can be written, so that every "
    "process spends some seconds on compiling; NUMBA_CACHE_DIR may name a folder for them"
)
_Locator: Any = _CacheLocator
settings: Any = config  # made of environment variables when numba is imported


def compiled(**options: Any) -> Callable[[Function], Function]:
    """`numba.njit` without the interpreter's lock, its machine code cached on disk; options: others of njit.

    The code is kept in share/phiscope/compiled/ of the environment, unless NUMBA_CACHE_DIR names another folder; where
    neither can be written, where numba keeps it by itself: in __pycache__, or in the user's cache. Where none of these
    can be, each process compiles for itself. Several processes may write at a time: numba moves whole files into place.
    """

    def decorate(function: Function) -> Function:
        with _cached_in(_folder(Path(function.__code__.co_filename).parent)):
            try:
                return njit(cache=True, nogil=True, **options)(function)
            except RuntimeError as error:
                if "cannot cache function" not in str(error):
                    raise
                warnings.warn(_NOT_KEPT, stacklevel=1)  # of one line, so that it is shown once
                return njit(nogil=True, **options)(function)

    return decorate


@cache
def _folder(sources: Path) -> Path:
    """Named after the modules beside the function's: numba itself looks at changes in the function's own file alone."""
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in sorted(sources.glob("*.py")))).hexdigest()
    return Path(sys.prefix, "share", "phiscope", "compiled", digest[:16])


@contextmanager
def _cached_in(folder: Path) -> Iterator[None]:
    """Only while a function is decorated, when numba settles where its code is kept: others' functions are not ours.

    Numba would add a folder named after the place of the sources, and compile again for each copy of them; the name of
    ours comes from their contents.
    """
    if settings.CACHE_DIR:
        yield
        return
    subpath = _Locator.__dict__["get_suitable_cache_subpath"]
    settings.CACHE_DIR = str(folder)
    _Locator.get_suitable_cache_subpath = classmethod(lambda cls, py_file: "")
    try:
        yield
    finally:
        settings.CACHE_DIR = ""
        _Locator.get_suitable_cache_subpath = subpath
