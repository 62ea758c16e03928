"""Run small configurations at two commits, with one thread, and compare all their tables value by value.

    python -m tools compare-commits OLD NEW --runs tiny digits

Each commit is cloned into a folder of its own and runs there; `--keep FOLDER` leaves both clones and their results.
The three runs take half an hour for each commit on one core. What is meant to differ is said as to `compare-results`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.compare import Difference, Expected, add_expected, compare, expected_of, said

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}
FEW = "few-images.yaml"
FEW_IMAGES = "run: mnist-small\ndataset: {limit: {train: 2000, test: 500}}\n"
# Name of the results -> configuration files, in the clone.
RUNS: dict[str, tuple[str, ...]] = {
    "tiny": ("presets/tiny.yaml",),
    "digits": (),
    "mnist-small": ("presets/mnist.yaml", FEW),
}


def clone(commit: str, folder: Path) -> Path:
    """A commit of this repository, checked out in a folder of its own."""
    here = Path(__file__).parents[1]
    full = subprocess.run(["git", "-C", here, "rev-parse", f"{commit}^{{commit}}"], capture_output=True, text=True)
    if full.returncode:
        sys.exit(f"{commit}: no commit of {here}")
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", here, folder], check=True)
    # By its name in full, and fetched: a commit that no branch holds is not cloned.
    subprocess.run(["git", "-C", folder, "fetch", "--quiet", here, full.stdout.strip()], check=True)
    subprocess.run(["git", "-C", folder, "checkout", "--quiet", full.stdout.strip()], check=True)
    return folder


def run(folder: Path, name: str) -> Path:
    """Run one configuration in a clone; returns the folder of its results. What is finished already stays."""
    (folder / FEW).write_text(FEW_IMAGES)
    files = ["--configfile", *RUNS[name]] if RUNS[name] else []
    command = [sys.executable, "-m", "snakemake", "--cores", "1", *files]
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(folder)}
    log = folder / f"{name}.log"
    with log.open("w") as file:
        done = subprocess.run(command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{folder}: the run {name} failed:\n{log.read_text()[-3000:]}")
    return folder / "results" / name


def compare_commits(commits: Sequence[str], names: Sequence[str], scratch: Path, expected: Expected) -> int:
    """Run and compare; the exit code: 1 if anything differs."""
    folders = [clone(commit, scratch / side) for side, commit in zip(("old", "new"), commits, strict=True)]
    differs = False
    for name in names:
        old, new = (run(folder, name) for folder in folders)
        differences: list[Difference] = list(compare(old, new, expected))
        differs |= bool(said(differences, name))
    return int(differs)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools compare-commits", description=__doc__.partition("\n")[0])
    parser.add_argument("old", help="commit to compare with")
    parser.add_argument("new", help="commit to compare")
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS), help="which; mnist-small needs its data")
    parser.add_argument("--keep", type=Path, help="folder for clones and results, instead of one that goes")
    add_expected(parser)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        scratch = options.keep or Path(stack.enter_context(TemporaryDirectory()))
        return compare_commits((options.old, options.new), options.runs, scratch.resolve(), expected_of(options))
