"""From a wheel alone: the command, the plan of a run, and the page of a finished run rendered again."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

# What the build takes; the folder stays as it is, and what lies beside it does not count.
PARTS = ["pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "phiscope", "snakemake_logger_plugin_phiscope"]
CARRIED = ["Snakefile", "config.yaml", "workflow", "scripts", "presets", "profiles", "envs"]


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory) -> Path:
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for part in [*PARTS, *CARRIED]:
        copy = shutil.copytree if (root / part).is_dir() else shutil.copy
        copy(root / part, source / part)
    command = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", str(made)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = made.glob("*.whl")
    return path


class Installed:
    """A fresh environment with the wheel in it; what phiscope depends on is seen through the surrounding one."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder, self.bin = folder, folder / "bin"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        (self.site,) = folder.glob("lib/python*/site-packages")
        (self.site / "around.pth").write_text(sysconfig.get_path("purelib"))
        self.run(self.bin / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel, cwd=folder)

    def run(self, *command: str | Path, cwd: Path) -> str:
        """The output of a command that starts in a folder and finds no checkout; fails where it does."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= {"PATH": f"{self.bin}:{environment['PATH']}", "OMP_NUM_THREADS": "1"}
        done = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout + done.stderr

    def snakemake(self, *arguments: str, cwd: Path) -> str:
        share = self.site / "phiscope/share"
        command = [self.bin / "python", "-m", "snakemake", "-s", share / "Snakefile", "--cores", "2"]
        return self.run(*command, "--configfile", share / "presets/tiny.yaml", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    return Installed(tmp_path_factory.mktemp("environment") / "venv", wheel)


def test_the_wheel_carries_the_workflow_the_templates_and_the_mark_of_types(root, wheel):
    with ZipFile(wheel) as file:
        names = set(file.namelist())
    files = [path for part in CARRIED for path in [root / part, *(root / part).rglob("*")] if path.is_file()]
    carried = {f"phiscope/share/{path.relative_to(root)}" for path in files if "__pycache__" not in path.parts}
    assert carried <= names
    templates = {str(path.relative_to(root)) for path in root.glob("phiscope/report/templates/**/*.*")}
    assert templates
    assert {*templates, "phiscope/py.typed", "snakemake_logger_plugin_phiscope/__init__.py"} <= names
    assert not any(re.search(r"__pycache__|\.pyc$|^tests|^tools|^scripts", name) for name in names)


def test_the_package_is_the_one_of_the_wheel_from_anywhere(installed, tmp_path):
    where = installed.run(installed.bin / "python", "-c", "import phiscope; print(phiscope.__file__)", cwd=tmp_path)
    assert Path(where.strip()) == installed.site / "phiscope/__init__.py"
    snakefile = installed.run(installed.bin / "phiscope", "where", cwd=tmp_path)
    assert Path(snakefile.strip()) == installed.site / "phiscope/share/Snakefile"


def test_a_run_is_planned_in_an_empty_folder(installed, tmp_path):
    planned = installed.snakemake("--dry-run", cwd=tmp_path)
    assert re.search(r"^prepare_dataset +2$", planned, re.M)
    assert re.search(r"^render_report +1$", planned, re.M)
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("notes", [True, False], ids=["as it is", "copied without Snakemake's notes"])
def test_the_page_of_a_finished_run_is_rendered_again_and_nothing_else(installed, finished, tmp_path, notes):
    """The wheel's code is that of the checkout, so it goes on where the checkout stopped."""
    for folder in ("results", ".snakemake") if notes else ("results",):
        shutil.copytree(finished.folder / folder, tmp_path / folder, copy_function=shutil.copy2)
    assert "Nothing to be done" in installed.snakemake("--dry-run", cwd=tmp_path)
    page = tmp_path / "results/tiny/report.html"
    page.unlink()
    done = installed.snakemake("--force", "results/tiny/report.html", cwd=tmp_path)
    assert "1 of 1, report" in done
    assert "Report: results/tiny/report.html" in done
    assert page.read_text().rstrip().endswith("</html>")
