"""A copy of the project in which tests run the workflow."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PARTS = ["Snakefile", "config.yaml", "workflow", "scripts", "phiscope", "presets", "profiles", "envs"]
PARTS += ["snakemake_logger_plugin_phiscope"]


class Project:
    """A copy of the project whose files a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = folder / "results/tiny"

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {"PYTHONPATH": str(self.folder)}
        environment.pop("OMP_NUM_THREADS", None)  # jobs set it themselves
        command = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "presets/tiny.yaml", *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    def planned(self, *arguments: str) -> dict[str, int]:
        """Rule -> number of jobs that would run now."""
        done = self.snakemake("--dry-run", *arguments)
        assert done.returncode == 0, done.stderr
        if "Nothing to be done" in done.stdout + done.stderr:
            return {}
        table = re.search(r"Job stats:\n.*?\n-+.*?\n(.*?)\ntotal", done.stdout + done.stderr, re.S)[1]
        return {rule: int(count) for rule, count in map(str.split, table.splitlines())}

    def outputs(self) -> set[str]:
        """Every file that the run makes."""
        done = self.snakemake("--summary")
        assert done.returncode == 0, done.stderr
        return {line.split("\t")[0] for line in done.stdout.splitlines()[1:]}

    def finish(self, *arguments: str) -> None:
        """Run what is left to do for the files, with the arguments given."""
        done = self.snakemake("--rerun-incomplete", *arguments)  # of which --configfile takes no file that follows
        assert done.returncode == 0, done.stderr[-4000:]

    def messages(self, start: str) -> set[str]:
        """What jobs that would run now say of themselves, of those whose message starts so; without its start."""
        done = self.snakemake("--dry-run", "--quiet", "host")  # without this, the table alone
        assert done.returncode == 0, done.stderr
        return set(re.findall(rf"^Job \d+: {start} ?(.*)$", done.stdout + done.stderr, re.M))

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))


def copied(root: Path, folder: Path) -> Project:
    """The project without its results."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = root / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / part)
    return Project(folder)
