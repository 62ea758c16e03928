"""That no byte of a run's files has changed: each is read through once, and again when it has been written since."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from phiscope.files import replacing, require_unchanged

_RECORD = ".checked"  # in the folder of a run: a line of JSON for each file that was read through, later ones count
_State = list[int]


class Unchanged:
    """What is known of the files of a run; several processes may add to it at a time.

    A file is told from what it was by size, times and number of its inode. The time of its last change of any kind is
    among them, which nobody sets, so that giving a file its old time of modification hides nothing.
    """

    def __init__(self, results: str | Path) -> None:
        self._results = Path(results)
        self._known = dict(_read(self._results / _RECORD))

    def require(self, path: Path) -> None:
        """Raise ValueError where a byte of a file is another than was written."""
        name, state = str(path.relative_to(self._results)), _state(path)
        if self._known.get(name) == state:
            return
        require_unchanged(path)
        self._known[name] = state
        with contextlib.suppress(OSError):  # where it cannot be noted, it is read again
            line = json.dumps([name, state]) + "\n"
            with (self._results / _RECORD).open("a", encoding="utf-8") as file:
                file.write(line)

    def unread(self, paths: Iterable[Path]) -> int:
        """Bytes of those that would be read through."""
        return sum(
            _state(path)[0] for path in paths if self._known.get(str(path.relative_to(self._results))) != _state(path)
        )

    def tidy(self) -> None:
        """Write the record anew, without what it says of files as they were."""
        lines = [json.dumps([name, state]) for name, state in self._known.items() if (self._results / name).is_file()]
        with contextlib.suppress(OSError), replacing(self._results / _RECORD) as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _read(record: Path) -> list[tuple[str, _State]]:
    """What the lines say; those that are torn say nothing."""
    known = []
    with contextlib.suppress(OSError):
        for line in record.read_bytes().splitlines():
            with contextlib.suppress(ValueError, TypeError):
                name, state = json.loads(line)
                known.append((str(name), list(state)))
    return known


def _state(path: Path) -> _State:
    about = os.stat(path)
    return [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
