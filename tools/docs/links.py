"""Links between pages, and from pages to files of the repository, which the site holds copies of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
DOCS = "docs"
COPIES = "repository"  # folder of the site with copies of files from outside docs/
_FENCES = re.compile(r"(^ *```.*?^ *```[ \t]*$)", re.M | re.S)
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\]|!\[[^\]]*\]\([^)]*\))*)\]\(([^)#\s]+)(#[^)\s]*)?\)")


class DeadLinkError(Exception):
    """A page links to what is not there."""


def place_of(source: str) -> str:
    """Where a page of the site lies in the repository."""
    copied = source.removeprefix(f"{COPIES}/")
    return copied if copied != source else f"{DOCS}/{source}"


def targets(markdown: str, source: str) -> Iterator[str]:
    """Files of the repository outside docs/ that a page links to. Raises DeadLinkError where there is none."""
    for text in _FENCES.split(markdown)[::2]:
        for found in _LINK.finditer(text):
            if (path := _resolved(found[3], source)) and not _inside(path) and (ROOT / path).is_file():
                yield path


def rewritten(markdown: str, source: str) -> str:
    """A page with its links to files outside docs/ leading to their copies, and to folders leading to their first page.

    Raises DeadLinkError where a link leads nowhere.
    """
    parts = _FENCES.split(markdown)
    parts[::2] = [_LINK.sub(_rewriter(source), text) for text in parts[::2]]
    return "".join(parts)


def _rewriter(source: str) -> Callable[[re.Match[str]], str]:
    def rewrite(found: re.Match[str]) -> str:
        path = _resolved(found[3], source)
        if path is None:
            return found[0]
        shown = rewritten(found[2], source)
        if (ROOT / path).is_dir():
            first = next((each for each in ("README.md", "index.md") if (ROOT / path / each).is_file()), None)
            if first is None or not _inside(path):
                return shown  # a folder has no page of its own
            path = f"{path}/{first}"
        there = path.removeprefix(f"{DOCS}/") if _inside(path) else f"{COPIES}/{path}"
        return f"{found[1]}[{shown}]({posixpath.relpath(there, posixpath.dirname(source) or '.')}{found[4] or ''})"

    return rewrite


def _resolved(link: str, source: str) -> str | None:
    """The path in the repository that a link leads to; None where it leads out of it."""
    if "://" in link or link.startswith(("mailto:", "data:")):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(place_of(source)), link))
    if path.startswith("..") or not (ROOT / path).exists():
        raise DeadLinkError(f"{place_of(source)}: the link {link} leads nowhere; expected a file of the repository")
    return path


def _inside(path: str) -> bool:
    return PurePosixPath(path).parts[:1] == (DOCS,)
