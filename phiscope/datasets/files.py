"""What stands where a file is expected: whether it can be opened at all, and what its first bytes tell of it."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from phiscope.errors import DataError

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_PAGES = re.compile(rb"\s*<(!doctype|html|head|\?xml|!--)", re.IGNORECASE)
_POINTER = b"version https://git-lfs"
ABSENT = "is not there"
_HEAD = 512  # bytes that tell what a file is


def trouble(path: str | Path, *, folders: bool = False) -> str | None:
    """Why nothing of this name can be opened as a file, in words that follow the name; None where it can.

    folders: whether a folder will do. Named pipes and devices are not opened: reading them may never end.
    """
    try:
        kind = stat.S_IFMT(os.stat(path).st_mode)
        if kind == stat.S_IFDIR:
            return None if folders else "is a folder; expected a file"
        if kind != stat.S_IFREG:
            return f"is {_KINDS.get(kind, 'no file')}; expected a file"
        with open(path, "rb"):
            return None
    except OSError as error:
        return _said(error, path)
    except ValueError:  # a NUL, or half of a character
        return "has a NUL in its name, or what no name can hold; expected the name of a file"


def _said(error: OSError, path: str | Path) -> str:
    if error.errno == errno.ENOENT and os.path.islink(path):
        return f"is a link to something that is not there, {os.readlink(path)}; put it there or remove the link"
    if error.errno == errno.ELOOP:
        return "is a link in a circle; remove it"
    if error.errno == errno.ENAMETOOLONG:
        return "cannot be there: the name is too long for a file; give the path of one"
    return f"cannot be read ({error.strerror})" if error.errno != errno.ENOENT else ABSENT


def unreadable(folder: str | Path, error: OSError) -> DataError:
    return DataError(f"{folder}: cannot be read ({error.strerror}); let this user read it, or leave it out")


def require_file(path: str | Path) -> None:
    """Raise DataError, naming the path, where it cannot be opened as a file."""
    if said := trouble(path):
        raise DataError(f"{path}: {said}")


def is_file(path: Path) -> bool:
    """Whether this is a file; a folder is none. Raises DataError for what is neither, which a data set cannot hold."""
    try:
        kind = stat.S_IFMT(os.stat(path).st_mode)
    except (OSError, ValueError):
        kind = 0
    if kind not in (stat.S_IFREG, stat.S_IFDIR):
        require_file(path)
    return kind == stat.S_IFREG


def beginning(path: str | Path) -> bytes:
    """The first bytes of a file. Raises DataError as `require_file`."""
    require_file(path)
    with open(path, "rb") as file:
        return file.read(_HEAD)


def mistaken(head: bytes) -> str | None:
    """What a file is that cannot be of any format, by its first bytes and with what to do; None where nothing tells."""
    if not head:
        return "is empty; get or save it once more"
    if _PAGES.match(head):
        return "is a page of the web, saved instead of the file; download the file itself"
    if head.startswith(_POINTER):
        return "is a pointer of Git LFS, not the file itself; fetch it with `git lfs pull`"
    return None


def require_content(path: str | Path) -> bytes:
    """The first bytes of a file, which is there and not plainly something else. Raises DataError naming it."""
    head = beginning(path)
    if said := mistaken(head):
        raise DataError(f"{path}: {said}")
    return head
