"""Configuration files on Snakemake's command line, looked at before Snakemake reads them.

Snakemake answers a file that it cannot read with a traceback or without its name, waits for ever for a pipe, and runs
the expressions of one that says `__use_yte__`. Its logger plugins are made before it reads a file, so that ours can ask
here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from phiscope.errors import ConfigError
from phiscope.workflow.configuration.reading import value_of
from phiscope.workflow.configuration.sources import read

_OURS = "workflow/schemas/config.schema.yaml"
_DEFAULTS = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")
_FIRST_LEVEL = re.compile(r"[a-zA-Z_][\w-]*\w")  # keys that Snakemake takes


def require_readable(arguments: Sequence[str]) -> None:
    """Raise ConfigError for the first file of `--configfile` that is no configuration, or change of `--config`.

    arguments: what follows `snakemake`. Those of another workflow than this project's are its own.
    """
    given = [*_of(arguments, "--snakefile", "-s"), *_DEFAULTS]
    snakefile = next((Path(each) for each in given if Path(each).is_file()), None)
    if snakefile is None or not (snakefile.resolve().parent / _OURS).is_file():
        return
    for file in _of(arguments, "--configfile", "--configfiles"):
        if not read(file):
            raise ConfigError(f"config: {file}: says nothing; expected keys such as `dataset:`")
    for change in _of(arguments, "--config", "-C"):
        key, equals, value = change.partition("=")
        if not equals or not _FIRST_LEVEL.fullmatch(key):
            inner = (
                f"{key.partition('.')[0]}={{{key.partition('.')[2]}: {value}}}" if "." in key and equals else "seed=1"
            )
            raise ConfigError(f"--config {change!r}: is no change; expected key=value, such as '{inner}'")
        if value:
            value_of(key, value)


def _of(arguments: Sequence[str], *flags: str) -> Iterator[str]:
    """What follows one of the flags, as argparse takes it: up to the next flag, or behind `=`."""
    taken = False
    for argument in arguments:
        if argument == "--":
            return
        flag, equals, value = argument.partition("=")
        if flag in flags and equals:
            taken = False
            yield value
        elif argument.startswith("-") and len(argument) > 1:
            taken = argument in flags
        elif taken:
            yield argument
