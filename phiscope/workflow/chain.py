"""Run the scripts of several rules in one process, and leave alone what is made already.

The problem: rules that share a process share a job, and Snakemake runs a job whole. So that a changed margin solver
does not run a network again, each part is recorded with what it rests on: its parameters and code, the contents of its
inputs and of the files that its parameters name, and the contents of what it made. A part whose record holds stays.

Snakemake deletes the outputs of a job before it starts and after it failed. So what a part made is linked into a folder
of the run, `.parts`, as soon as it is there, and linked back from it. A part that is finished stays so when a later one
fails or the process is killed. Without the folder, parts run.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from phiscope.errors import PhiscopeError
from phiscope.files import Stamp, replacing, stamping
from phiscope.workflow.contents import content, contents
from phiscope.workflow.stamps import networks

_RECORD = "record.json"


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


def folder_of(log: str | Path) -> Path:
    """Where the parts of a job are kept: results/<run>/logs/<job>.log -> results/<run>/.parts/<job>."""
    results, run, _, *job = Path(log).parts
    return Path(results, run, ".parts", *job).with_suffix("")


def run(job: Any, scripts: Path, kept: Path) -> None:
    """Run the parts of a job of Snakemake's, `snakemake` in its script, that are not made already.

    scripts: the folder of the scripts; kept: the folder for what parts made. Raises the PhiscopeError of a part with
    the name of the part behind it.
    """
    records = _read(kept / _RECORD)
    for part in job.params.parts:
        key = "/".join([part["rule"], *part["wildcards"].values()])
        wildcards = dict(job.wildcards.items()) | part["wildcards"]
        inputs = {name: _files(source, job.input, wildcards) for name, source in part["takes"].items()}
        outputs = {name: path.format(**wildcards) for name, path in part["gives"].items()}
        basis, own = _basis(part, wildcards, inputs), kept / key.replace("/", "+")
        stored = {name: own / name for name in outputs}
        if key in records and records[key] == basis | {"made": contents(stored.values())}:
            print(f"{key}: made already, of the same inputs, parameters and code")
            for name, path in outputs.items():
                _link(stored[name], Path(path))
            continue
        _forget(key, records, kept)
        for path in [*map(Path, outputs.values()), own]:
            _remove(path)
        print(f"{key}:")
        given = SimpleNamespace(
            input=Named(inputs),
            output=Named(outputs),
            params=Named(part["parameters"]),
            wildcards=Named(wildcards),
            threads=job.threads,
            config=job.config,
            log=job.log,
        )
        with stamping(Stamp(part["fingerprint"], networks(given.input))):
            _execute(scripts / part["script"], given, key)
        missing = [path for path in outputs.values() if not Path(path).exists()]
        if missing:
            raise FileNotFoundError(f"{key} ended without {', '.join(missing)}")
        if not part["passing"] and all(_link(Path(path), stored[name]) for name, path in outputs.items()):
            records[key] = basis | {"made": contents(stored.values())}
            _write(records, kept / _RECORD)


def _execute(script: Path, given: SimpleNamespace, key: str) -> None:
    for path in given.output:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    try:
        runpy.run_path(str(script), {"snakemake": given})
    except PhiscopeError as error:
        raise type(error)(f"{error} (in {key})") from error


def _files(source: Any, given: Any, wildcards: Mapping[str, str]) -> str | list[str]:
    if isinstance(source, dict):
        files = given[source["input"]]
        return files if isinstance(files, str) else list(files)
    return source.format(**wildcards) if isinstance(source, str) else [path.format(**wildcards) for path in source]


def _basis(part: Mapping[str, Any], wildcards: Mapping[str, str], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a part rests on; equal values make equal outputs."""
    paths = [Path(path) for files in inputs.values() for path in ([files] if isinstance(files, str) else files)]
    # A network is opened with its description, which lies beside it.
    paths += [path.with_suffix(".json") for path in paths if path.suffix == ".safetensors"]
    parameters = json.dumps([part["parameters"], dict(wildcards), dict(inputs)], sort_keys=True, default=str)
    named = sorted(set(_named_files(part["parameters"])))
    return {
        "parameters": hashlib.sha256(parameters.encode()).hexdigest(),
        "inputs": contents(paths),
        "named": {path: content(Path(os.path.expandvars(path))) for path in named},
    }


def _named_files(value: Any) -> Iterator[str]:
    """Files and folders that parameters name: weights, masks, labels, the user's images."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _named_files(each)
    elif isinstance(value, str) and len(value) < 4096:
        path = os.path.expandvars(value)
        # A word that is a folder's name too, such as `test`, is no path.
        if os.path.isfile(path) or ((os.sep in value or "$" in value) and os.path.isdir(path)):
            yield value


def _link(source: Path, target: Path) -> bool:
    """Let target be source under another name, file by file; whether the file system can do that."""
    _remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if source.is_dir():
            shutil.copytree(source, target, copy_function=os.link)
        else:
            os.link(source, target)
    except OSError:
        _remove(target)
        return False
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def _forget(key: str, records: dict[str, Any], kept: Path) -> None:
    """Before anything is touched: a part that is cut short has no record."""
    if records.pop(key, None) is not None:
        _write(records, kept / _RECORD)


def _read(record: Path) -> dict[str, Any]:
    try:
        records = json.loads(record.read_text())
    except (OSError, ValueError):
        return {}
    return records if isinstance(records, dict) else {}


def _write(records: Mapping[str, Any], record: Path) -> None:
    with replacing(record) as temporary:
        temporary.write_text(json.dumps(records, indent=1))
