"""What a file system refuses, in one sentence with what to do.

Libraries say it in their own ways: as OSError, in the text of an error of their own, or not at all. So the number is
looked for in all of these, and where an error does not say, a small file is written to see whether one can.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

_NUMBER = re.compile(r"\[?(?:os error|errno)[ :]+(\d+)", re.I)
_TEXTS = {
    "no space left": errno.ENOSPC, "disk quota exceeded": errno.EDQUOT, "read-only file system": errno.EROFS,
    "file too large": errno.EFBIG,
}  # fmt: skip
_AGAIN = "then start the same command again: what is finished stays"
_REMEDIES = {
    errno.ENOSPC: f"free some space there, {_AGAIN}",
    errno.EDQUOT: f"free some of your quota there, {_AGAIN}",
    errno.EFBIG: f"raise what limits the size of files (ulimit -f, or the file system), {_AGAIN}",
    errno.EROFS: "start where results can be written: --directory FOLDER of snakemake puts them there",
    errno.EACCES: "change its permissions",
    errno.EIO: f"see to the disk or to the network that it is reached by, {_AGAIN}",
}
_ELSEWHERE = ", or let results go elsewhere: --directory FOLDER of snakemake"
_REMEDIES |= {errno.EPERM: _REMEDIES[errno.EACCES]}
_REMEDIES |= dict.fromkeys((errno.ESTALE, errno.ETIMEDOUT), _REMEDIES[errno.EIO])
_PROBE = 1 << 20  # bytes


def refusal(error: BaseException, folder: str | Path) -> str | None:
    """The sentence for an error, where it or one that it follows from is of the file system; else None.

    folder: named where the error names no file.
    """
    for each in _chain(error):
        number = _number(each)
        if number in _REMEDIES:
            named = getattr(each, "filename2", None) or getattr(each, "filename", None)
            return _sentence(number, named if isinstance(named, str | Path) else folder)
    return None


def refusing(folder: str | Path) -> str | None:
    """The sentence for what happens when a file is written to a folder now; None where that goes well."""
    import tempfile  # which loads more than every job needs

    for place in (folder, tempfile.gettempdir()):
        try:
            with tempfile.NamedTemporaryFile(dir=place, suffix=".tmp") as file:
                file.write(b"\0" * _PROBE)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if error.errno in _REMEDIES:
                return _sentence(error.errno, place)
    return None


def _sentence(number: int, place: str | Path) -> str:
    path = os.path.abspath(place)
    ours = any(path.startswith(os.path.abspath(name)) for name in ("results", ".snakemake"))
    more = _ELSEWHERE if ours and number in (errno.EACCES, errno.EPERM) else ""
    return f"{path}: {os.strerror(number)}; {_REMEDIES[number]}{more}"


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    if found := _NUMBER.search(text):
        return int(found[1])
    return next((number for words, number in _TEXTS.items() if words in text.lower()), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
