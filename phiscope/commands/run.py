"""Run a configuration to its report: Snakemake on this project's workflow, in the current folder.

phiscope run mine.yaml --cores 4
phiscope run mine.yaml more.yaml -- --dry-run
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from phiscope.commands.changes import add_changes, as_snakemake
from phiscope.commands.runs import become_snakemake
from phiscope.workflow.configuration import read


def main(arguments: Sequence[str] | None = None) -> None:
    """Become Snakemake, with its exit code."""
    own, passed = _parted(sys.argv[1:] if arguments is None else arguments)
    options, others = _parser().parse_known_args(own)
    given: list[str | Path] = ["--cores", options.cores]
    files = [file for file in options.files if read(file)]  # what says nothing is no file to Snakemake
    for flag, values in (("--configfile", files), ("--config", as_snakemake(options.config))):
        given += [flag, *values] if values else []
    become_snakemake([*given, *others, *passed])


def _parted(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """What stands before `--`, which is ours, and behind it."""
    place = list(arguments).index("--") if "--" in arguments else len(arguments)
    return list(arguments[:place]), list(arguments[place + 1 :])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="phiscope run",
        description=(__doc__ or "").partition("\n")[0],
        epilog="What stands behind `--` is handed to snakemake.",
    )
    parser.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="configuration, each laid over those before; the digits"
    )
    parser.add_argument("--cores", default="all", help="processor cores to use; all")
    add_changes(parser)
    return parser
