"""The workflow gives the same tables wherever it lies, from wherever it is started and on however many cores."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.workflow.project import copied
from tools.compare import compare

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("anywhere")]

# The margins and hulls of a few digits, and nothing that takes long.
SMALL = {
    "run": "small",
    "chunk_size": 60,
    "dataset": {"path": "digits", "limit": {"train": 150, "test": 60}},
    "classifier": {
        "arguments": {"channels": 1, "classes": 10, "widths": [4, 8]},
        "training": {"epochs": 1, "batch_size": 30},
    },
    "views": {
        "original": {"kind": "original", "spaces": ["feature"]},
        "noise": {"kind": "noise", "noise": "gaussian", "level": 0.1},
        **dict.fromkeys(["hull-pixel", "deepfool", "pgd-first", "pgd-full"]),
    },
    "inversions": {"samples": 0, "edits": []},
    "statistics": {"resamples": 100},
    "report": {"samples": []},
}


def run(snakefile: Path, folder: Path, library: Path, *arguments: str | Path, cores: int = 1) -> None:
    """Snakemake, started in a folder, with the library of a checkout."""
    environment = os.environ | {"PYTHONPATH": str(library), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "snakemake", "-s", snakefile, "--cores", str(cores), *arguments]
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("config") / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL))
    return path


@pytest.fixture(scope="module")
def ordinary(root, small, tmp_path_factory) -> Path:
    """Results of a run in the folder of the project, as the README says."""
    project = copied(root, tmp_path_factory.mktemp("project"))
    run(project.folder / "Snakefile", project.folder, project.folder, "--configfile", small)
    return project.folder / "results/small"


def differences(ordinary: Path, other: Path) -> list[str]:
    assert (other / "report.html").is_file()
    return [str(difference) for difference in compare(ordinary, other)]


def test_started_elsewhere_through_a_link_to_a_folder_with_spaces_and_letters(root, small, ordinary, tmp_path):
    (there := tmp_path / "Größen und Räume").mkdir()
    project = copied(root, there)
    (link := tmp_path / "a link").symlink_to(project.folder)
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (cwd := tmp_path / "cwd").mkdir()
    run(link / "Snakefile", cwd, link, "-d", elsewhere, "--configfile", small, cores=2)
    assert differences(ordinary, elsewhere / "results/small") == []
    assert list(cwd.iterdir()) == []


def test_as_a_module_of_another_workflow(root, small, ordinary, tmp_path):
    outer = root / "tests/workflow/module/Snakefile"
    project = copied(root, tmp_path)
    folder = tmp_path / "outer"
    folder.mkdir()
    run(outer, folder, project.folder, "--config", f"snakefile={project.folder / 'Snakefile'}", f"settings={small}")
    assert differences(ordinary, folder / "results/small") == []
    assert (folder / "mean_margin.txt").read_text().strip()
