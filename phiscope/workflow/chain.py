"""Run the scripts of several rules in one process, and leave alone what is made already.

The problem: rules that share a process share a job, and Snakemake runs a job whole. So that a changed margin solver
does not run a network again, each part is recorded with what it rests on: its parameters and code, the contents of its
inputs, and the contents of what it made. A part whose record still holds is not run. Records lie beside the logs of a
run; without one, a part runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class Named:
    """Files or values of a job as scripts see Snakemake's: by name, as attributes, and by position."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)
        self._flat = [one for value in values.values() for one in (value if isinstance(value, list) else [value])]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        return self._values[name]

    def __getitem__(self, key: str | int) -> Any:
        return self._flat[key] if isinstance(key, int) else self._values[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._flat)

    def __len__(self) -> int:
        return len(self._flat)

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def keys(self) -> list[str]:
        return list(self._values)

    def items(self) -> list[tuple[str, Any]]:
        return list(self._values.items())


def run(job: Any, scripts: Path, record: Path) -> None:
    """Run the parts of a job of Snakemake's, `snakemake` in its script, that are not made already.

    scripts: the folder of the scripts; record: the file that says what is made.
    """
    records = _read(record)
    for part in job.params.parts:
        key = "/".join([part["rule"], *part["wildcards"].values()])
        wildcards = dict(job.wildcards.items()) | part["wildcards"]
        inputs = {name: _files(source, job.input, wildcards) for name, source in part["takes"].items()}
        outputs = {name: path.format(**wildcards) for name, path in part["gives"].items()}
        basis = _basis(part, wildcards, inputs)
        if records.get(key) == basis | {"made": _contents(outputs.values())}:
            print(f"{key}: made already, of the same inputs, parameters and code")
            continue
        print(f"{key}:")
        _forget(key, records, record)
        _remove(outputs.values())
        runpy.run_path(
            str(scripts / part["script"]),
            {
                "snakemake": SimpleNamespace(
                    input=Named(inputs),
                    output=Named(outputs),
                    params=Named(part["parameters"]),
                    wildcards=Named(wildcards),
                    threads=job.threads,
                    config=job.config,
                    log=job.log,
                )
            },
        )
        records[key] = basis | {"made": _contents(outputs.values())}
        _write(records, record)


def _files(source: Any, given: Any, wildcards: Mapping[str, str]) -> str | list[str]:
    if isinstance(source, dict):
        files = given[source["input"]]
        return files if isinstance(files, str) else list(files)
    return source.format(**wildcards) if isinstance(source, str) else [path.format(**wildcards) for path in source]


def _basis(part: Mapping[str, Any], wildcards: Mapping[str, str], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a part rests on; equal values make equal outputs."""
    paths = [path for files in inputs.values() for path in ([files] if isinstance(files, str) else files)]
    parameters = json.dumps([part["parameters"], dict(wildcards), dict(inputs)], sort_keys=True, default=str)
    return {"parameters": hashlib.sha256(parameters.encode()).hexdigest(), "inputs": _contents(paths)}


def _contents(paths: Any) -> dict[str, str | None]:
    return {str(path): _content(Path(path)) for path in paths}


def _content(path: Path) -> str | None:
    """Tells one content of a file, or of all files below a folder, from another; None where there is none."""
    if path.is_dir():
        digest = hashlib.sha256()
        for file in sorted(file for file in path.rglob("*") if file.is_file()):
            digest.update(f"{file.relative_to(path)}:{_content(file)}".encode())
        return digest.hexdigest()
    if not path.is_file():
        return None
    about = path.stat()
    return _hash(path, about.st_size, about.st_mtime_ns)


@cache
def _hash(path: Path, size: int, changed: int) -> str:
    """Of the content of a file; size, changed: what tells within one job that it is the same as before.

    Between jobs times tell nothing: Snakemake sets those of all outputs when a job ends.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forget(key: str, records: dict[str, Any], record: Path) -> None:
    """Before the outputs are touched: a part that is cut short has no record."""
    if records.pop(key, None) is not None:
        _write(records, record)


def _remove(paths: Any) -> None:
    """As Snakemake does before a job: scripts find no outputs of before."""
    for path in map(Path, paths):
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)


def _read(record: Path) -> dict[str, Any]:
    try:
        records = json.loads(record.read_text())
    except (OSError, ValueError):
        return {}
    return records if isinstance(records, dict) else {}


def _write(records: Mapping[str, Any], record: Path) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    temporary = record.with_name(f".{record.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(records, indent=1))
    temporary.replace(record)
