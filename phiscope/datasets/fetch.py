"""Files where the config says they are: present, fetched if they may be, and what their checksum says."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from phiscope.datasets.files import ABSENT, trouble
from phiscope.errors import DataError

PerFile = str | Mapping[str, str] | None


def located(name_or_path: str, checksum: PerFile, url: PerFile) -> Path:
    """The path with its variables expanded, its absent files fetched, its checksums verified.

    checksum and url are for the path itself, or mappings of file names to such for a folder. Raises DataError
    where a variable is not set, a file is neither there nor to be had, or is not what its checksum says.
    """
    path = expanded(name_or_path)
    checksums, urls = _by_file(path, checksum), _by_file(path, url)
    for file in sorted(checksums.keys() | urls.keys()):
        if not _is_there(file):
            _fetch(file, urls.get(file), checksums.get(file))
        elif file in checksums:
            _verify(file, checksums[file])
    if not _is_there(path):
        raise DataError(f"{path}: there is no such file or folder; put the data there, or give dataset.url")
    return path


def _is_there(path: Path) -> bool:
    """Raises DataError for what is there but neither a file nor a folder, or closed."""
    if (said := trouble(path, folders=True)) is None:
        return True
    if said == ABSENT:
        return False
    raise DataError(f"{path}: {said}")


def expanded(name_or_path: str) -> Path:
    """The path with its variables in place. Raises DataError where one is not set."""
    filled = os.path.expandvars(name_or_path)
    unset = re.search(r"\$\{?(\w+)", filled)
    if unset:
        raise DataError(
            f"dataset.path {name_or_path!r}: the environment variable {unset[1]} is not set; set it to the folder that "
            "holds the data"
        )
    return Path(filled).expanduser()


def _by_file(path: Path, values: PerFile) -> dict[Path, str]:
    if values is None:
        return {}
    return {path: values} if isinstance(values, str) else {path / name: value for name, value in values.items()}


def _fetch(file: Path, url: str | None, checksum: str | None) -> None:
    import pooch
    import requests

    if url is None:
        raise DataError(
            f"{file}: there is no such file, and no address to fetch it from; give dataset.url or put it there"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    try:  # pooch downloads beside the target, verifies, then moves into place
        pooch.retrieve(url, known_hash=checksum, fname=file.name, path=file.parent, progressbar=True)
    except (requests.RequestException, OSError) as error:
        raise DataError(
            f"{file}: could not be fetched from {url} ({error}); check the address or put it there"
        ) from error
    except ValueError as error:
        raise DataError(f"{file}: what {url} gives is not what dataset.checksum says ({error})") from error


def _verify(file: Path, checksum: str) -> None:
    import pooch

    kind, _, expected = checksum.rpartition(":")
    actual = pooch.file_hash(str(file), alg=kind or "sha256")
    if actual.lower() != expected.lower():
        raise DataError(
            f"{file}: has {kind or 'sha256'} {actual}, expected {expected}; fetch it again or correct the config"
        )
