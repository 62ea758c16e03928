"""How files are written: under another name first, whole, as the umask says, with a stamp and a checksum."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.files.checksums import seal
from phiscope.files.frames import with_stamp
from phiscope.files.stamps import KEY, stamp_now, stamped


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A name to write a file under, in the folder of `path`, which it becomes when the body ends well.

    Where it does not, the file that was there stays. Its mode is the umask's, whatever the writer's. Where it has a
    stamp, that is given its checksum.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        if stamp_now():
            seal(temporary, path.suffix)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_arrays(arrays: Mapping[str, NDArray], path: str | Path, metadata: Mapping[str, str] | None = None) -> None:
    """Arrays by name as safetensors."""
    from safetensors.numpy import save_file

    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    with replacing(path) as temporary:
        save_file(whole, temporary, metadata=stamped(metadata) or None)


def write_text(text: str, path: str | Path) -> None:
    """A text in UTF-8, as it is."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(value: Mapping[str, Any], path: str | Path) -> None:
    """An object as JSON; `read_json` reads it."""
    write_text(json.dumps(dict(value) | stamped(), indent=1, ensure_ascii=False) + "\n", path)


def write_shown(content: bytes, path: str | Path) -> None:
    """A figure (.svg, .png), a page (.html) or a caption (.rst), with its stamp where readers of it see nothing."""
    with replacing(path) as temporary:
        temporary.write_bytes(with_stamp(content, Path(path).suffix, stamp) if (stamp := stamp_now()) else content)


def read_json(path: str | Path) -> dict[str, Any]:
    """What `write_json` wrote, without its stamp."""
    value: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    value.pop(KEY, None)
    return value


def _umask() -> int:
    """That of the process, which can only be asked for by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
